/** The part of fs-native-extensions that the project uses; the package ships no types. */
declare module 'fs-native-extensions' {
  interface LockOptions {
    /** A shared lock admits other shared locks; the default is exclusive. */
    shared?: boolean;
  }

  /**
   * Takes a kernel lock on `length` bytes from `offset` (0 means to the end of the file) without waiting.
   * False when somebody else holds a lock that conflicts; any other failure throws an errno error.
   * The kernel releases the lock when `fd` is closed or the process dies.
   */
  export function tryLock(fd: number, offset?: number, length?: number, options?: LockOptions): boolean;

  /** Releases what `tryLock` took on the same bytes. */
  export function unlock(fd: number, offset?: number, length?: number): void;
}
