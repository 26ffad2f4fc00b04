import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { bundle } from '../../host/bundled-script.js';
import { WORKS, type Work } from './works.js';

/** Instructions for one packet, or one text. */
export interface Count {
  name: string;
  value: number;
}

/** Cachegrind counts every instruction; what a program writes over its own code is seen. */
const VALGRIND = ['--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null', '--smc-check=all-non-file'];
/** V8 compiles and collects in the one thread, at points that depend on nothing but the program; WebAssembly at once, and well. */
const NODE = ['--single-threaded', '--predictable', '--no-liftoff', '--hash-seed=1', '--random-seed=1'];
/** Packets or texts that are enough for V8 to have compiled what is hot. */
const WARM = 60_000;
/** So many more are counted. */
const COUNTED = 120_000;

const PROGRAM = `
import { WORKS } from './tests/bench/instructions/works.js';
const [name, units] = process.argv.slice(2);
const work = WORKS[name]();
for (let done = 0; done < Number(units); done += work.units) work.run();
`;

/** The versions on which a count depends. */
export function versions(): Record<string, string> {
  const valgrind = execFileSync('valgrind', ['--version'], { encoding: 'utf8' }).trim();
  return { node: process.versions.node, valgrind, architecture: process.arch };
}

/** Counts the work of these names, in valgrind. Takes half a minute of processor time for each. @throws Error when it cannot run */
export async function countInstructions(names: readonly string[], progress: (name: string) => void): Promise<Count[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-instructions-'));
  try {
    const program = join(folder, 'work.mjs');
    writeFileSync(program, await bundle(PROGRAM));
    return names.map((name) => {
      progress(name);
      const work = WORKS[name]();
      const [warm, all] = [WARM, WARM + COUNTED].map((units) => instructionsOf(program, name, units));
      return { name, value: Math.round((all - warm) / counted(work)) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Units by which the two runs differ: each ends with a whole run of the work. */
function counted({ units }: Work): number {
  const done = (most: number) => Math.ceil(most / units) * units;
  return done(WARM + COUNTED) - done(WARM);
}

function instructionsOf(program: string, name: string, units: number): number {
  const args = [...VALGRIND, process.execPath, ...NODE, program, name, String(units)];
  const { status, stderr, error } = spawnSync('valgrind', args, { encoding: 'utf8' });
  const [, count] = /I\s+refs:\s+([\d,]+)/.exec(stderr ?? '') ?? [];
  if (status !== 0 || count === undefined) throw new Error(`valgrind failed: ${error?.message ?? stderr}`);
  return Number(count.replaceAll(',', ''));
}
