// needs: wasm2c, arm-none-eabi-gcc, newlib/stdio.h, qemu-system-arm
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { target } from '../toolchain.js';
import { drivers } from './drivers.js';
import { runEmulated } from './emulated/emulated-driver.js';
import { allScripts } from './scripts/all-scripts.js';
import { commandsOf } from './scripts/script.js';

const folder = temporaryFolder();
const programs = drivers(folder, target);
const scripts = Object.values(allScripts).flatMap((list) => Object.values(list).map(commandsOf));

it.each(Object.entries(programs))(
  'on a Cortex-M33, with the core in %s, an application sees what it sees over the emulated kernel',
  async (_engine, program) => {
    const file = join(folder, 'script');
    writeFileSync(file, `${scripts.map((commands) => [...commands, 'restart'].join('\n')).join('\n')}\n`);
    const [command, ...words] = target.start(program, ['build/core.wasm', file]);
    const { stdout, stderr } = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 26 });
    expect(stderr).toBe('');
    const expected = await Promise.all(scripts.map(runEmulated));
    expect(stdout.split('\n').slice(0, -1)).toEqual(expected.flat(2));
  },
);
