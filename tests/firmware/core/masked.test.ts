// needs: gcc, stdio.h, wasm2c
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { AOT, here, link, maskedTo, OURS, object, run, translated } from '../toolchain.js';
import { type Engine, masked } from './engines.js';
import { MEMORY } from './steps.js';

const folder = temporaryFolder();
let engine: Engine;

beforeAll(() => {
  engine = masked(folder);
});

describe('the translated core with masked addresses', () => {
  it('wraps a wrong address inside its own memory, and touches nothing around it', () => {
    const machine = { ...here, options: ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'] };
    const mask = maskedTo(4096);
    const objects = translated(machine, folder, '-O1', mask);
    const program = join(folder, 'wrong-addresses');
    const source = object(machine, folder, 'tests/firmware/core/wrong-addresses.c', ...AOT, ...mask);
    link(machine, program, objects.engine, ...objects.binding, source);
    expect(run(machine, program, [])).toBe('done');
  });

  it.each([
    ['a byte less', MEMORY - 1],
    ['a byte more', MEMORY + 1],
    ['half of it', MEMORY / 2 - 4],
    ['nothing', 0],
  ])('is refused a memory of another size: %s', (_, memory) => {
    expect(engine.run('open', { memory })).toBe('MASKED_MEMORY');
  });

  it('opens with the size that it was compiled for', () => {
    expect(engine.run('open')).toBe('opened');
  });

  it('is refused by the compiler where the memory is not a power of two', () => {
    const words = [...AOT, ...maskedTo(3000), ...OURS, `-I${folder}`, '-fsyntax-only', 'host/wasm3/aot/wq_aot.c'];
    const { status, stderr } = spawnSync('gcc', words, { encoding: 'utf8' });
    expect(status).not.toBe(0);
    expect(stderr).toContain('WQ_AOT_MASK: linear memory of a masked build is a power of two');
  });
});
