import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import binaryen from 'binaryen';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const build = join(folder, 'build');
mkdirSync(build);
cpSync(join(root, 'build/host'), join(build, 'host'), { recursive: true });
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

/** Puts modules beside a copy of the package, from the path of a file or from bytes. */
function place(modules: Record<string, string | Uint8Array>): void {
  for (const name of ['core.wasm', 'core.simd.wasm']) rmSync(join(build, name), { force: true });
  for (const [name, content] of Object.entries(modules)) {
    if (typeof content === 'string') copyFileSync(content, join(build, name));
    else writeFileSync(join(build, name), content);
  }
}

/** Loads the copy in a separate process and encodes with it. */
function load() {
  const program = "import { hexEncode } from './build/host/core.js'; console.log(hexEncode(Buffer.from('mqtt')));";
  const words = ['--input-type=module', '-e', program];
  return spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
}

describe('the package', () => {
  const core = join(root, 'build/core.wasm');

  it('runs core.wasm where the engine refuses core.simd.wasm', () => {
    place({ 'core.wasm': core, 'core.simd.wasm': Buffer.from('no module') });
    expect(load()).toMatchObject({ status: 0, stdout: '6d717474\n' });
  });

  it('names the command that makes core.wasm when it is missing', () => {
    place({});
    expect(load()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('wasmqtt: build/core.wasm is missing; run "npm run build" in the package'),
    });
  });

  it('refuses modules of another ABI version than its own', () => {
    const other = '(module (memory (export "memory") 1) (func (export "abi_version") (result i32) i32.const 999))';
    place({ 'core.wasm': core, 'core.simd.wasm': binaryen.parseText(other).emitBinary() });
    expect(load()).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /build\/core\.wasm has ABI version 999, this package wants \d+; run "npm run build"/,
      ),
    });
  });
});
