import { createVSIX, listFiles } from '@vscode/vsce';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { name, version } from '../package.json';

export const projectRoot = path.resolve(__dirname, '..');

/** Bundles carry everything they need, so no dependency is packed. */
const withoutDependencies = { cwd: projectRoot, dependencies: false } as const;

/** The files that the VSIX would hold, relative to the project. */
export function packagedFiles(): Promise<string[]> {
  return listFiles(withoutDependencies);
}

/** Makes the VSIX of what `npm run build` left in `dist/`, and returns its path. */
export async function packageVsix(folder: string = projectRoot): Promise<string> {
  const packagePath = path.join(folder, `${name}-${version}.vsix`);
  await mkdir(folder, { recursive: true });
  await createVSIX({
    ...withoutDependencies,
    packagePath,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return packagePath;
}

if (require.main === module) {
  packageVsix()
    .then(async (file) => console.log(`${file}: ${((await stat(file)).size / 1e6).toFixed(2)} MB`))
    .catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
}
