// build/aot: core.wasm as C, for firmware. Usage: npx tsx tools/build/translate.ts
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root } from '../root.js';

/** The version of wabt that host/wasm3/aot/wasm-rt.h is the runtime for. */
function wantedVersion(): string {
  const runtime = readFileSync(join(root, 'host/wasm3/aot/wasm-rt.h'), 'utf8');
  return /WQ_WABT_VERSION "(.*)"/.exec(runtime)![1];
}

/** Translates build/core.wasm with wasm2c. Returns why there is no build/aot now, if there is none. */
export function translate(): string | undefined {
  const folder = join(root, 'build/aot');
  rmSync(folder, { recursive: true, force: true });
  const wanted = wantedVersion();
  const { stdout } = spawnSync('wasm2c', ['--version'], { encoding: 'utf8' });
  if (stdout?.trim() !== wanted) {
    return `build/aot needs wasm2c ${wanted} (Debian package wabt); found ${stdout?.trim() ?? 'none'}`;
  }
  mkdirSync(folder);
  const words = [join(root, 'build/core.wasm'), '-n', 'core', '-o', join(folder, 'core.c')];
  const { status, stderr } = spawnSync('wasm2c', words, { encoding: 'utf8' });
  return status === 0 ? undefined : `wasm2c ended with code ${status}: ${stderr}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const problem = translate();
  if (problem) console.error(`translate: ${problem}`);
  process.exitCode = problem ? 1 : 0;
}
