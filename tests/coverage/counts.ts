// Reduces what gcov counted in the C of wasm2c to the core's own lines and branches.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Code, type Instruction, type Module, Op } from '../mutation/wasm/module.js';
import type { Place, Places } from '../mutation/wasm/places.js';

/** A line of gcov's JSON. */
interface GcovLine {
  line_number: number;
  count: number;
  branches: { count: number }[];
}

/** Lines of the C of a function, both included. */
interface Range {
  first: number;
  last: number;
}

/** A line that did not run. */
export interface MissedLine {
  function: string;
  place: Place;
  /** Of the line of C, and its text. */
  number: number;
  c: string;
}

/** A way out of a conditional that was not taken. */
export interface MissedBranch extends MissedLine {
  way: number;
  /** Whether the conditional ran at all. */
  isReached: boolean;
}

export interface Counts {
  total: { lines: number; branches: number };
  missed: { lines: MissedLine[]; branches: MissedBranch[] };
}

/** A conditional of WASM: `if` and `br_if`, `select`, `br_table`. All other branches in C belong to the runtime. */
const CONDITIONAL = /^\s*(if \(w2c_\w+\)|switch \()|= w2c_\w+ \? w2c_\w+ : w2c_\w+;$/;
const CONDITIONALS: ReadonlySet<number> = new Set([Op.IF, Op.BR_IF, Op.SELECT, Op.BR_TABLE]);

/** The lines of each function, in the order of the module. */
function functionsOf(lines: readonly string[]): Range[] {
  const found: Range[] = [];
  let first: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (/^(static )?(u32|u64|void) w2c_\w+\(.*\) \{$/.test(line)) first = index + 1;
    if (line !== '}' || first === undefined) continue;
    found.push({ first, last: index + 1 });
    first = undefined;
  }
  return found;
}

/** The instruction of each conditional line. Both are in the same order, as the compiler leaves no dead code. */
function instructionsOf(
  lines: readonly string[],
  { first, last }: Range,
  code: readonly Instruction[],
  name: string,
): Map<number, Instruction> {
  const numbers: number[] = [];
  for (let number = first; number <= last; number++) if (CONDITIONAL.test(lines[number - 1])) numbers.push(number);
  const instructions = code.filter(({ op }) => CONDITIONALS.has(op));
  if (numbers.length !== instructions.length)
    throw new Error(`${name}: ${numbers.length} conditionals in C, ${instructions.length} in WASM`);
  return new Map(numbers.map((number, index) => [number, instructions[index]]));
}

/** A function of the core in both forms. */
interface Translated extends Code {
  index: number;
  range: Range;
  instructions: Map<number, Instruction>;
}

/** The line of the sources that a line of C comes from: nothing is closer than the conditional before it. */
function placeOf(number: number, { index, range, code, instructions }: Translated, places: Places): Place {
  for (let at = number; at > range.first; at--) {
    const instruction = instructions.get(at);
    if (instruction) return places.of(index, instruction.at);
  }
  return places.of(index, code[0].at);
}

/** What gcov counted, by line of core.c. */
function gcov(folder: string): Map<number, GcovLine> {
  const text = execFileSync('gcov', ['-b', '-c', '--json-format', '--stdout', 'core.o'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { files }: { files: { lines: GcovLine[] }[] } = JSON.parse(text);
  return new Map(files[0].lines.map((line) => [line.line_number, line]));
}

/**
 * Counts lines and branches, and those that did not run.
 *
 * @param folder where core.c, core.o and the counts are
 * @param module build/core.wasm
 */
export function readCounts(folder: string, module: Module, places: Places): Counts {
  const counted = gcov(folder);
  const lines = readFileSync(join(folder, 'core.c'), 'utf8').split('\n');
  const functions = functionsOf(lines);
  if (functions.length !== module.functions.length)
    throw new Error('core.c and core.wasm do not have the same functions');
  const counts: Counts = { total: { lines: 0, branches: 0 }, missed: { lines: [], branches: [] } };
  const { total, missed } = counts;
  for (const [index, range] of functions.entries()) {
    const name = places.functionName(index);
    const { code, locals } = module.functions[index];
    const instructions = instructionsOf(lines, range, code, name);
    const translated = { index, range, locals, code, instructions };
    for (let number = range.first; number <= range.last; number++) {
      const line = counted.get(number);
      if (!line) continue;
      const where = (): MissedLine => ({
        function: name,
        place: placeOf(number, translated, places),
        number,
        c: lines[number - 1].trim(),
      });
      total.lines++;
      if (line.count === 0) missed.lines.push(where());
      if (!instructions.has(number)) continue;
      line.branches.forEach(({ count }, way) => {
        total.branches++;
        if (count === 0) missed.branches.push({ ...where(), way, isReached: line.count > 0 });
      });
    }
  }
  return counts;
}
