// needs: gcc, stdio.h, wasm2c
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { AOT, here, link, run, translated } from '../toolchain.js';

const folder = temporaryFolder();

describe('two threads, each with an instance of the translated core', () => {
  it('both trap and go on, without thread-local storage or bad accesses', () => {
    const options = ['-g', '-pthread', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const machine = { ...here, options };
    const { engine, binding } = translated(machine, folder, '-O1');
    const program = join(folder, 'two-threads');
    link(machine, program, ...AOT, engine, ...binding, 'tests/firmware/core/two-threads.c');
    expect(run(machine, program, [])).toBe('done');
  });
});
