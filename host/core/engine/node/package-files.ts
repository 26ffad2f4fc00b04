import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CoreLoadError } from '../load.js';

/** The modules of this package. */
export type ModuleName = 'core.wasm' | 'core.simd.wasm' | 'app.wasm';

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
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'build/core.wasm'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new CoreLoadError('build/core.wasm is missing; run "npm run build" in the package');
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
  return join(packageFolder(), 'build', name);
}

/** The bytes of a module of this package. @throws Error when it cannot be read */
export function readModule(name: ModuleName): Uint8Array {
  return readFileSync(modulePath(name));
}
