// The structures of assembly/der/templates.json as the byte program that assembly/der/run-template.ts runs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';
import type { Abi, RecordLayout } from './abi.js';

export const FILE = 'assembly/der/templates.json';

/** The steps of a template: all of them in order, one of them, or a list of elements that are each one of them. */
interface Template {
  sequence?: string[];
  choice?: string[];
  of?: string[];
  /** An extension whose syntax is checked, and whose meaning nothing heeds. */
  leftToCaller?: boolean;
}

/** Object identifiers in dotted decimal; the value is a number, or the name of a template. */
type IdentifierList = Record<string, number | string>;

interface Description {
  ops: { operands: number; names: string[] }[];
  templates: Record<string, Template>;
  identifiers: Record<string, IdentifierList>;
}

export interface Op {
  number: number;
  /** Octets of operands. */
  count: number;
}

/** Operations begin here: no identifier octet that a template asks for lies in 40 to 7F. */
const FIRST_OP = 0x40;
/** Result codes in a program are counted down from here. */
export const FIRST_CODE = -300;
/** Universal tag numbers (X.680 8.6); SEQUENCE and SET as identifier octets, since they are constructed. */
export const TAGS: Record<string, number> = {
  BOOLEAN: 1,
  INTEGER: 2,
  BIT_STRING: 3,
  OCTET_STRING: 4,
  NULL: 5,
  OBJECT_IDENTIFIER: 6,
  ENUMERATED: 10,
  UTF8String: 12,
  RELATIVE_OID: 13,
  NumericString: 18,
  PrintableString: 19,
  IA5String: 22,
  UTCTime: 23,
  GeneralizedTime: 24,
  VisibleString: 26,
  UniversalString: 28,
  BMPString: 30,
  SEQUENCE: 0x30,
  SET: 0x31,
};
/** What a step may name: a tag, or `none`. */
const TYPES: Record<string, number> = { none: 0, ...TAGS };
/** An optional time carries this bit in the slot that it goes to. */
export const OPTIONAL_TIME = 0x80;

/** Numbers the operations in the order of their description. */
function numberOps(ops: Description['ops']): Map<string, Op> {
  const numbers = new Map<string, Op>();
  for (const { operands, names } of ops) {
    for (const name of names) numbers.set(name, { number: FIRST_OP + numbers.size, count: operands });
  }
  return numbers;
}

/** The word of a field behind DerHead.errorOffset. A name means the same place in all records that begin with DerHead. */
function slots(records: Record<string, RecordLayout>): (name: string) => number {
  const { fields } = records.DerHead;
  const offsets = new Map<string, number>();
  for (const record of Object.values(records)) {
    if (record.fields[0].name !== fields[0].name) continue;
    for (const { name, offset } of record.fields) {
      if ((offsets.get(name) ?? offset) !== offset) throw new Error(`field ${name} has two offsets in DER records`);
      offsets.set(name, offset);
    }
  }
  const head = offsets.get('errorOffset') ?? 0;
  return (name) => {
    const slot = ((offsets.get(name) ?? -1) - head) / 4;
    if (!(slot >= 0 && slot < 128)) throw new Error(`no record that begins with DerHead has a field ${name}`);
    return slot;
  };
}

/** Content octets of an OBJECT IDENTIFIER (X.690 8.19). */
function encodeOid(text: string): number[] {
  const [first, second, ...rest] = text.split('.').map(Number);
  return [first * 40 + second, ...rest].flatMap((arc) => {
    const octets = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) octets.unshift((left & 0x7f) | 0x80);
    return octets;
  });
}

/** What a step may name besides templates and lists. */
interface Names {
  ops: Map<string, Op>;
  /** Result codes. */
  codes: Map<string, number>;
  /** Fields. */
  slotOf: (name: string) => number;
}

/** Turns steps into octets; addresses of templates and lists of identifiers are looked up in `addresses`. */
class Assembler {
  readonly #ops: Map<string, Op>;
  readonly #codes: Map<string, number>;
  readonly #slotOf: (name: string) => number;
  readonly #addresses: (name: string) => number;
  readonly #lists: (name: string) => number;

