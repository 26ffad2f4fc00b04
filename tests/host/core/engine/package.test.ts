import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

/** Puts core.wasm beside a copy of the package. */
function place(module: Uint8Array | undefined): void {
  rmSync(join(build, 'core.wasm'), { force: true });
  if (module) writeFileSync(join(build, 'core.wasm'), module);
}

/** Loads the copy in a separate process and encodes with it. */
function load(env: NodeJS.ProcessEnv = {}) {
  const program = "import { hexEncode } from './build/host/core.js'; console.log(hexEncode(Buffer.from('mqtt')));";
  const words = ['--input-type=module', '-e', program];
  return spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });
}

const small = { WASMQTT_CORE: 'small' };

describe('the package', () => {
  it('needs no file of it to run the core', () => {
    place(undefined);
    expect(load()).toMatchObject({ status: 0, stdout: '6d717474\n' });
  });

  it('runs core.wasm where that is asked for', () => {
    place(readFileSync(join(root, 'build/core.wasm')));
    expect(load(small)).toMatchObject({ status: 0, stdout: '6d717474\n' });
  });

  it('names the command that makes core.wasm when it is asked for and missing', () => {
    place(undefined);
    expect(load(small)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('wasmqtt: build/core.wasm is missing; run "npm run build" in the package'),
    });
  });

  it('refuses a module of another ABI version than its own', () => {
    const other = '(module (memory (export "memory") 1) (func (export "abi_version") (result i32) i32.const 999))';
    place(binaryen.parseText(other).emitBinary());
    expect(load(small)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/core\.wasm has ABI version 999, this package wants \d+: .* run "npm run build"/),
    });
  });

  it('refuses a module that is not the core', () => {
    place(readFileSync(join(root, 'build/app.wasm')).subarray(0, 8));
    expect(load(small)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('the module is not core.wasm or core.simd.wasm of this package'),
    });
  });
});
