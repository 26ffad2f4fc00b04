// The ABI of the core and of the device application: what assembly/abi/*.json says, checked and laid out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';
import { upperSnake } from './names.js';

export type FieldType = 'ptr' | 'i32' | 'u32' | 'i64';

interface FieldDescription {
  name: string;
  type: FieldType;
  doc?: string;
  /** How many values of the type follow each other; 1 when it is left out. */
  count?: number;
}

interface RecordDescription {
  doc: string;
  /** The record whose fields come first. */
  extends?: string;
  fields: FieldDescription[];
  /** The last field of the summary: the head of the record, which may stand alone. */
  summary?: string;
}

export interface Field extends FieldDescription {
  /** Bytes from the start of the record. */
  offset: number;
}

export interface RecordLayout extends RecordDescription {
  /** All fields, those of the extended record first. */
  fields: Field[];
  /** Bytes of a record, so that the next one is aligned. */
  size: number;
  /** Bytes of the summary. */
  summarySize?: number;
}

export interface ConstantGroup {
  doc?: string;
  values: Record<string, number>;
}

/** From where the class of an error comes: see assembly/abi/README.md. */
export interface Clause {
  at: string;
  standard?: '3.1.1';
  class: 'malformed-packet' | 'protocol-error' | 'other-error';
  words: string;
  because?: string;
}

/** A result code. `source` and `reasonCode` have variants for single packet types and for MQTT 3.1.1: see assembly/abi/README.md. */
export interface Result {
  name: string;
  code: number;
  source: string;
  sourceIn?: Record<string, string>;
  source311?: string;
  sourceIn311?: Record<string, string>;
  text: string;
  reasonCode?: number;
  reasonCodeIn?: Record<string, number>;
  clause?: Clause;
  clauseIn?: Record<string, Clause>;
}

export type PropertyType = 'byte' | 'u16' | 'u32' | 'varint' | 'binary' | 'utf8' | 'pair';
export type PropertyRule = 'boolean' | 'nonzero' | 'topic';

export interface Property {
  id: number;
  name: string;
  type: PropertyType;
  rule?: PropertyRule;
  /** Packet types that may carry it; WILL for the will properties of a CONNECT. */
  packets: string[];
}

export interface ReasonCode {
  code: number;
  name: string;
  packets: string[];
}

export interface Parameter {
  name: string;
  type: FieldType;
  doc?: string;
}

interface ExportDescription {
  name: string;
  params: Parameter[];
  returns: string;
  /** Whether core.simd.wasm alone has it. */
  simdOnly?: boolean;
  /** Sentences; the first begins with a verb ("Decodes ..."), and one says what it returns. */
  doc: string;
}

export interface Export extends ExportDescription {
  /** The file that describes it, as UPPER_SNAKE. */
  part: string;
}

/** One file of assembly/abi. */
interface AbiFile {
  results?: Result[];
  bindingResults?: Result[];
  constants?: Record<string, ConstantGroup>;
  records?: Record<string, RecordDescription>;
  properties?: Property[];
  reasonCodes?: ReasonCode[];
  exports?: ExportDescription[];
}

/** All files together. */
export interface Abi {
  /** From the largest code to the smallest. */
  results: Result[];
  /** Codes that only C bindings return. */
  bindingResults: Result[];
  constants: Record<string, ConstantGroup>;
  records: Record<string, RecordLayout>;
  properties: Property[];
  reasonCodes: ReasonCode[];
  exports: Export[];
  /** What only core.simd.wasm has. */
  simdExports: Export[];
  /** The parts of the core that have exports. */
  parts: string[];
}

/** Bytes of a value. */
export const FIELD_SIZE: Record<FieldType, number> = { ptr: 4, i32: 4, u32: 4, i64: 8 };

/** Natural alignment, in the order of the description. */
function layOut(name: string, record: RecordDescription, earlier: Record<string, RecordLayout>): RecordLayout {
  const base = record.extends === undefined ? [] : earlier[record.extends].fields;
  const fields: Field[] = [];
  let end = 0;
  let alignment = 4;
  for (const field of [...base, ...record.fields]) {
    const size = FIELD_SIZE[field.type];
    if (!size) throw new Error(`record ${name}: field ${field.name} has the unknown type ${field.type}`);
    const offset = Math.ceil(end / size) * size;
    alignment = Math.max(alignment, size);
    end = offset + size * (field.count ?? 1);
    fields.push({ ...field, offset });
  }
  const layout = { ...record, fields, size: Math.ceil(end / alignment) * alignment };
  if (record.summary === undefined) return layout;
  const last = fields.find((field) => field.name === record.summary);
  if (!last) throw new Error(`record ${name}: its summary ends with the unknown field ${record.summary}`);
  return { ...layout, summarySize: Math.ceil((last.offset + FIELD_SIZE[last.type]) / 8) * 8 };
}

function addNew<T>(all: Record<string, T>, name: string, value: T, file: string): void {
  if (name in all) throw new Error(`assembly/abi/${file}: ${name} is described twice`);
  all[name] = value;
}

