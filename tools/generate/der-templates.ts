// Writes build/abi/der-templates.ts: the structures of assembly/der/templates.json as the byte program that assembly/der/run-template.ts runs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';

/** Operations begin here: no identifier octet that a template asks for lies in 40 to 7F. */
const FIRST_OP = 0x40;
/** Result codes in a program are counted down from here. */
const FIRST_CODE = -300;
/** Universal tag numbers (X.680 8.6); SEQUENCE and SET as identifier octets, since they are constructed. */
const TYPES = {
  none: 0,
  BOOLEAN: 1,
  INTEGER: 2,
  BIT_STRING: 3,
  OCTET_STRING: 4,
  NULL: 5,
  OBJECT_IDENTIFIER: 6,
  ENUMERATED: 10,
  IA5String: 22,
  GeneralizedTime: 24,
  SEQUENCE: 0x30,
  SET: 0x31,
};
/** An optional time carries this bit in the slot that it goes to. */
const OPTIONAL_TIME = 0x80;

/** The numbers of the operations, in the order in which they are told, and how many octets of operands follow each. */
function numberOps(ops) {
  const numbers = new Map();
  for (const { operands, names } of ops) {
    for (const name of names) numbers.set(name, { number: FIRST_OP + numbers.size, count: operands });
  }
  return numbers;
}

/** Fields of all records that begin with DerHead; a name means the same place in each of them. */
function slots(records) {
  const offsets = new Map();
  const head = records.DerHead.fields.find(({ name }) => name === 'errorOffset').offset;
  for (const record of Object.values(records)) {
    if (record.fields[0].name !== records.DerHead.fields[0].name) continue;
    for (const { name, offset } of record.fields) {
      if ((offsets.get(name) ?? offset) !== offset) throw new Error(`field ${name} has two offsets in DER records`);
      offsets.set(name, offset);
    }
  }
  return (name) => {
    const slot = (offsets.get(name) - head) / 4;
    if (!(slot >= 0 && slot < 128)) throw new Error(`no record that begins with DerHead has a field ${name}`);
    return slot;
  };
}

/** Content octets of an OBJECT IDENTIFIER (X.690 8.19). */
function encodeOid(text) {
  const [first, second, ...rest] = text.split('.').map(Number);
  return [first * 40 + second, ...rest].flatMap((arc) => {
    const octets = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) octets.unshift((left & 0x7f) | 0x80);
    return octets;
  });
}

/** Turns steps into octets; addresses of templates and lists of identifiers are looked up in `addresses`. */
class Assembler {
  constructor({ ops, slotOf, codes, addresses, lists }) {
    Object.assign(this, { ops, slotOf, codes, addresses, lists });
  }

  #code(name) {
    const number = FIRST_CODE - this.codes.get(name);
    if (!(number >= 0 && number < 256)) throw new Error(`unknown result code ${name}`);
    return number;
  }

  #argument(op, text, index, last) {
    if (op === 'enter' && text === 'Any') throw new Error('address 0 stands for no template: enter a list of Any');
    if (op === 'by' || op === 'enter') return [this.addresses(text) & 0xff];
    if (op === 'select' || op === 'extensions' || op === 'attribute') return [this.lists(text)];
    if (op === 'type' || (op === 'require' && index === 0)) return [TYPES[text]];
    if (op === 'set' && index === 1) return [Number(text) & 0xff, (Number(text) >> 8) & 0xff];
    if (op === 'range' && index === 0) return [Number.parseInt(text.replace('-', ''), 16)];
    if ((op === 'length' || op === 'max' || op === 'since') && index === 0) return [Number(text)];
    const isSlot = ['time', 'view', 'whole', 'small', 'name', 'usage', 'size', 'set', 'range', 'same'].includes(op);
    return [isSlot && !(last && index > 0) ? this.slotOf(text) : this.#code(text)];
  }

  #token(token) {
    const tag = /^\[(\d)\](\+?)$/.exec(token);
    if (tag) return [(tag[2] ? 0xa0 : 0x80) | Number(tag[1])];
    if (token in TYPES) return [TYPES[token]];
    const [, name, list] = /^(\w+)(?:\((.*)\))?$/.exec(token) ?? [];
    const op = this.ops.get(name);
    if (!op) throw new Error(`unknown operation ${token}`);
    const texts = list?.split(',') ?? [];
    // Each of the operations enter reaches 256 octets.
    const page = name === 'enter' ? this.addresses(list) >> 8 : 0;
    const octets = texts.flatMap((text, index) => this.#argument(name, text, index, index === texts.length - 1));
    // The one operand of `by` is followed by three more.
    if (octets.length !== (name === 'by' ? 4 : op.count) || octets.some((octet) => !(octet >= 0 && octet < 256))) {
      throw new Error(`wrong arguments: ${token}`);
    }
    return [op.number + page, ...octets];
  }

  op(name, ...octets) {
    return [this.ops.get(name).number, ...octets];
  }

  step(text) {
    const tokens = text.split(' ');
    const isOptional = tokens[0] === 'optional';
    const octets = tokens.slice(isOptional ? 1 : 0).flatMap((token) => this.#token(token));
    if (!isOptional) return octets;
    if (tokens[1].startsWith('time')) return [octets[0], octets[1] | OPTIONAL_TIME, ...octets.slice(2)];
    return [...this.op('optional', octets.length), ...octets];
  }

  /** Alternatives: every one but the last is left out when its identifier octet is not there. */
  #alternatives(steps, finish) {
    let octets = [];
    for (const [index, text] of steps.entries()) {
      const step = this.step(text);
      const before = index === steps.length - 1 ? [] : this.op('optional', 0);
      octets = [...octets, ...before, ...step];
      const after = finish(octets.length);
      if (before.length > 0) octets[octets.length - step.length - 1] = step.length + after.length;
      octets = [...octets, ...after];
    }
    return octets;
  }

  template({ sequence, choice, of: list }) {
    if (sequence) return [...sequence.flatMap((text) => this.step(text)), ...this.op('end')];
    if (choice) return this.#alternatives(choice, () => this.op('end'));
    // As long as there is more: one of the alternatives, then back to the start.
    return [...this.op('more'), ...this.#alternatives(list, (length) => this.op('jump', length + 3))];
  }
}

