import { builtIn } from '../../bytes/built-in.js';
import { CoreLoadError } from '../load.js';

/** The modules of this package. */
export type ModuleName = 'core.wasm' | 'core.simd.wasm' | 'app.wasm';

const NO_PACKAGE =
  'build/core.wasm is missing; run "npm run build" in the package, and in a bundle that was moved pass the files that you need by their paths';

/** What reads files. @throws CoreLoadError in an engine without files */
function files() {
  const [fs, path, url] = [builtIn('node:fs'), builtIn('node:path'), builtIn('node:url')];
  if (!fs || !path || !url)
    throw new CoreLoadError('this engine has no files: fetch what you need of the package by its address');
  return { fs, path, url };
}

/**
 * The folder of this package, for the sources as well as for the bundle.
 *
 * @throws CoreLoadError when build/core.wasm is missing
 *
 * @example
 * ```ts
 * import { existsSync } from 'node:fs';
 * import { packageFolder } from 'wasmqtt';
 *
 * existsSync(`${packageFolder()}/package.json`); // => true
 * ```
 */
export function packageFolder(): string {
  const { fs, path, url } = files();
  // The CommonJS form of a bundle has no address.
  let folder = path.dirname(import.meta.url ? url.fileURLToPath(import.meta.url) : process.argv[1]);
  while (!fs.existsSync(path.join(folder, 'build/core.wasm'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new CoreLoadError(NO_PACKAGE);
    folder = parent;
  }
  return folder;
}

/**
 * The path of a module of this package. @throws CoreLoadError when build/core.wasm is missing
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 *
 * readFileSync(modulePath('core.wasm')).length < 20_500; // => true
 * ```
 */
export function modulePath(name: ModuleName): string {
  return files().path.join(packageFolder(), 'build', name);
}

/** The bytes of a module of this package. @throws Error when it cannot be read */
export function readModule(name: ModuleName): Uint8Array {
  return files().fs.readFileSync(modulePath(name));
}
