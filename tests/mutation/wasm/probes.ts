// The module with fuel, so that no mutant runs for ever, and with marks for the straight pieces of code that ran.
import { functionBytes, type Module, Op, signed, unsigned, writeModule } from './module.js';
import { type Change, changesOf } from './operators.js';

/** After these another straight piece begins. */
const ENDS = new Set([Op.LOOP, Op.IF, Op.ELSE, Op.END, Op.BR, Op.BR_IF, Op.BR_TABLE, Op.RETURN, 0x02]);
/** Pages of memory: more than any test asks for. */
const PAGES = 4096;

/** One piece of fuel is a call or one turn of a loop. */
export const FUEL_MOST = 0xffff_ffff;

/** The fuel of a mutant where the unchanged module used this much: twenty times that, and some more. */
export const fuelFor = (used: number): number => Math.min(FUEL_MOST, 200_000 + 20 * used);

/** Takes one unit of fuel, which is global 0; traps when none is left. */
const FUEL = [
  ...[Op.GLOBAL_GET, 0, Op.I32_CONST, 1, Op.I32_SUB, Op.GLOBAL_SET, 0],
  ...[Op.GLOBAL_GET, 0, 0x45, Op.IF, 0x40, Op.UNREACHABLE, Op.END],
];

/** Sets the bit of this piece in the globals after the fuel. */
function mark(piece: number): number[] {
  const global = unsigned(1 + (piece >> 6));
  const bit = BigInt.asIntN(64, 1n << BigInt(piece & 63));
  return [Op.GLOBAL_GET, ...global, Op.I64_CONST, ...signed(bit), Op.I64_OR, Op.GLOBAL_SET, ...global];
}

/** A change of one instruction of the module. */
export interface Mutant extends Change {
  /** The index of the function, and of the instruction in it. */
  function: number;
  position: number;
  /** Where in the file the instruction is. */
  at: number;
  /** The straight piece that it belongs to. */
  piece: number;
}

/** Every mutant of the module in the order of its bytes, and the modules themselves. */
export class Mutants {
  /** In the order of their bytes. */
  readonly list: Mutant[];
  /** How many straight pieces there are. */
  pieces = 0;
  readonly #module: Module;
  /** The piece of each instruction of each function. */
  readonly #pieces: number[][] = [];
  readonly #plain: Buffer[];

  constructor(module: Module) {
    this.#module = module;
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

  #function(index: number, isMarked: boolean, mutant?: Mutant): Buffer {
    const { locals, code } = this.#module.functions[index];
    const pieces = this.#pieces[index];
    const parts: Iterable<number>[] = [FUEL];
    code.forEach(({ op, bytes }, position) => {
      if (isMarked && pieces[position] !== pieces[position - 1] && op !== Op.ELSE) parts.push(mark(pieces[position]));
      parts.push(mutant?.position === position ? mutant.bytes : bytes);
      if (op === Op.LOOP) parts.push(FUEL);
    });
    return functionBytes(locals, parts);
  }

  /** The module unchanged, with fuel and marks. */
  marked(): Buffer {
    const functions = this.#module.functions.map((_, index) => this.#function(index, true));
    return writeModule(this.#module, functions, { i32Globals: 1, i64Globals: (this.pieces + 63) >> 6, pages: PAGES });
  }

  /** The module with one change, and with fuel. */
  mutated(mutant: Mutant): Buffer {
    const functions = this.#plain.with(mutant.function, this.#function(mutant.function, false, mutant));
    return writeModule(this.#module, functions, { i32Globals: 1, i64Globals: 0, pages: PAGES });
  }
}
