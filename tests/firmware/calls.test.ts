// needs: gcc, stdio.h, wasm2c
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { drivers } from './calls-programs.js';
import { emulated } from './calls-script.js';
import { forBoth, single } from './calls-scripts.js';
import { temporaryFolder } from './engines.js';

const folder = temporaryFolder();
const programs = drivers(folder);

const lines = (program: string, script: string[]): string[] =>
  execFileSync(program, ['build/core.wasm', '-'], { input: `${script.join('\n')}\n`, encoding: 'utf8' }).split('\n').slice(0, -1);

function tests(scripts: Record<string, string[]>): void {
  for (const [behaviour, script] of Object.entries(scripts)) {
    it(behaviour, async () => {
      const wanted = await emulated(script);
      expect(wanted.length).toBeGreaterThan(3);
      for (const [engine, program] of Object.entries(programs)) {
        expect(lines(program, script), engine).toEqual(wanted);
        expect(lines(program, ['piece 1', ...script]), `${engine}, byte by byte`).toEqual(wanted);
      }
    });
  }
}

describe('an application over the calls in C sees what it sees over the emulated kernel', () => {
  tests(single);
});

describe.each([4, 5] as const)('an application over the calls in C, MQTT version %i', (version) => {
  tests(forBoth(version));
});
