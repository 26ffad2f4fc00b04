// Writes build/abi/assembly.ts and build/abi/result-text.ts: the ABI as the AssemblyScript of the core and the application has it.
import { type Abi, FIELD_SIZE, type FieldType, PROPERTY_RULES, propertyTable, reasonCodeTable } from './abi.js';
import { enumeration, view } from './assembly-text.js';
import { upperSnake } from './names.js';

const HEADER = '// Generated from assembly/abi by tools/generate/generate.ts. Do not edit.\n';

const TYPES: Record<FieldType, string> = { ptr: 'usize', i32: 'i32', u32: 'u32', i64: 'i64' };

function constants(abi: Abi): string[] {
  const results = abi.results.map(({ name, code, text, source }) => ({
    name,
    value: code,
    doc: `${text} (${source})`,
  }));
  const groups = Object.entries(abi.constants).map(([group, { doc, values }]) => {
    const members = Object.entries(values).map(([name, value]) => ({ name: upperSnake(name), value }));
    return enumeration(group, doc, members);
  });
  const properties = abi.properties.map(({ id, name }) => ({ name: upperSnake(name), value: id }));
  const reasons = abi.reasonCodes.map(({ code, name }) => ({ name: upperSnake(name), value: code }));
  const rules = Object.entries(PROPERTY_RULES).map(([name, value]) => ({ name: name.toUpperCase(), value }));
  return [
    enumeration('Result', 'Result codes: below zero is an error.', results),
    ...groups,
    enumeration('PropertyId', 'The properties of MQTT 5 (2.2.2.2).', properties),
    enumeration('PropertyRule', 'What holds for the value of a property beyond its type.', rules),
    enumeration('ReasonCode', 'Reason codes of MQTT 5 (2.4).', reasons),
  ];
}

function views(abi: Abi): string[] {
  return Object.entries(abi.records).map(([name, { doc, extends: base, fields, size, summarySize }]) =>
    view({
      name,
      doc,
      ...(base && { base }),
      fields: fields.slice(base ? abi.records[base].fields.length : 0).map((field) => ({
        ...field,
        type: TYPES[field.type],
        bytes: FIELD_SIZE[field.type],
      })),
      sizes: {
        SIZE: { value: size, doc: 'bytes of a record' },
        ...(summarySize && { SUMMARY_SIZE: { value: summarySize, doc: 'bytes of a summary: the head of a record' } }),
      },
    }),
  );
}

function tables(abi: Abi): string {
  return `/**
 * One word for each property identifier: PropertyType in bits 0 to 3, PropertyRule in bits 4 to 7, from bit 16 on one bit for each
 * packet type that may carry it (bit 16 itself for the will properties); 0 for an identifier that does not exist.
 */
export const PROPERTY_TABLE: usize = memory.data<u32>([${propertyTable(abi).join(', ')}]);

/** Two bytes for each reason code up to RE_AUTHENTICATE, then for each from UNSPECIFIED_ERROR on: one bit for each packet type. */
export const REASON_CODE_TABLE: usize = memory.data<u16>([${reasonCodeTable(abi).join(', ')}]);
`;
}

/** The text of build/abi/assembly.ts. */
export function coreAssembly(abi: Abi): string {
  return [HEADER, ...constants(abi), ...views(abi), tables(abi)].join('\n');
}

/** The application logs these codes and all below: those of hex, DER and its own. */
const FIRST_LOGGED = -200;

/** The text of build/abi/result-text.ts: ASCII, so that a text goes to a log line byte for byte. */
export function resultText(abi: Abi): string {
  const cases = abi.results
    .filter(({ code }) => code <= FIRST_LOGGED)
    .flatMap(({ code, text }) => [`    case ${code}:`, `      return ${JSON.stringify(text)};`]);
  return [
    HEADER,
    '/** What a result code means. */',
    'export function resultText(code: i32): string {',
    '  switch (code) {',
    ...cases,
    "    default:\n      return 'unknown result';\n  }\n}\n",
  ].join('\n');
}
