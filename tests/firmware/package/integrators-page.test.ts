// needs: gcc, stdio.h, wasm2c, wasm-validate, arm-none-eabi-gcc, newlib/stdio.h, cmake
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { here, interpreter, type Machine, target, WASM3 } from '../toolchain.js';

const readme = readFileSync('host/wasm3/README.md', 'utf8');

/** What cmake/check-tail-calls.cmake reports of an object of the interpreter. */
function tailCalls({ compiler }: Machine, object: string): string {
  const objdump = compiler.replace('gcc', 'objdump');
  const script = ['-P', 'host/wasm3/cmake/check-tail-calls.cmake'];
  const words = [`-DOBJDUMP=${objdump}`, `-DOBJECT=${object}`, ...script];
  const { stdout, stderr } = spawnSync('cmake', words, { encoding: 'utf8' });
  return `${stdout}${stderr}`.replace(/\s+/g, ' ');
}

describe('the interpreter', () => {
  it('jumps from operation to operation when it is compiled as here, and calls them at -O1', () => {
    // The check knows the machine code of Arm and x86-64.
    for (const machine of process.arch === 'x64' ? [target, here] : [target]) {
      expect(tailCalls(machine, interpreter(machine)), machine.compiler).toContain('262 operations jump');
      expect(tailCalls(machine, interpreter(machine, '-O1')), machine.compiler).toMatch(
        /\d{3} of 262 operations call the next one/,
      );
    }
  });

  it('cannot be compiled without optimisation', () => {
    const words = ['-O0', '-w', '-Ihost/wasm3', `-I${WASM3}`, '-fsyntax-only', 'host/wasm3/wq_engine.c'];
    expect(() => execFileSync('gcc', words, { stdio: 'pipe' })).toThrow('compile it at -Os, -O2 or -O3');
  });
});

describe('the released modules', () => {
  it.each(['core', 'app'])('are well-typed: build/%s.wasm', (name) => {
    execFileSync('wasm-validate', [`build/${name}.wasm`], { stdio: 'pipe' });
  });
});

describe('the page for integrators', () => {
  it('shows the example that is in the package', () => {
    const [, example] = /```c\n(.*?)```/s.exec(readme) ?? [];
    expect(readFileSync('host/wasm3/example/first_packet.c', 'utf8')).toContain(example);
  });

  it('names every source, or the README of its folder does', () => {
    const files = readdirSync('host/wasm3', { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.c'),
    );
    for (const name of files) {
      const own = join('host/wasm3', dirname(name), 'README.md');
      const inOwn = existsSync(own) && readFileSync(own, 'utf8').includes(`\`${basename(name)}\``);
      expect(inOwn || readme.includes(`\`${name}\``), name).toBe(true);
    }
  });

  it('pairs every source of the calls with its twin in TypeScript', () => {
    const page = readFileSync('host/wasm3/calls/README.md', 'utf8');
    const rows = [...page.matchAll(/^\| (`.*?\.c`.*?) \| (.*) \|$/gm)];
    const paths = (cells: string[]) =>
      cells.flatMap((cell) => [...cell.matchAll(/`([\w/-]+\.\w+)`/g)].map(([, path]) => path));
    const named = paths(rows.map(([, c]) => c)).filter((path) => path.endsWith('.c'));
    const sources = readdirSync('host/wasm3/calls', { recursive: true, encoding: 'utf8' });
    expect(named.sort()).toEqual(sources.filter((name) => name.endsWith('.c')).sort());
    const twins = paths(rows.map(([, , typescript]) => typescript));
    expect(twins.length).toBeGreaterThan(15);
    expect(twins.filter((path) => !existsSync(join('host/microvisor', path)))).toEqual([]);
  });

  it('is in the package with its sources and the header', () => {
    const { files, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(files).toEqual(
      expect.arrayContaining([
        'build/wasmqtt.h',
        'build/core.wasm',
        'build/wasm3',
        'build/aot',
        'host/wasm3',
        'NOTICE',
      ]),
    );
    expect(exports['./wasmqtt.h']).toBe('./build/wasmqtt.h');
    expect(readFileSync('NOTICE', 'utf8')).toContain('Steven Massey, Volodymyr Shymanskyy');
  });
});
