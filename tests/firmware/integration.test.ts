// needs: gcc, stdio.h, wasm2c
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gcc, temporaryFolder, WASM3 } from './engines.js';

const folder = temporaryFolder();
const readme = readFileSync('host/wasm3/README.md', 'utf8');

/** The operations of wasm3 that call through a pointer, by the machine code of a build at this level. */
function callingOperations(level: string): string[] {
  const object = join(folder, `engine${level}.o`);
  gcc(level, '-w', '-Ihost/wasm3', `-I${WASM3}`, '-c', 'host/wasm3/wq_engine.c', '-o', object);
  const code = execFileSync('objdump', ['-d', '--no-show-raw-insn', object], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const operations = code.split(/^[0-9a-f]+ </m).filter((text) => text.startsWith('op_'));
  expect(operations.length).toBeGreaterThan(200);
  return operations.filter((text) => /\bcall\s+\*/.test(text)).map((text) => text.slice(0, text.indexOf('>')));
}

describe('the interpreter', () => {
  // The machine code is looked at as x86-64 writes it.
  it.runIf(process.arch === 'x64')('jumps from operation to operation at -Os, -O2 and -O3, and does not at -O1', () => {
    // Calls of WASM are calls of C, and a loop is one that it comes back to.
    const mayCall = ['op_Call', 'op_CallIndirect', 'op_CallRawFunction', 'op_Loop'];
    for (const level of ['-Os', '-O2', '-O3']) expect(callingOperations(level).sort(), level).toEqual(mayCall);
    expect(callingOperations('-O1').length).toBeGreaterThan(200);
  });

  it('is not compiled without optimisation', () => {
    const words = ['-O0', '-w', '-Ihost/wasm3', `-I${WASM3}`, '-fsyntax-only', 'host/wasm3/wq_engine.c'];
    expect(() => execFileSync('gcc', words, { stdio: 'pipe' })).toThrow('compile it at -Os, -O2 or -O3');
  });
});

describe('the page for integrators', () => {
  it('has an example that decodes a packet, either way', () => {
    const [, example] = /```c\n(.*?)```/s.exec(readme) ?? [];
    const source = join(folder, 'example.c');
    const main = `
      int main(void) {
        static uint8_t module[65536];
        FILE *file = fopen("build/core.wasm", "rb");
        const uint32_t size = (uint32_t)fread(module, 1, sizeof module, file);
        fclose(file);
        printf("%d\\n", (int)first_packet(module, size, (const uint8_t *)"\\xe0\\x00", 2));
        return 0;
      }`;
    writeFileSync(source, `#include <stdio.h>\n#include <string.h>\n${example}\n${main}\n`);
    execFileSync('wasm2c', ['build/core.wasm', '-n', 'core', '-o', join(folder, 'core.c')]);
    const program = join(folder, 'example');
    const ours = ['-O2', '-Ibuild', '-Ihost/wasm3', source, 'host/wasm3/wq_core.c', '-o', program];
    const translated = ['-DWQ_AOT', '-DNDEBUG', '-Ihost/wasm3/aot', `-I${folder}`, 'host/wasm3/aot/wq_aot.c'];
    const interpreted = [`-I${WASM3}`, 'wq_wasm3.c', 'wq_module.c', 'wq_engine.c'];
    gcc('-w', ...ours, ...interpreted.map((word) => word.replace(/^wq_/, 'host/wasm3/wq_')));
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('14\n');
    gcc('-w', ...ours, ...translated, join(folder, 'core.c'));
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('14\n');
  });

  it('lists every source', () => {
    const files = readdirSync('host/wasm3', { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.c'),
    );
    for (const name of files) expect(readme, name).toContain(`\`${name}\``);
  });

  it('is in the package with its sources and the header', () => {
    const { files, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(files).toEqual(expect.arrayContaining(['build/wasmqtt.h', 'build/core.wasm', 'host/wasm3', 'NOTICE']));
    expect(exports['./wasmqtt.h']).toBe('./build/wasmqtt.h');
    expect(readFileSync('NOTICE', 'utf8')).toContain('Steven Massey, Volodymyr Shymanskyy');
  });
});
