/** The same files, with something happening before each call. */

import type { Files } from '../../src/storage/files.js';

type AnyCall = (...args: readonly unknown[]) => unknown;

/** @param before gets the number of the call, counted from 1, its name and its first argument */
export function interposed(files: Files, before: (count: number, call: keyof Files, subject: unknown) => void): Files {
  let count = 0;
  return new Proxy(files, {
    get: (target, name: keyof Files): AnyCall => {
      const call = (Reflect.get(target, name) as AnyCall).bind(target);
      return (...args) => {
        count += 1;
        before(count, name, args[0]);
        return call(...args);
      };
    },
  });
}
