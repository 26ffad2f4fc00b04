// What gcov counted in the C of wasm2c, reduced to the core's own lines and branches.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Op } from '../mutation/wasm/module.js';

/** A conditional of WASM: `if` and `br_if`, `select`, `br_table`. All other branches in C are those of the runtime. */
const CONDITIONAL = /^\s*(if \(w2c_\w+\)|switch \()|= w2c_\w+ \? w2c_\w+ : w2c_\w+;$/;
const CONDITIONALS = new Set([Op.IF, Op.BR_IF, Op.SELECT, Op.BR_TABLE]);

/** First and last line of each function of the module, in the order of the module. */
function functionsOf(lines) {
  const found = [];
  lines.forEach((line, index) => {
    if (/^(static )?(u32|u64|void) w2c_\w+\(.*\) \{$/.test(line)) found.push({ first: index + 1 });
    else if (line === '}' && found.length > 0) found.at(-1).last ??= index + 1;
  });
  return found;
}

/** The instruction of each conditional line: they are in the same order in both, as the compiler leaves no dead code. */
function instructionsOf(lines, { first, last }, code, name) {
  const numbers = [];
  for (let number = first; number <= last; number++) if (CONDITIONAL.test(lines[number - 1])) numbers.push(number);
  const instructions = code.filter(({ op }) => CONDITIONALS.has(op));
  if (numbers.length !== instructions.length)
    throw new Error(`${name}: ${numbers.length} conditionals in C, ${instructions.length} in WASM`);
  return new Map(numbers.map((number, index) => [number, instructions[index]]));
}

/** The line of the sources that a line of C comes from: that of the conditional before it, for want of more. */
function placeOf(number, { first, index }, instructions, code, places) {
  for (let at = number; at > first; at--) if (instructions.has(at)) return places.of(index, instructions.get(at).at);
  return places.of(index, code[0].at);
}

/**
 * @param folder where core.c, core.o and the counts are
 * @param module build/core.wasm, from readModule
 * @returns lines and branches: how many there are, how many were run, and those that were not
 */
export function readCounts(folder, module, places) {
  const text = execFileSync('gcov', ['-b', '-c', '--json-format', '--stdout', 'core.o'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const counted = new Map(JSON.parse(text).files[0].lines.map((line) => [line.line_number, line]));
  const lines = readFileSync(join(folder, 'core.c'), 'utf8').split('\n');
  const functions = functionsOf(lines);
  if (functions.length !== module.functions.length) throw new Error('core.c has other functions than core.wasm');
  const total = { lines: 0, branches: 0 };
  const missed = { lines: [], branches: [] };
  for (const [index, range] of functions.entries()) {
    const { code } = module.functions[index];
    const instructions = instructionsOf(lines, range, code, places.functionName(index));
    for (let number = range.first; number <= range.last; number++) {
      const line = counted.get(number);
      if (!line) continue;
      const where = () => ({
        function: places.functionName(index),
        place: placeOf(number, { ...range, index }, instructions, code, places),
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
  return { total, missed };
}
