// needs: cmake, make, gcc, stdio.h, wasm2c, arm-none-eabi-gcc, newlib/stdio.h
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { here, translated } from '../toolchain.js';

const folder = temporaryFolder();
const toolchain = resolve('host/wasm3/musca-b1/musca-b1.cmake');

/** Configures a project that adds the folder and has one program. Returns what CMake says. */
function configure(name: string, source: string, options: string[]): string {
  const project = join(folder, name);
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'program.c'), source);
  writeFileSync(
    join(project, 'CMakeLists.txt'),
    [
      'cmake_minimum_required(VERSION 3.16)',
      'project(program C)',
      `add_subdirectory(${resolve('host/wasm3')} wasmqtt)`,
      'add_executable(program program.c)',
      'target_link_libraries(program PRIVATE wasmqtt_aot)',
      'musca_b1_program(program)',
      '',
    ].join('\n'),
  );
  const words = ['-S', project, '-B', join(project, 'out'), '--toolchain', toolchain, ...options];
  const { stdout, stderr } = spawnSync('cmake', words, { encoding: 'utf8' });
  return `${stdout}${stderr}`.replace(/\s+/g, ' ');
}

/** Builds such a project. Returns the bytes of text and data of its program. */
function built(name: string, source: string, type: string, ...options: string[]): number {
  configure(name, source, [`-DCMAKE_BUILD_TYPE=${type}`, ...options]);
  const out = join(folder, name, 'out');
  execFileSync('cmake', ['--build', out, '--target', 'program'], { stdio: 'pipe' });
  const [, line] = execFileSync('arm-none-eabi-size', [join(out, 'program')], { encoding: 'utf8' }).split('\n');
  const [text, data] = line.trim().split(/\s+/).map(Number);
  return text + data;
}

const EMPTY = 'int main(void) { return 0; }\n';
const DECODE = `#include "wq_core.h"
static wq_core core;
int main(void) {
#ifdef WQ_AOT_MASK
  static uint64_t memory[WQ_AOT_MEMORY / 8];
#else
  static uint64_t memory[1024];
#endif
  wq_options options = {0};
  options.memory = (uint8_t *)memory;
  options.memory_size = sizeof memory;
  return wq_open(&core, &options) == 0 ? (int)wq_mqtt_decode(&core, 4096, 64, 5, 64, 2048) : 1;
}
`;

describe('the CMake build', () => {
  it('leaves out what a program does not call, and is compiled for size, and smaller with masked addresses, when asked', () => {
    const size = 'MinSizeRel';
    const empty = built('empty', EMPTY, size);
    const fast = built('fast', DECODE, 'Release');
    const small = built('small', DECODE, size);
    const masked = built('masked', DECODE, size, '-DWQ_AOT_BOUNDS=mask');
    const sizes = `${[empty, fast, small, masked]} bytes`;
    expect(fast - empty, sizes).toBeLessThan(12_000);
    expect(small, sizes).toBeLessThan(fast);
    expect(masked, sizes).toBeLessThan(small);
  });

  it('refuses other bounds than check and mask', () => {
    expect(configure('bounds', EMPTY, ['-DWQ_AOT_BOUNDS=none'])).toContain(
      'WQ_AOT_BOUNDS is check or mask, not "none"',
    );
  });

  it('refuses wasm2c of another version of wabt, and says which is wanted and which was found', () => {
    const other = join(folder, 'wasm2c');
    writeFileSync(other, '#!/bin/sh\necho 1.0.39\n');
    chmodSync(other, 0o755);
    expect(configure('wabt', EMPTY, [`-DWASM2C=${other}`])).toContain(
      'WASM2C: wasm2c of wabt 1.0.32 is wanted, found "1.0.39"',
    );
  });
});

describe('the translated core', () => {
  it.each(['-O0', '-Os'])('wants nothing of libm at %s', (level) => {
    const { engine } = translated(here, folder, level);
    const wanted = execFileSync('nm', ['-u', engine], { encoding: 'utf8' }).match(/\b(?!U\b)\w+/g);
    expect(wanted).toContain('wq_trap_outside');
    expect(wanted!.filter((name) => /^(ceil|floor|nearbyint|rint|sqrt|trunc)f?$/.test(name))).toEqual([]);
  });
});
