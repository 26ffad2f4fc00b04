// needs: cmake, make, wasm2c, arm-none-eabi-gcc, newlib/stdio.h, qemu-system-arm
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { typescriptProgram } from '../../../tools/run-typescript.js';
import { temporaryFolder } from '../temporary-folder.js';
import { target } from '../toolchain.js';

const folder = temporaryFolder();
const unpacked = join(folder, 'package');
const run = (command: string, ...words: string[]) => execFileSync(command, words, { encoding: 'utf8', stdio: 'pipe' });
/** The npm that runs this. The one on the PATH may be an old one that a package of the tests brings. */
const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];

/** Runs a program on an emulated Cortex-M33. Returns what it prints. */
function start(program: string): string {
  const [command, ...words] = target.start(program, []);
  return run(command, ...words);
}

beforeAll(() => {
  // A build without wabt leaves it out.
  if (!existsSync('build/aot/core.c')) run(process.execPath, ...typescriptProgram('tools/build/translate.ts'));
  const name = run(
    npm[0],
    ...npm.slice(1),
    'pack',
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    folder,
  ).trim();
  run('tar', '-xzf', join(folder, name), '-C', folder);
});

describe('the packed package, a compiler and CMake', () => {
  it('are enough to decode a first packet, interpreted and translated', () => {
    const build = join(folder, 'build');
    const toolchain = join(unpacked, 'host/wasm3/musca-b1/musca-b1.cmake');
    run('cmake', '-S', join(unpacked, 'host/wasm3/example'), '-B', build, '--toolchain', toolchain);
    expect(run('cmake', '--build', build, '--parallel', '2')).toContain('check-tail-calls: 262 operations jump');
    expect(start(join(build, 'first_packet_wasm3'))).toBe('hello world\n');
    expect(start(join(build, 'first_packet_aot'))).toBe('hello world\n');
  });

  it('contain every file that the page for integrators names', () => {
    const page = readFileSync(join(unpacked, 'host/wasm3/README.md'), 'utf8');
    const names = [...page.matchAll(/`([\w./-]+\.(?:c|h|cmake|wasm|ld))`/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(15);
    const missing = names.filter(
      (name) => !['', 'build', 'host/wasm3', 'build/aot'].some((place) => existsSync(join(unpacked, place, name))),
    );
    expect(missing).toEqual([]);
  });
});
