// needs: gcc, g++, stdio.h, arm-none-eabi-gcc, newlib/stdio.h
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as abi from '../../../build/abi/microvisor.js';
import { temporaryFolder } from '../temporary-folder.js';
import { here, target } from '../toolchain.js';

const folder = temporaryFolder();
const header = readFileSync('build/wq_microvisor.h', 'utf8');
const include = [`-I${folder}`, '-Ibuild', '-Ihost/wasm3/guest'];
const strict = ['-Wall', '-Wextra', '-Wpedantic', '-Werror', ...include, '-fsyntax-only'];

/** Compiles a source that includes the header. Returns the complaints of the compiler. */
function complaints(compiler: string[], source = '#include "wq_microvisor.h"\n'): string {
  const file = join(folder, 'header.c');
  writeFileSync(file, source);
  const [command, ...options] = compiler;
  try {
    execFileSync(command, [...options, ...strict, file], { stdio: 'pipe' });
    return '';
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
}

const languages = ['c99', 'c11', 'c++98', 'c++20'].map((standard) => [
  ...['-x', standard.startsWith('c++') ? 'c++' : 'c'],
  `-std=${standard}`,
]);
const arm = [target.compiler, ...target.options];

describe('build/wq_microvisor.h', () => {
  it.each(languages)(
    'compiles without a warning here and for the target, where it asserts layouts: %s %s %s',
    (...language) => {
      for (const compiler of [[here.compiler], arm]) expect(complaints([...compiler, ...language])).toBe('');
    },
  );

  it('asserts size and offsets of every structure, and the width of every enumeration', () => {
    const structures = Object.keys(abi).filter((name) => name.endsWith('Layout'));
    expect(structures.length).toBeGreaterThan(30);
    for (const name of structures) expect(header).toContain(`sizeof_${name.slice(0, -'Layout'.length)});`);
    const grown = header.replace('struct MvHttpHeader {', 'struct MvHttpHeader { uint32_t more;');
    expect(complaints([...arm, '-std=c99'], grown)).toContain('sizeof_MvHttpHeader');
    expect(complaints([...arm, '-std=c99', '-fno-short-enums'])).toContain('sizeof_MvWakeReason');
  });

  it('declares every system call with its parameters', () => {
    const plain = header.replace(/\s+/g, ' ').replaceAll('( ', '(');
    const missing = Object.entries(abi.systemCalls).filter(([name, { params }]) => {
      const list = params.map(({ name, type }) => `${type} ${name}`.replace(/(\*+) /, ' $1')).join(', ') || 'void';
      return !plain.includes(`enum MvStatus ${name}(${list});`);
    });
    expect(missing).toEqual([]);
  });

  it('includes the header of the SDK when asked to, and checks it', () => {
    const source = '#define WQ_MICROVISOR_SDK\n#include "wq_microvisor.h"\n';
    const compiler = [...arm, '-std=c99'];
    expect(complaints(compiler, source)).toContain('mv_syscalls.h');
    const [sdk] = /enum MvStatus \{.*(?=#endif \/\* WQ_MICROVISOR_SDK)/s.exec(header) ?? [];
    const handles = [...header.matchAll(/^typedef .*$/gm)].join('\n');
    const own = `#include <stdint.h>\n${handles}\n${sdk?.replace(/#ifdef __cplusplus\n\}\n#endif/, '')}`;
    writeFileSync(join(folder, 'mv_syscalls.h'), own);
    expect(complaints(compiler, source)).toBe('');
    writeFileSync(join(folder, 'mv_syscalls.h'), own.replace('uint16_t port;', 'uint64_t port;'));
    expect(complaints(compiler, source)).toContain('MvMqttConnectRequest');
  });
});

describe('guest/wq_guest.h', () => {
  it.each(languages)('compiles without a warning: %s %s %s', (...language) => {
    expect(complaints([here.compiler, ...language], '#include "wq_guest.h"\n')).toBe('');
  });

  it('can be used as its README shows', () => {
    const [, example] = /```c\n(.*?)```/s.exec(readFileSync('host/wasm3/guest/README.md', 'utf8')) ?? [];
    const before = `
      #include "wq_guest.h"
      enum { TIM8_BRK_IRQn = 51 };
      extern void print(void *, const uint8_t *, uint32_t), timer(void *, int32_t), sleep_until_interrupt(void);
      extern int time_is_over(void);`;
    for (const compiler of [[here.compiler], arm])
      expect(complaints([...compiler, '-std=c99'], `${before}\n${example}`)).toBe('');
  });
});
