// Writes build/abi/ from the descriptions in assembly/abi: the one place where codes, tables and layouts are told.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../root.js';
import { cHeader } from './c-header.js';
import { derTemplates } from './der-templates.js';
import { guestCalls } from './guest-calls-c.js';
import { generateMicrovisor, readMicrovisorAbi } from './microvisor.js';
import { microvisorHeader } from './microvisor-header.js';
import { upperSnake } from './names.js';

const HEADER = '// Generated from assembly/abi by tools/generate/generate.ts. Do not edit.\n';
const FIELD_SIZE = { ptr: 4, i32: 4, u32: 4, i64: 8 };

/** All parts of the ABI in one object; a name or a code given twice is an error. */
export function readAbi() {
  const folder = join(root, 'assembly/abi');
  const abi = {
    results: [],
    bindingResults: [],
    constants: {},
    records: {},
    exports: [],
    parts: [],
    properties: [],
    reasonCodes: [],
  };
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.json') || file === 'microvisor.json') continue;
    const part = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    abi.results.push(...(part.results ?? []));
    abi.bindingResults.push(...(part.bindingResults ?? []));
    for (const kind of ['constants', 'records']) {
      for (const [name, value] of Object.entries(part[kind] ?? {})) {
        if (name in abi[kind]) throw new Error(`assembly/abi/${file}: ${kind} ${name} is described twice`);
        abi[kind][name] = value;
      }
    }
    abi.properties.push(...(part.properties ?? []));
    abi.reasonCodes.push(...(part.reasonCodes ?? []));
    const name = upperSnake(file.replace('.json', ''));
    if (part.exports?.length) abi.parts.push(name);
    abi.exports.push(...(part.exports ?? []).map((entry) => ({ ...entry, part: name })));
  }
  abi.results.sort((a, b) => b.code - a.code);
  const all = [...abi.results, ...abi.bindingResults];
  for (const list of [all.map((r) => r.name), all.map((r) => r.code), abi.exports.map((e) => e.name)]) {
    const twice = list.find((item, index) => list.indexOf(item) !== index);
    if (twice !== undefined) throw new Error(`assembly/abi: ${twice} is described twice`);
  }
  for (const { name, sourceIn, sourceIn311, reasonCodeIn } of abi.results) {
    const unknown = Object.keys({ ...sourceIn, ...sourceIn311, ...reasonCodeIn }).find(
      (type) => !(type in abi.constants.PacketType.values),
    );
    if (unknown) throw new Error(`assembly/abi: the source of ${name} names the unknown packet ${unknown}`);
  }
  for (const [name, record] of Object.entries(abi.records)) layOut(name, record, abi.records);
  return abi;
}

/** Natural alignment, in the order of the description; the fields of the record that it extends come first. */
function layOut(name, record, records) {
  if (record.extends)
    record.fields = [...records[record.extends].fields.map((field) => ({ ...field })), ...record.fields];
  let offset = 0;
  let align = 4;
  for (const field of record.fields) {
    const size = FIELD_SIZE[field.type];
    if (!size) throw new Error(`record ${name}: field ${field.name} has the unknown type ${field.type}`);
    offset = Math.ceil(offset / size) * size;
    align = Math.max(align, size);
    field.offset = offset;
    offset += size * (field.count ?? 1);
  }
  record.size = Math.ceil(offset / align) * align;
  if (record.summary) {
    const last = record.fields.find((field) => field.name === record.summary);
    record.summarySize = Math.ceil((last.offset + FIELD_SIZE[last.type]) / 8) * 8;
  }
}

const PROPERTY_TYPES = {
  byte: 'BYTE',
  u16: 'U16',
  u32: 'U32',
  varint: 'VARINT',
  binary: 'BINARY',
  utf8: 'UTF8',
  pair: 'PAIR',
};
const PROPERTY_RULES = { boolean: 1, nonzero: 2, topic: 3 };

/** Bit n stands for packet type n; bit 0 for the will properties inside a CONNECT. */
function packetMask(abi, packets) {
  const types = { ...abi.constants.PacketType.values, WILL: 0 };
  return packets.reduce((mask, name) => {
    if (!(name in types)) throw new Error(`assembly/abi/mqtt.json: unknown packet ${name}`);
    return mask | (1 << types[name]);
  }, 0);
}

/** One word for each property identifier: type in bits 0 to 3, rule in 4 to 7, packets from bit 16; 0 is unknown. */
function propertyTable(abi) {
  const table = new Array(43).fill(0);
  for (const { id, type, rule, packets } of abi.properties) {
    const typeNumber = abi.constants.PropertyType.values[PROPERTY_TYPES[type]];
    table[id] = (typeNumber | ((PROPERTY_RULES[rule] ?? 0) << 4) | (packetMask(abi, packets) << 16)) >>> 0;
  }
  return table;
}

/** Packets of each reason code: 0 to 0x19 first, then 0x80 to 0xa2. */
function reasonCodeTable(abi) {
  const table = new Array(0x1a + 0x23).fill(0);
  for (const { code, packets } of abi.reasonCodes) {
    table[code < 0x80 ? code : code - 0x80 + 0x1a] = packetMask(abi, packets);
  }
  return table;
}

