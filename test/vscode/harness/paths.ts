import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const projectRoot = path.resolve(__dirname, '../../..');

/** Pictures that tests take; ignored by git. */
export const screenshotsDir = path.join(projectRoot, 'out/screenshots');

/** A new empty folder; `realpath` because editors report resolved paths and macOS links its temporary folder. */
export async function makeTempDir(purpose: string): Promise<string> {
  const parent = await realpath(tmpdir());
  return mkdtemp(path.join(parent, `greeum-${purpose}-`));
}

/** Where a picture goes; `name` may be a test's title. */
export async function screenshotPath(name: string): Promise<string> {
  await mkdir(screenshotsDir, { recursive: true });
  return path.join(screenshotsDir, `${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.png`);
}
