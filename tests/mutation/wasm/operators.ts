// The ways in which one instruction is made wrong.
import { type Instruction, Op, Reader, type Signature, signed } from './module.js';

export interface Change {
  /** In words. */
  change: string;
  /** What replaces the instruction. */
  bytes: Iterable<number>;
}

/** The constant 0 by value type. */
const CONST_0: Readonly<Record<number, number[]>> = { 127: [Op.I32_CONST, 0], 126: [Op.I64_CONST, 0] };

/** Comparisons in the order of their codes from i32.eq and i64.eq, then for each its neighbours at the boundary and its opposite. */
const COMPARISONS = ['eq', 'ne', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u'];
const COMPARISON_CHANGES: Readonly<Record<string, string[]>> = {
  ...{ eq: ['ne'], ne: ['eq'] },
  ...{ lt_s: ['le_s', 'ge_s'], lt_u: ['le_u', 'ge_u'], gt_s: ['ge_s', 'le_s'], gt_u: ['ge_u', 'le_u'] },
  ...{ le_s: ['lt_s', 'gt_s'], le_u: ['lt_u', 'gt_u'], ge_s: ['gt_s', 'lt_s'], ge_u: ['gt_u', 'lt_u'] },
};

/** Arithmetic in the order of the codes from i32.add and i64.add. */
const ARITHMETIC = [
  ...['add', 'sub', 'mul', 'div_s', 'div_u', 'rem_s', 'rem_u', 'and', 'or', 'xor', 'shl', 'shr_s', 'shr_u'],
  ...['rotl', 'rotr'],
];
const ARITHMETIC_CHANGES: Readonly<Record<string, string>> = {
  ...{ add: 'sub', sub: 'add', mul: 'add', div_s: 'mul', div_u: 'mul', rem_s: 'div_s', rem_u: 'div_u' },
  ...{ and: 'or', or: 'and', xor: 'or', shl: 'shr_u', shr_s: 'shl', shr_u: 'shl', rotl: 'rotr', rotr: 'rotl' },
};

interface Family {
  type: 'i32' | 'i64';
  names: string[];
  /** Operation code of the first name. */
  first: number;
  changes: Readonly<Record<string, string | string[]>>;
}

const families: Family[] = [
  { type: 'i32', names: COMPARISONS, first: 0x46, changes: COMPARISON_CHANGES },
  { type: 'i64', names: COMPARISONS, first: 0x51, changes: COMPARISON_CHANGES },
  { type: 'i32', names: ARITHMETIC, first: 0x6a, changes: ARITHMETIC_CHANGES },
  { type: 'i64', names: ARITHMETIC, first: 0x7c, changes: ARITHMETIC_CHANGES },
];

/** What an operation code can become. */
const SWAPS = new Map<number, Change[]>(
  families.flatMap(({ type, names, first, changes }) =>
    names.map((name, index) => [
      first + index,
      [changes[name]].flat().map((to) => ({
        change: `${type}.${name} to ${type}.${to}`,
        bytes: [first + names.indexOf(to)],
      })),
    ]),
  ),
);

/** A constant one larger, one smaller, and 0. */
function constants({ op, bytes }: Instruction): Change[] {
  const value = new Reader(bytes, 1).signed();
  const [type, bits] = op === Op.I32_CONST ? (['i32', 32] as const) : (['i64', 64] as const);
  const others = new Set([value + 1n, value - 1n, 0n].map((other) => BigInt.asIntN(bits, other)));
  others.delete(value);
  return [...others].map((other) => ({ change: `${type}.const ${value} to ${other}`, bytes: [op, ...signed(other)] }));
}

/** Replaces an instruction: drops its operands, and puts a zero for each result. */
const removed = (operands: number, results: readonly number[] = []): number[] => [
  ...Array.from({ length: operands }, () => Op.DROP),
  ...results.flatMap((type) => CONST_0[type]),
];

const always = (bytes: Iterable<number>, value: number): number[] => [Op.DROP, Op.I32_CONST, value, ...bytes];

const I64_GE_U = 0x5a;

/** Whether the instruction before is a comparison: its opposite is a mutant of its own. */
const isTruth = (before: Instruction | undefined): boolean =>
  before !== undefined && before.op >= Op.I32_EQZ && before.op <= I64_GE_U;

/** The changes of one instruction. They depend on the one before it. */
export function changesOf(
  instruction: Instruction,
  before: Instruction | undefined,
  signatures: readonly Signature[],
): Change[] {
  const { op, bytes } = instruction;
  const swaps = SWAPS.get(op);
  if (swaps) return swaps;
  if (op === Op.I32_CONST || op === Op.I64_CONST) return constants(instruction);
  if (op === Op.I32_EQZ) return [{ change: 'i32.eqz removed', bytes: [] }];
  if (op === Op.I64_EQZ) return [{ change: 'i64.eqz removed', bytes: [Op.I32_WRAP_I64] }];
  if (op === Op.BR_IF || op === Op.IF) {
    const name = op === Op.IF ? 'if' : 'br_if';
    return [
      ...(isTruth(before) ? [] : [{ change: `${name} negated`, bytes: [Op.I32_EQZ, ...bytes] }]),
      { change: `${name} always`, bytes: always(bytes, 1) },
      { change: `${name} never`, bytes: always(bytes, 0) },
    ];
  }
  if (op === Op.SELECT) return isTruth(before) ? [] : [{ change: 'select swapped', bytes: [Op.I32_EQZ, ...bytes] }];
  if (op >= Op.I32_STORE && op <= Op.I64_STORE32) return [{ change: 'store removed', bytes: removed(2) }];
  if (op === Op.CALL) {
    const { parameters, results } = signatures[new Reader(bytes, 1).unsigned()];
    return [{ change: 'call removed', bytes: removed(parameters.length, results) }];
  }
  if (op === Op.PREFIX && (bytes[1] === 10 || bytes[1] === 11))
    return [{ change: `${bytes[1] === 10 ? 'copy' : 'fill'} removed`, bytes: removed(3) }];
  return [];
}
