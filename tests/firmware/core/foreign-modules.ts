import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import binaryen from 'binaryen';

type Module = ReturnType<typeof binaryen.readBinary>;

/** Writes build/core.wasm with one change, and returns the path. */
function changed(folder: string, name: string, change: (module: Module) => void): string {
  const module = binaryen.readBinary(readFileSync('build/core.wasm'));
  change(module);
  const path = join(folder, `${name}.wasm`);
  writeFileSync(path, module.emitBinary());
  module.dispose();
  return path;
}

/** Writes build/core.wasm without its custom sections, and returns the path. */
function strip(folder: string): string {
  const path = join(folder, 'stripped.wasm');
  copyFileSync('build/core.wasm', path);
  execFileSync('wasm-strip', [path]);
  return path;
}

/** Replaces an exported function by one that returns a constant. */
function replace(module: Module, name: string, constant: number, parameters: number[] = []): void {
  module.removeExport(name);
  const type = binaryen.createType(parameters);
  module.addFunction(`new ${name}`, type, binaryen.i32, [], module.i32.const(constant));
  module.addFunctionExport(`new ${name}`, name);
}

/** Valid modules that are not this core: their paths by what is wrong. */
export function foreignModules(folder: string) {
  const { none, i32, i64 } = binaryen;
  return {
    imports: changed(folder, 'imports', (module) => module.addFunctionImport('seed', 'env', 'seed', none, i32)),
    version: changed(folder, 'version', (module) => replace(module, 'abi_version', 99)),
    missing: changed(folder, 'missing', (module) => module.removeExport('mqtt_encode')),
    stripped: strip(folder),
    signature: changed(folder, 'signature', (module) => replace(module, 'session_close', 0, [i64])),
  };
}
