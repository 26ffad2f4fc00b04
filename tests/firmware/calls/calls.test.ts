// needs: gcc, stdio.h, wasm2c
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { drivers } from './drivers.js';
import { emulated } from './emulated/emulated-driver.js';
import { forBoth } from './scripts/both-versions.js';
import { randomScript } from './scripts/random-script.js';
import { refusals } from './scripts/refusals.js';
import { single } from './scripts/sessions.js';

const folder = temporaryFolder();
const programs = drivers(folder);

const lines = (program: string, script: string[]): string[] =>
  execFileSync(program, ['build/core.wasm', '-'], { input: `${script.join('\n')}\n`, encoding: 'utf8' })
    .split('\n')
    .slice(0, -1);

function tests(scripts: Record<string, string[]>): void {
  for (const [behaviour, script] of Object.entries(scripts)) {
    it(behaviour, async () => {
      const wanted = await emulated(script);
      expect(wanted.length).toBeGreaterThan(3);
      for (const [engine, program] of Object.entries(programs)) {
        expect(lines(program, script), engine).toEqual(wanted);
        expect(
          lines(
            program,
            script[0].startsWith('expiry') ? [script[0], 'piece 1', ...script.slice(1)] : ['piece 1', ...script],
          ),
          `${engine}, byte by byte`,
        ).toEqual(wanted);
      }
    });
  }
}

describe('what only the calls in C can get wrong', () => {
  const device = ['setup 51 16', 'network 1', 'poll', 'news'];
  const connected = [...device, 'open 1 1024 512', 'connect 3 1 60 c', 'poll', 'broker 20020000', 'read-connect'];

  it.each(Object.entries(programs))(
    'in %s: a core that is gone ends the connection, and the calls go on',
    (_, program) => {
      const script = [
        ...connected,
        'publish 1 1 0 a b',
        'break',
        'poll',
        'next',
        'read-publish',
        'read-disconnect',
        'close',
      ];
      const again = [
        'open 1 1024 512',
        'connect 3 1 60 c',
        'poll',
        'read-connect',
        'publish 1 0 0 a b',
        'poll',
        'read-publish',
      ];
      expect(lines(program, [...script, ...again]).slice(6)).toEqual([
        ...['publish 0', 'next 0 6', 'read-publish 0 3 1 0', 'read-disconnect 0 3 0', 'close 0', 'open 0', 'connect 0'],
        ...['read-connect 0 7 0', 'publish 0', 'read-publish 0 3 1 0'],
      ]);
    },
  );

  it.each(Object.entries(programs))('in %s: too little linear memory and a bad device id are refused', (_, program) => {
    const script = ['reopen 4096', 'wall', 'reopen 24576 UV12', 'network 1', 'reopen 24576', 'device 34'];
    const id = 'UV0123456789abcdef0123456789abcdef';
    expect(lines(program, script)).toEqual([
      'open gave -905',
      'wall 10',
      'open gave -2',
      'network 10',
      `device 0 ${id}`,
    ]);
  });
});

describe('an application over the calls in C sees what it sees over the emulated kernel', () => {
  tests({ ...refusals, ...single });
});

describe('scripts by chance', () => {
  it.each(Array.from({ length: 24 }, (_, index) => index + 1))('seed %i', async (seed) => {
    const script = randomScript(seed, 60);
    const wanted = await emulated(script);
    for (const [engine, program] of Object.entries(programs)) {
      expect(lines(program, script), engine).toEqual(wanted);
      expect(lines(program, [script[0], 'piece 3', ...script.slice(1)]), `${engine}, three bytes at a time`).toEqual(
        wanted,
      );
    }
  });
});

describe.each([4, 5] as const)('an application over the calls in C, MQTT version %i', (version) => {
  tests(forBoth(version));
});