  constructor(names: Names, addresses: (name: string) => number, lists: (name: string) => number) {
    this.#ops = names.ops;
    this.#codes = names.codes;
    this.#slotOf = names.slotOf;
    this.#addresses = addresses;
    this.#lists = lists;
  }

  #code(name: string): number {
    const number = FIRST_CODE - (this.#codes.get(name) ?? 0);
    if (!(number >= 0 && number < 256)) throw new Error(`unknown result code ${name}`);
    return number;
  }

  #argument(op: string, text: string, index: number, last: boolean): number[] {
    if (op === 'enter' && text === 'Any') throw new Error('address 0 stands for no template: enter a list of Any');
    if (op === 'by' || op === 'enter') return [this.#addresses(text) & 0xff];
    if (op === 'select' || op === 'extensions' || op === 'attribute') return [this.#lists(text)];
    if (op === 'type' || (op === 'require' && index === 0)) return [TYPES[text]];
    if (op === 'set' && index === 1) return [Number(text) & 0xff, (Number(text) >> 8) & 0xff];
    if (op === 'range' && index === 0) return [Number.parseInt(text.replace('-', ''), 16)];
    if ((op === 'length' || op === 'max' || op === 'since') && index === 0) return [Number(text)];
    const isSlot = ['time', 'view', 'whole', 'small', 'name', 'usage', 'size', 'set', 'range', 'same'].includes(op);
    return [isSlot && !(last && index > 0) ? this.#slotOf(text) : this.#code(text)];
  }

  #token(token: string): number[] {
    const tag = /^\[(\d)\](\+?)$/.exec(token);
    if (tag) return [(tag[2] ? 0xa0 : 0x80) | Number(tag[1])];
    if (token in TYPES) return [TYPES[token]];
    const [, name, list] = /^(\w+)(?:\((.*)\))?$/.exec(token) ?? [];
    const op = this.#ops.get(name ?? '');
    if (!op) throw new Error(`unknown operation ${token}`);
    const texts = list?.split(',') ?? [];
    // Each of the operations enter reaches 256 octets.
    const page = name === 'enter' ? this.#addresses(list) >> 8 : 0;
    const octets = texts.flatMap((text, index) => this.#argument(name, text, index, index === texts.length - 1));
    // The one operand of `by` is followed by three more.
    if (octets.length !== (name === 'by' ? 4 : op.count) || octets.some((octet) => !(octet >= 0 && octet < 256))) {
      throw new Error(`wrong arguments: ${token}`);
    }
    return [op.number + page, ...octets];
  }

  #op(name: string, ...octets: number[]): number[] {
    const op = this.#ops.get(name);
    if (!op) throw new Error(`${FILE} has no operation ${name}`);
    return [op.number, ...octets];
  }

  #step(text: string): number[] {
    const tokens = text.split(' ');
    const isOptional = tokens[0] === 'optional';
    const octets = tokens.slice(isOptional ? 1 : 0).flatMap((token) => this.#token(token));
    if (!isOptional) return octets;
    if (tokens[1].startsWith('time')) return [octets[0], octets[1] | OPTIONAL_TIME, ...octets.slice(2)];
    return [...this.#op('optional', octets.length), ...octets];
  }

  /** Alternatives: every one but the last is left out when its identifier octet is not there. */
  #alternatives(steps: readonly string[], finish: (length: number) => number[]): number[] {
    let octets: number[] = [];
    for (const [index, text] of steps.entries()) {
      const step = this.#step(text);
      const before = index === steps.length - 1 ? [] : this.#op('optional', 0);
      octets = [...octets, ...before, ...step];
      const after = finish(octets.length);
      if (before.length > 0) octets[octets.length - step.length - 1] = step.length + after.length;
      octets = [...octets, ...after];
    }
    return octets;
  }

  template({ sequence, choice, of: list }: Template): number[] {
    if (sequence) return [...sequence.flatMap((text) => this.#step(text)), ...this.#op('end')];
    if (choice) return this.#alternatives(choice, () => this.#op('end'));
    // As long as there is more: one of the alternatives, then back to the start.
    return [...this.#op('more'), ...this.#alternatives(list ?? [], (length) => this.#op('jump', length + 3))];
  }
}

interface Identifiers {
  octets: number[];
  /** Where each list begins. */
  starts: Map<string, number>;
  /** Where each algorithm of the list keyAlgorithms stands, by the name of the template for its parameters. */
  algorithms: Map<string, number>;
}

/** Lists of identifiers: length, value and content of each, and a 0 at the end. */
function identifierLists(lists: Description['identifiers'], addresses: (name: string) => number): Identifiers {
  const starts = new Map<string, number>();
  const algorithms = new Map<string, number>();
  const octets: number[] = [];
  for (const [name, entries] of Object.entries(lists)) {
    starts.set(name, octets.length);
    for (const [oid, value] of Object.entries(entries)) {
      const content = encodeOid(oid);
      if (name === 'keyAlgorithms') algorithms.set(String(value), octets.length);
      octets.push(content.length, typeof value === 'number' ? value : addresses(value), ...content);
    }
    octets.push(0);
  }
  return { starts, algorithms, octets };
}

/** The templates that `by` chooses from. */
function branches(templates: Description['templates']): string[] {
  const text = JSON.stringify(templates);
  return [...text.matchAll(/ by\(([\w,]+)\)/g)].flatMap(([, names]) => names.split(','));
}

function address(map: Map<string, number>, name: string, last: number): number {
  const found = map.get(name);
  if (found === undefined || found > last)
    throw new Error(`${FILE} has no template or list ${name}, or it lies too far`);
  return found;
}

/** All templates and lists as octets. */
function assembleAll({ templates, identifiers }: Description, names: Names) {
  // What one octet leads to comes first, but address 0 stands for no template: Any, which nothing leads to, takes it.
  const near = new Set([...Object.values(identifiers).flatMap((list) => Object.values(list)), ...branches(templates)]);
  // Then those of extensions that are left to the caller, so that one comparison tells them apart.
  const rank = (name: string) => (name === 'Any' ? 0 : templates[name].leftToCaller ? 1 : near.has(name) ? 2 : 3);
  const ordered = Object.entries(templates).sort(([a], [b]) => rank(a) - rank(b));
  const pass = (addresses: (name: string) => number, lists: (name: string) => number) => {
    const assembler = new Assembler(names, addresses, lists);
    const starts = new Map<string, number>();
    const octets: number[] = [];
    for (const [name, template] of ordered) {
      starts.set(name, octets.length);
      octets.push(...assembler.template(template));
    }
    return { starts, octets };
  };
  // Once for the lengths, then with the addresses.
  const { starts } = pass(
    () => 0,
    () => 0,
  );
  const lists = identifierLists(identifiers, (name) => address(starts, name, 0xff));
  const program = pass(
    (name) => address(starts, name, near.has(name) ? 0xff : 0x3ff),
    (name) => address(lists.starts, name, 0xff),
  );
  const leftToCaller = program.starts.get(ordered.find(([name]) => rank(name) > 1)?.[0] ?? '') ?? 0;
  return { program, lists, leftToCaller };
}

interface DerProgram {
  ops: Map<string, Op>;
  octets: number[];
  /** Where each template begins. */
  templates: Map<string, number>;
  lists: Identifiers;
  /** Templates of extensions that begin before this address are left to the caller; 0 stands for an unknown extension. */
  leftToCaller: number;
}

/**
 * Reads assembly/der/templates.json and assembles it.
 * @throws Error when a name is not described, or a template or list lies too far for its operand
 */
export function derProgram(abi: Abi): DerProgram {
  const description: Description = JSON.parse(readFileSync(join(root, FILE), 'utf8'));
  const ops = numberOps(description.ops);
  const codes = new Map(abi.results.map(({ name, code }) => [name, code]));
  const { program, lists, leftToCaller } = assembleAll(description, { ops, codes, slotOf: slots(abi.records) });
  return { ops, octets: program.octets, templates: program.starts, lists, leftToCaller };
}
