/** What we use of WebAssembly: Node's types leave it to those of browsers. */
declare namespace WebAssembly {
  class Memory {
    /** In pages of 64 KiB. */
    constructor(size: { initial: number; maximum: number });
    readonly buffer: ArrayBuffer;
    /** Detaches `buffer`. @throws RangeError when there is no room */
    grow(pages: number): number;
  }

  class Module {
    constructor(binary: Uint8Array);
  }

  class Instance {
    constructor(module: Module, imports: { [module: string]: { [name: string]: Memory } });
    readonly exports: { [name: string]: unknown };
  }

  function validate(binary: Uint8Array): boolean;
}
