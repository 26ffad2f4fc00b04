// needs: gcc, stdio.h, wasm2c
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { drivers } from './drivers.js';
import { runEmulated } from './emulated/emulated-driver.js';
import { allScripts } from './scripts/all-scripts.js';
import { onlyInC } from './scripts/only-in-c.js';
import { randomScript } from './scripts/random-script.js';
import { commandsOf, expectedOf, printedOf } from './scripts/script.js';

const folder = temporaryFolder();
const programs = drivers(folder);

/** What a driver prints for commands. */
const run = (program: string, commands: string[]): string[] =>
  execFileSync(program, ['build/core.wasm', '-'], { input: `${commands.join('\n')}\n`, encoding: 'utf8' })
    .split('\n')
    .slice(0, -1);

/** The same commands over a transport that takes and returns so many bytes at once. "expiry" stays the first one. */
function inPieces(commands: string[], bytes: number): string[] {
  const first = commands[0].startsWith('expiry') ? 1 : 0;
  return commands.toSpliced(first, 0, `piece ${bytes}`);
}

describe.each(Object.entries(allScripts))('an application %s', (_, scripts) => {
  it.each(Object.entries(scripts))('%s', async (_, script) => {
    const commands = commandsOf(script);
    const lines = await runEmulated(commands);
    expect(printedOf(script, lines), 'over the emulated kernel').toEqual(expectedOf(script));
    for (const [engine, program] of Object.entries(programs)) {
      expect(run(program, commands), engine).toEqual(lines.flat());
      expect(run(program, inPieces(commands, 1)), `${engine}, byte by byte`).toEqual(lines.flat());
    }
  });
});

describe.each(Object.entries(programs))('the calls in C, with the core in %s', (_, program) => {
  it.each(Object.entries(onlyInC))('%s', (_, script) => {
    const printed = run(program, commandsOf(script));
    const lines = script.steps.map(({ says }) => (says === undefined ? [] : printed.splice(0, 1)));
    expect(printedOf(script, lines)).toEqual(expectedOf(script));
    expect(printed).toEqual([]);
  });
});

describe('an application of random calls, whose broker makes mistakes,', () => {
  it.each(Array.from({ length: 24 }, (_, index) => index + 1))('sees the same in C, seed %i', async (seed) => {
    const commands = randomScript(seed, 60);
    const expected = (await runEmulated(commands)).flat();
    for (const [engine, program] of Object.entries(programs)) {
      expect(run(program, commands), engine).toEqual(expected);
      expect(run(program, inPieces(commands, 3)), `${engine}, three bytes at a time`).toEqual(expected);
    }
  });
});