/** Lists of identifiers: length, value and content of each, and a 0 at the end. */
function identifierLists(identifiers, addresses) {
  const starts = new Map();
  const entryStarts = new Map();
  const octets = [];
  for (const [name, entries] of Object.entries(identifiers)) {
    starts.set(name, octets.length);
    for (const [oid, value] of Object.entries(entries)) {
      const content = encodeOid(oid);
      if (name === 'keyAlgorithms') entryStarts.set(value, octets.length);
      octets.push(content.length, typeof value === 'number' ? value : addresses(value), ...content);
    }
    octets.push(0);
  }
  return { starts, entryStarts, octets };
}

/** The templates that `by` chooses from. */
function branches(templates) {
  const text = JSON.stringify(templates);
  return [...text.matchAll(/ by\(([\w,]+)\)/g)].flatMap(([, names]) => names.split(','));
}

/** Gives the source of build/abi/der-templates.ts. */
export function derTemplates(abi) {
  const { ops, templates, identifiers } = JSON.parse(readFileSync(join(root, 'assembly/der/templates.json'), 'utf8'));
  const numbers = numberOps(ops);
  const codes = new Map(abi.results.map(({ name, code }) => [name, code]));
  const slotOf = slots(abi.records);
  // What an octet alone leads to comes first, but for address 0, which stands for none.
  const near = new Set([...Object.values(identifiers).flatMap((list) => Object.values(list)), ...branches(templates)]);
  const rank = (name) => (name === 'Any' ? 0 : near.has(name) ? 1 : 2);
  const ordered = Object.entries(templates).sort(([a], [b]) => rank(a) - rank(b));
  const assemble = (addresses, lists) => {
    const assembler = new Assembler({ ops: numbers, slotOf, codes, addresses, lists });
    const starts = new Map();
    const octets = [];
    for (const [name, template] of ordered) {
      starts.set(name, octets.length);
      octets.push(...assembler.template(template));
    }
    return { starts, octets };
  };
  // Once for the lengths, then with the addresses.
  const { starts } = assemble(
    () => 0,
    () => 0,
  );
  const address = (map, name, last) => {
    if (!map.has(name) || map.get(name) > last) throw new Error(`no template or list ${name}, or it lies too far`);
    return map.get(name);
  };
  const lists = identifierLists(identifiers, (name) => address(starts, name, 0xff));
  const program = assemble(
    (name) => address(starts, name, near.has(name) ? 0xff : 0x3ff),
    (name) => address(lists.starts, name, 0xff),
  );
  const upper = (name) =>
    name
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
      .toUpperCase();
  const data = (name, octets) => `export const ${name}: usize = memory.data<u8>([${octets.join(', ')}]);`;
  return [
    '// Generated from assembly/der/templates.json by tools/generate/der-templates.ts. Do not edit.',
    ...[...numbers].map(([name, { number }]) => `export const OP_${upper(name)}: u32 = ${number};`),
    ...[1, 2, 3].map(
      (count) =>
        `export const OPS_${count}: u32 = ${Math.min(...[...numbers.values()].filter((op) => op.count === count).map((op) => op.number))};`,
    ),
    ...[...starts].map(([name, start]) => `export const TEMPLATE_${upper(name)}: u32 = ${start};`),
    ...[...lists.starts].map(([name, start]) => `export const IDENTIFIERS_${upper(name)}: u32 = ${start};`),
    `export const OPTIONAL_TIME: u32 = ${OPTIONAL_TIME};`,
    data('PROGRAM', program.octets),
    data('IDENTIFIERS', lists.octets),
    '/** Where an algorithm stands in the list: length, value, content. */',
    ...[...lists.entryStarts].map(
      ([name, start]) => `export const IDENTIFIER_${upper(name)}: usize = IDENTIFIERS + ${start};`,
    ),
    '',
  ].join('\n');
}
