// needs: clang-14, wasi/stdio.h
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { compileFlags } from '../../../../host/build-guest/compile-flags.js';
import names from './application-names.json' with { type: 'json' };

/** The names that applications use, by the header that they are expected in and what they are. */
const applicationNames: Record<string, Record<string, string[]>> = names;

const folder = mkdtempSync(join(tmpdir(), 'headers-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Compiles a source as an application's. @returns what the compiler says */
function compile(file: string, source: string, ...options: string[]): string {
  const path = join(folder, file);
  writeFileSync(path, source);
  const flags = compileFlags(file.endsWith('.cpp') ? 'C++' : 'C');
  try {
    execFileSync('clang-14', [...flags, '-Wall', '-Werror', ...options, '-c', path, '-o', `${path}.o`], {
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
}

/** A declaration that does not compile unless the header has the name as this kind of thing. */
function use(name: string, kind: string, index: number): string {
  const tagged = (base: string) => (/^(__|Mv)/.test(base) ? `struct ${base}` : base);
  switch (kind) {
    case 'enum constant':
      return `enum { use_${index} = ${name} };`;
    case 'typedef':
      return `typedef ${name} use_${index};`;
    case 'struct':
    case 'enum':
      return `extern char use_${index}[sizeof(${kind} ${name})];`;
    case 'variable':
      return `const void *use_${index} = &${name};`;
    case 'macro':
    case 'function/macro':
    case 'function':
      return `#ifndef ${name}\nvoid (*use_${index})(void) = (void (*)(void))${name};\n#endif`;
    case 'field': {
      const [base, ...path] = name.split(/\.|->/);
      if (name.includes('->'))
        return `#define use_${index}(handle) (((${base} *)(handle))->${name.slice(base.length + 1)})`;
      return `extern char use_${index}[1 + offsetof(${tagged(base)}, ${path.join('.')})];`;
    }
    default:
      throw new Error(`unknown kind ${kind}`);
  }
}

const headerOf: Record<string, string[]> = {
  prelude: [],
  libc: [
    'ctype.h',
    'float.h',
    'limits.h',
    'math.h',
    'stdarg.h',
    'stdatomic.h',
    'stdbool.h',
    'stdio.h',
    'stdlib.h',
    'string.h',
    'time.h',
  ],
  'FreeRTOSConfig.h': ['FreeRTOS.h'],
};

describe('the headers of the board', () => {
  it.each(Object.keys(applicationNames))('have every name that applications expect in %s', (header) => {
    const includes = (headerOf[header] ?? [header]).map((name) => `#include <${name}>`);
    const uses = Object.entries(applicationNames[header]).flatMap(([kind, list]) =>
      list.map((name) => ({ name, kind })),
    );
    const source = [...includes, ...uses.map(({ name, kind }, index) => use(name, kind, index)), ''].join('\n');
    expect(compile(`${header.replace(/\W/g, '_')}.c`, source)).toBe('');
  });

  it.each([
    'mv_syscalls.h',
    'stm32u5xx_hal.h',
    'stm32u585xx.h',
    'stm32u5xx_it.h',
    'cmsis_os.h',
    'cmsis_os2.h',
    'FreeRTOS.h',
    'task.h',
    'queue.h',
    'semphr.h',
    'timers.h',
    'event_groups.h',
    'stream_buffer.h',
    'message_buffer.h',
  ])('compile alone, in C and in C++: %s', (header) => {
    expect(compile('alone.c', `#include "${header}"\n`)).toBe('');
    expect(compile('alone.cpp', `#include "${header}"\n`)).toBe('');
  });

  it('let the clock of a peripheral be enabled by a statement without a semicolon', () => {
    const source =
      '#include "stm32u5xx_hal.h"\nvoid f(void) {\n  __HAL_RCC_GPIOA_CLK_ENABLE()\n  __HAL_RCC_TIM6_CLK_ENABLE();\n}\n';
    expect(compile('clock.c', source)).toBe('');
  });

  it('compare handles of the kernel with nullptr', () => {
    const source =
      '#include "mv_syscalls.h"\nMvChannelHandle handle = nullptr;\nbool open() { return handle != nullptr; }\n';
    expect(compile('handle.cpp', source)).toBe('');
  });

  it('take the FreeRTOSConfig.h of the application', () => {
    writeFileSync(join(folder, 'FreeRTOSConfig.h'), '#define configMINIMAL_STACK_SIZE ((uint16_t)777)\n');
    const source = '#include "FreeRTOS.h"\n_Static_assert(configMINIMAL_STACK_SIZE == 777, "not its own");\n';
    expect(compile('config.c', source, '-I', folder)).toBe('');
    rmSync(join(folder, 'FreeRTOSConfig.h'));
  });

  it('have the layouts of the kernel', () => {
    const abi = JSON.parse(
      readFileSync(fileURLToPath(new URL('../../../../assembly/abi/microvisor.json', import.meta.url)), 'utf8'),
    );
    const checks = Object.entries(
      abi.structs as Record<string, { size: number; fields: { name: string; offset: number }[] }>,
    ).flatMap(([name, { size, fields }]) => [
      `_Static_assert(sizeof(struct ${name}) == ${size}, "size");`,
      ...fields.map(
        ({ name: field, offset }) => `_Static_assert(offsetof(struct ${name}, ${field}) == ${offset}, "${field}");`,
      ),
    ]);
    const enums = Object.entries(abi.enums as Record<string, { bytes_on_arm: number }>).map(
      ([name, { bytes_on_arm: bytes }]) => `_Static_assert(sizeof(enum ${name}) == ${bytes}, "${name}");`,
    );
    expect(compile('layouts.c', ['#include "mv_syscalls.h"', ...checks, ...enums, ''].join('\n'))).toBe('');
  });

  it('put no two peripherals at the same place, and the ports of GPIO 0x400 apart', () => {
    const ports = [...'ABCDEFGHI'].map((port, index) => `(char *)GPIO${port} - (char *)GPIOA == ${index * 0x400}`);
    const source = `#include "stm32u585xx.h"\nint main(void) { return !(${ports.join(' && ')}); }\n`;
    expect(compile('ports.c', source)).toBe('');
    const text = readFileSync(
      fileURLToPath(new URL('../../../../host/microvisor/board/include/stm32/stm32u585_registers.h', import.meta.url)),
      'utf8',
    );
    const [, size] = /MV_BOARD_WINDOW (0x[\da-f]+)u/.exec(text) ?? [];
    const found = [...text.matchAll(/MV_BOARD_PERIPHERAL\(\w+, (0x[\dA-F]+)u\)/g)].map(
      ([, address]) => Number(address) % Number(size),
    );
    expect(new Set(found.map((offset) => Math.floor(offset / 0x400))).size).toBe(found.length);
    expect(found.length).toBeGreaterThan(30);
  });
});