function assemblyScript(abi) {
  const lines = [HEADER];
  const constant = (name, type, value) => lines.push(`export const ${name}: ${type} = ${value};`);
  for (const result of abi.results) constant(`RESULT_${result.name}`, 'i32', result.code);
  for (const [group, { values }] of Object.entries(abi.constants)) {
    for (const [name, value] of Object.entries(values))
      constant(`${upperSnake(group)}_${upperSnake(name)}`, 'i32', value);
  }
  for (const [name, record] of Object.entries(abi.records)) {
    for (const field of record.fields) constant(`${upperSnake(name)}_${upperSnake(field.name)}`, 'usize', field.offset);
    constant(`${upperSnake(name)}_SIZE`, 'usize', record.size);
    if (record.summarySize) constant(`${upperSnake(name)}_SUMMARY_SIZE`, 'usize', record.summarySize);
  }
  for (const [name, value] of Object.entries(PROPERTY_RULES))
    constant(`PROPERTY_RULE_${name.toUpperCase()}`, 'i32', value);
  lines.push(`export const PROPERTY_TABLE: usize = memory.data<u32>([${propertyTable(abi).join(', ')}]);`);
  lines.push(`export const REASON_CODE_TABLE: usize = memory.data<u16>([${reasonCodeTable(abi).join(', ')}]);`);
  return `${lines.join('\n')}\n`;
}

/** A result with the packet types of its sources as packets name them. */
function withTypes(result) {
  const lowerKeys = (byType) =>
    byType && Object.fromEntries(Object.entries(byType).map(([k, v]) => [k.toLowerCase(), v]));
  const { sourceIn, sourceIn311, reasonCodeIn } = result;
  return {
    ...result,
    sourceIn: lowerKeys(sourceIn),
    sourceIn311: lowerKeys(sourceIn311),
    reasonCodeIn: lowerKeys(reasonCodeIn),
  };
}

const RESULT_DESCRIPTION = `/** \`source\` is that of MQTT 5, or of the only standard that has the rule; the others take its place where they are there. */
export interface ResultDescription {
  name: string;
  source: string;
  /** In packets of this type. */
  sourceIn?: Readonly<Record<string, string>>;
  /** In 3.1.1. */
  source311?: string;
  sourceIn311?: Readonly<Record<string, string>>;
  text: string;
  reasonCode?: number;
  /** In packets of this type. */
  reasonCodeIn?: Readonly<Record<string, number>>;
}
`;

function typeScript(abi) {
  const doc = (text) => (text ? `/** ${text} */\n` : '');
  const lines = [HEADER];
  lines.push('/** Result codes of the core by name. */\nexport const Result = {');
  for (const r of abi.results) lines.push(`  /** ${r.text} (${r.source}) */\n  ${r.name}: ${r.code},`);
  lines.push('} as const;\n');
  lines.push(RESULT_DESCRIPTION);
  lines.push('/** What each result code means, and where its rule stands. */');
  lines.push('export const results: Readonly<Record<number, ResultDescription>> = {');
  for (const { code, ...result } of abi.results) lines.push(`  [${code}]: ${JSON.stringify(withTypes(result))},`);
  lines.push('};\n');
  for (const [group, { doc: text, values }] of Object.entries(abi.constants)) {
    lines.push(`${doc(text)}export const ${group} = ${JSON.stringify(values)} as const;\n`);
  }
  for (const [name, record] of Object.entries(abi.records)) {
    lines.push(`${doc(`${record.doc} Byte offsets of the fields.`)}export const ${name}Record = {`);
    for (const field of record.fields)
      lines.push(`  /** ${field.type}: ${field.doc ?? ''} */\n  ${field.name}: ${field.offset},`);
    if (record.summarySize) lines.push(`  SUMMARY_SIZE: ${record.summarySize},`);
    lines.push(`  SIZE: ${record.size},\n} as const;\n`);
  }
  lines.push('/** The properties of MQTT 5 (2.2.2.2). */');
  lines.push('export const properties = [');
  for (const { id, name, type } of abi.properties) lines.push(`  ${JSON.stringify({ id, name, type })},`);
  lines.push('] as const;\n');
  lines.push('/** Reason codes of MQTT 5 (2.4) by name. */\nexport const ReasonCode = {');
  for (const { code, name } of abi.reasonCodes) lines.push(`  ${name}: ${code},`);
  lines.push('} as const;\n');
  lines.push(
    '/** The functions of core.wasm; every one takes and gives 32-bit integers. */\nexport interface CoreExports {',
  );
  lines.push('  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };');
  for (const { name, params, doc: text } of abi.exports) {
    lines.push(`  /** ${text} */\n  ${name}(${params.map((p) => `${p.name}: number`).join(', ')}): number;`);
  }
  lines.push('}\n');
  return lines.join('\n');
}

/** Text of the codes that the device application may log; ASCII, so that it goes to a log line byte for byte. */
function resultText(abi) {
  const lines = [
    HEADER,
    '/** What a result code means. */',
    'export function resultText(code: i32): string {',
    '  switch (code) {',
  ];
  for (const { code, text } of abi.results.filter(({ code }) => code <= -200)) {
    lines.push(`    case ${code}:`, `      return ${JSON.stringify(text)};`);
  }
  lines.push("    default:\n      return 'unknown result';\n  }\n}\n");
  return lines.join('\n');
}

/** Writes every generated source, gives the ABI; files that did not change are left as they are. */
export function generate() {
  const abi = readAbi();
  const microvisor = readMicrovisorAbi();
  const files = {
    'build/abi/assembly.ts': assemblyScript(abi),
    'build/abi/core.ts': typeScript(abi),
    'build/abi/result-text.ts': resultText(abi),
    'build/abi/der-templates.ts': derTemplates(abi),
    'build/wasmqtt.h': cHeader(abi),
    'build/wq_guest_calls.h': guestCalls(microvisor),
    'build/wq_microvisor.h': microvisorHeader(microvisor),
    ...generateMicrovisor(microvisor),
  };
  for (const [path, text] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
  }
  return abi;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) generate();