function checkUnique(items: readonly (string | number)[]): void {
  const twice = items.find((item, index) => items.indexOf(item) !== index);
  if (twice !== undefined) throw new Error(`assembly/abi: ${twice} is described twice`);
}

function check({ results, bindingResults, exports, simdExports, constants }: Abi): void {
  const all = [...results, ...bindingResults];
  checkUnique(all.map(({ name }) => name));
  checkUnique(all.map(({ code }) => code));
  checkUnique([...exports, ...simdExports].map(({ name }) => name));
  for (const { name, sourceIn, sourceIn311, reasonCodeIn, clauseIn } of results) {
    const types = Object.keys({ ...sourceIn, ...sourceIn311, ...reasonCodeIn, ...clauseIn });
    const unknown = types.find((type) => !(type in constants.PacketType.values));
    if (unknown) throw new Error(`assembly/abi: the source of ${name} names the unknown packet ${unknown}`);
  }
}

/**
 * Reads every file of assembly/abi but microvisor.json.
 * @throws Error when a name or a code is described twice, or a name that is used is not described
 */
export function readAbi(): Abi {
  const folder = join(root, 'assembly/abi');
  const abi: Abi = {
    results: [],
    bindingResults: [],
    constants: {},
    records: {},
    exports: [],
    simdExports: [],
    parts: [],
    properties: [],
    reasonCodes: [],
  };
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.json') || file === 'microvisor.json') continue;
    const content: AbiFile = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    abi.results.push(...(content.results ?? []));
    abi.bindingResults.push(...(content.bindingResults ?? []));
    for (const [name, group] of Object.entries(content.constants ?? {})) addNew(abi.constants, name, group, file);
    for (const [name, record] of Object.entries(content.records ?? {}))
      addNew(abi.records, name, layOut(name, record, abi.records), file);
    abi.properties.push(...(content.properties ?? []));
    abi.reasonCodes.push(...(content.reasonCodes ?? []));
    const part = upperSnake(file.replace('.json', ''));
    if (content.exports?.length) abi.parts.push(part);
    for (const entry of content.exports ?? [])
      (entry.simdOnly ? abi.simdExports : abi.exports).push({ ...entry, part });
  }
  abi.results.sort((a, b) => b.code - a.code);
  check(abi);
  return abi;
}

/** The numbers of the property types, as PropertyType of assembly/abi/mqtt.json has them. */
const typeNumber = (abi: Abi, type: PropertyType) => abi.constants.PropertyType.values[type.toUpperCase()];

export const PROPERTY_RULES: Record<PropertyRule, number> = { boolean: 1, nonzero: 2, topic: 3 };

/** Bit n stands for packet type n; bit 0 for the will properties inside a CONNECT. */
export function packetMask(abi: Abi, packets: readonly string[]): number {
  const types: Record<string, number> = { ...abi.constants.PacketType.values, WILL: 0 };
  return packets.reduce((mask, name) => {
    if (!(name in types)) throw new Error(`assembly/abi/mqtt.json: unknown packet ${name}`);
    return mask | (1 << types[name]);
  }, 0);
}

/** The largest value that an integer of this type holds (1.5); undefined for the other types. */
const LARGEST: Partial<Record<PropertyType, number>> = {
  byte: 0xff,
  u16: 0xffff,
  u32: 0xffff_ffff,
  varint: 0xfff_ffff,
};

/** The least and the greatest value that the standard allows for a property that is an integer. */
export function rangeOf({ type, rule }: Property): { least: number; most: number } | undefined {
  const most = LARGEST[type];
  return most === undefined ? undefined : { least: rule === 'nonzero' ? 1 : 0, most: rule === 'boolean' ? 1 : most };
}

/** One word for each property identifier: type in bits 0 to 3, rule in 4 to 7, packets from bit 16; 0 is unknown. */
export function propertyTable(abi: Abi): number[] {
  const last = Math.max(...abi.properties.map(({ id }) => id));
  const table = new Array<number>(last + 1).fill(0);
  for (const { id, type, rule, packets } of abi.properties) {
    const ruleNumber = rule === undefined ? 0 : PROPERTY_RULES[rule];
    table[id] = (typeNumber(abi, type) | (ruleNumber << 4) | (packetMask(abi, packets) << 16)) >>> 0;
  }
  return table;
}

/** The packets of each reason code: codes below 0x80 first, up to the largest of them, then those from 0x80 on. */
export function reasonCodeTable(abi: Abi): number[] {
  const firstError = 0x80;
  const codes = abi.reasonCodes.map(({ code }) => code);
  const successes = Math.max(...codes.filter((code) => code < firstError)) + 1;
  const table = new Array<number>(successes + Math.max(...codes) + 1 - firstError).fill(0);
  for (const { code, packets } of abi.reasonCodes) {
    table[code < firstError ? code : code - firstError + successes] = packetMask(abi, packets);
  }
  return table;
}
