import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dependencies, devDependencies } from '../../package.json';

interface LockedPackage {
  readonly dev?: boolean;
  readonly license?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

const lockFile = path.resolve(__dirname, '../../package-lock.json');
const { packages } = JSON.parse(readFileSync(lockFile, 'utf8')) as { packages: Record<string, LockedPackage> };
const installed = Object.entries(packages).filter(([folder]) => folder !== '');
const shipped = installed.filter(([, { dev }]) => dev !== true);

/** May go into a program under the MIT licence, with their texts beside it. */
const COMPATIBLE = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
]);

describe('what others wrote', () => {
  it('comes in exact versions, each held by a checksum', () => {
    const versions = Object.values({ ...dependencies, ...devDependencies });
    assert.deepEqual(
      versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version)),
      [],
    );
    assert.deepEqual(
      installed.filter(([, { integrity }]) => integrity === undefined),
      [],
    );
  });

  it('may be shipped with ours, where it is', () => {
    assert.ok(shipped.length > 5);
    assert.deepEqual(
      shipped.filter(([, { license = '' }]) => !COMPATIBLE.has(license)),
      [],
    );
  });

  it('runs no script when it is installed, where it is shipped', () => {
    assert.deepEqual(
      shipped.filter(([, { hasInstallScript }]) => hasInstallScript === true),
      [],
    );
  });
});
