// needs: wasm2c, arm-none-eabi-gcc, newlib/stdio.h, qemu-system-arm
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { target } from '../toolchain.js';
import { drivers } from './drivers.js';
import { emulated } from './emulated/emulated-driver.js';
import { forBoth } from './scripts/both-versions.js';
import { refusals } from './scripts/refusals.js';
import { single } from './scripts/sessions.js';

const folder = temporaryFolder();
const programs = drivers(folder, target);
const scripts = [refusals, single, forBoth(4), forBoth(5)].flatMap((list) => Object.values(list));

it.each(Object.entries(programs))(
  'all scripts come to the same on a Cortex-M33, with the core in %s',
  async (_engine, program) => {
    const file = join(folder, 'script');
    writeFileSync(file, `${scripts.map((script) => [...script, 'restart'].join('\n')).join('\n')}\n`);
    const [command, ...words] = target.start(program, ['build/core.wasm', file]);
    const { stdout, stderr } = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 26 });
    expect(stderr).toBe('');
    const wanted = await Promise.all(scripts.map(emulated));
    expect(stdout.split('\n').slice(0, -1)).toEqual(wanted.flat());
  },
);
