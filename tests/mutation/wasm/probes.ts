// The module with fuel, so that no mutant runs for ever, and with a mark for each straight piece of code that was run.

import { functionBytes, Op, signed, unsigned, writeModule } from './module.js';
import { changesOf } from './operators.js';

/** Behind these begins another straight piece. */
const ENDS = new Set([Op.LOOP, Op.IF, Op.ELSE, Op.END, Op.BR, Op.BR_IF, Op.BR_TABLE, Op.RETURN, 0x02]);
/** More than any test asks for. */
const PAGES = 4096;

/** One piece of fuel is a call or one turn of a loop. */
export const FUEL_MOST = 0xffff_ffff;

/** What a mutant gets where the unchanged module used so much: twenty times that, and then some. */
export const fuelFor = (used) => Math.min(FUEL_MOST, 200_000 + 20 * used);

/** One unit of fuel less; a trap where none is left. The fuel is global 0. */
const FUEL = [
  ...[Op.GLOBAL_GET, 0, Op.I32_CONST, 1, Op.I32_SUB, Op.GLOBAL_SET, 0],
  ...[Op.GLOBAL_GET, 0, 0x45, Op.IF, 0x40, Op.UNREACHABLE, Op.END],
];

/** Sets the bit of this piece in the globals behind the fuel. */
const mark = (piece) => {
  const global = unsigned(1 + (piece >> 6));
  const bit = BigInt.asIntN(64, 1n << BigInt(piece & 63));
  return [Op.GLOBAL_GET, ...global, Op.I64_CONST, ...signed(bit), Op.I64_OR, Op.GLOBAL_SET, ...global];
};

/** Every mutant of the module in the order of its bytes, and the modules themselves. */
export class Mutants {
  #module;
  /** For each function the piece of each instruction. */
  #pieces = [];
  #plain;

  constructor(module) {
    this.#module = module;
    this.pieces = 0;
    for (const { code } of module.functions) {
      this.#pieces.push(
        code.map((_, index) => {
          if (index === 0 || ENDS.has(code[index - 1].op)) this.pieces++;
          return this.pieces - 1;
        }),
      );
    }
    this.#plain = module.functions.map((_, index) => this.#function(index, false));
    this.list = module.functions.flatMap(({ code }, index) =>
      code.flatMap((instruction, position) =>
        changesOf(instruction, code[position - 1], module.signatures).map((change) => ({
          function: index,
          position,
          at: instruction.at,
          piece: this.#pieces[index][position],
          ...change,
        })),
      ),
    );
  }

  #function(index, isMarked, mutant) {
    const { locals, code } = this.#module.functions[index];
    const pieces = this.#pieces[index];
    const parts = [FUEL];
    code.forEach(({ op, bytes }, position) => {
      if (isMarked && pieces[position] !== pieces[position - 1] && op !== Op.ELSE) parts.push(mark(pieces[position]));
      parts.push(mutant?.position === position ? mutant.bytes : bytes);
      if (op === Op.LOOP) parts.push(FUEL);
    });
    return functionBytes(locals, parts);
  }

  /** The module unchanged, with fuel and marks. */
  marked() {
    const functions = this.#module.functions.map((_, index) => this.#function(index, true));
    return writeModule(this.#module, functions, 1, (this.pieces + 63) >> 6, PAGES);
  }

  /** The module with one change, and with fuel. */
  mutated(mutant) {
    const functions = this.#plain.with(mutant.function, this.#function(mutant.function, false, mutant));
    return writeModule(this.#module, functions, 1, 0, PAGES);
  }
}
