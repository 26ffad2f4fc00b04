// Writes build/abi/der-templates.ts: the program of assembly/der/templates.json and the names in it, as assembly/der has them.
import type { Abi } from './abi.js';
import { enumeration } from './assembly-text.js';
import { derProgram, FILE, FIRST_CODE, OPTIONAL_TIME, TAGS } from './der-program.js';
import { upperSnake } from './names.js';

const members = (entries: Iterable<[string, number]>) =>
  [...entries].map(([name, value]) => ({ name: upperSnake(name), value }));

const data = (name: string, octets: readonly number[]) =>
  `export const ${name}: usize = memory.data<u8>([${octets.join(', ')}]);`;

/** The text of build/abi/der-templates.ts. */
export function derTemplates(abi: Abi): string {
  const { ops, octets, templates, lists, leftToCaller } = derProgram(abi);
  const firstWith = (count: number) =>
    Math.min(...[...ops.values()].filter((op) => op.count === count).map(({ number }) => number));
  return [
    `// Generated from ${FILE} by tools/generate/der-templates.ts. Do not edit.\n`,
    enumeration('Op', 'The operations of the program.', members([...ops].map(([name, { number }]) => [name, number]))),
    '/** Operations are ordered by their operands: the first with one octet of them, and so on. */',
    'export namespace FirstOpWith {',
    `  export const ONE_OPERAND: u32 = ${firstWith(1)};`,
    `  export const TWO_OPERANDS: u32 = ${firstWith(2)};`,
    `  export const THREE_OPERANDS: u32 = ${firstWith(3)};`,
    '}\n',
    enumeration('Template', 'Where each template begins in PROGRAM.', members(templates)),
    enumeration(
      'Tag',
      'Universal tag numbers (X.680 8.6); SEQUENCE and SET as identifier octets, since they are constructed.',
      members(Object.entries(TAGS)),
    ),
    '/** Result codes in the program are counted down from here. */',
    `export const FIRST_CODE: i32 = ${FIRST_CODE};\n`,
    '/** The bit of the operand of Op.TIME that says that the time may be missing. */',
    `export const OPTIONAL_TIME: u32 = ${OPTIONAL_TIME};\n`,
    '/** The template of an extension that is left to the caller begins before this; 0 stands for an unknown extension. */',
    `export const LEFT_TO_CALLER: u32 = ${leftToCaller};\n`,
    data('PROGRAM', octets),
    data('IDENTIFIERS', lists.octets),
    '\n/** The address of an algorithm in IDENTIFIERS: length, value, content. */',
    'export namespace Identifier {',
    ...[...lists.algorithms].map(
      ([name, start]) => `  export const ${upperSnake(name)}: usize = IDENTIFIERS + ${start};`,
    ),
    '}\n',
  ].join('\n');
}
