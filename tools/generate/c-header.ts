// Writes build/wasmqtt.h: the C face of core.wasm, the same for every way of running it.
import { type Abi, type Export, FIELD_SIZE, type FieldType, type Result } from './abi.js';
import { comment, prototype, STATIC_ASSERT } from './c-text.js';
import { lowerSnake, upperSnake } from './names.js';

const C_TYPE: Record<FieldType, string> = { ptr: 'wq_ptr', i32: 'int32_t', u32: 'uint32_t', i64: 'wq_i64' };

const PROLOGUE = `/*
 * The core of wasmqtt for C and C++: MQTT 3.1.1 and 5, DER, X.509 and keys, hex.
 * Generated from assembly/abi by tools/generate/c-header.ts. Do not edit.
 *
 * The core runs in a linear memory of its own. So an address is not a pointer but a wq_ptr, an offset in that memory; the
 * caller's part begins at wq_heap_base(). wq_bytes() returns the pointer for an address. Numbers in linear memory are
 * little-endian. Results are integers: zero or more is success, below zero is one of enum wq_result.
 *
 * Memory for a record, a stack, a context or an output must not overlap what the call reads, unless its comment allows it.
 *
 * The comments use the names of the ABI: its record Packet is wq_packet here, its field errorOffset the member error_offset,
 * its OUT_OF_SPACE is WQ_RESULT_OUT_OF_SPACE, its PacketType.AUTH is WQ_PACKET_TYPE_AUTH.
 */
#ifndef WASMQTT_H
#define WASMQTT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "wasmqtt.h: records are read in place, which needs a little-endian target"
#endif

${STATIC_ASSERT}
/** An address in linear memory; 0 for none. */
typedef uint32_t wq_ptr;

/** 64 bits in a record. An engine may align linear memory to 4 bytes only. */
#if defined(__GNUC__)
typedef int64_t wq_i64 __attribute__((aligned(4)));
#else
typedef int64_t wq_i64;
#endif

/** An instance of the core. host/wasm3/wq_core.h has its members and the function that opens it. */
typedef struct wq_core wq_core;
`;

const HELPERS = `/**
 * wq_bytes returns the pointer for an address, valid as long as the instance is open; or NULL when the instance is not open
 * or any of the bytes lies outside linear memory.
 *
 * @param length bytes that will be read or written there
 */
uint8_t *wq_bytes(wq_core *core, wq_ptr address, uint32_t length);

/** WQ_RECORD is the record of a type at an address, which must be a multiple of 8; NULL when wq_bytes() returns it. */
#define WQ_RECORD(core, type, address) ((type *)(void *)wq_bytes((core), (address), (uint32_t)sizeof(type)))

/** wq_memory_size returns the bytes of linear memory; 0 when the instance is not open. */
uint32_t wq_memory_size(const wq_core *core);
`;

const TEXT_PROTOTYPES = `/*
 * What a result means, in words. The words take flash: define WQ_RESULT_TEXT before the include in the one source file that
 * shall have these functions. They return NULL (or 0) for a number that is not a result code.
 */

/** wq_result_name returns the name of a result code, for example "OUT_OF_SPACE". */
const char *wq_result_name(int32_t result);
/** wq_result_text returns what a result code means, as one sentence without its full stop. */
const char *wq_result_text(int32_t result);
/**
 * wq_result_source returns the statement, section or clause of the rule that a result code stands for.
 *
 * @param packet_type WQ_PACKET_TYPE_*, 0 outside MQTT
 * @param protocol_version 3, 4 or 5
 */
const char *wq_result_source(int32_t result, uint32_t packet_type, uint32_t protocol_version);
/** wq_result_reason_code returns the reason code of MQTT 5 with which to end the connection, or to answer; 0 for none. */
uint32_t wq_result_reason_code(int32_t result, uint32_t packet_type);
`;

interface Member {
  name: string;
  value: number;
  doc?: string;
}

/** Members of an enumeration with their comments. */
function enumeration(name: string, doc: string, members: readonly Member[]): string[] {
  const lines = members.flatMap(({ name: member, value, doc: text }, index) => [
    ...(text ? comment([text], '  ') : []),
    `  ${member} = ${value}${index < members.length - 1 ? ',' : ''}`,
  ]);
  return [...comment([doc]), `enum ${name} {`, ...lines, '};', ''];
}

function constants(abi: Abi): string[] {
  const groups = Object.entries(abi.constants).flatMap(([group, { doc, values }]) => {
    const members = Object.entries(values).map(([name, value]) => {
      if (value > 0x7fffffff) throw new Error(`assembly/abi: ${group}.${name} does not fit into an enumeration of C`);
      return { name: `WQ_${upperSnake(group)}_${upperSnake(name)}`, value };
    });
    return enumeration(`wq_${lowerSnake(group)}`, doc ?? group, members);
  });
  const properties = abi.properties.map(({ name, id }) => ({ name: `WQ_PROPERTY_${upperSnake(name)}`, value: id }));
  const reasons = abi.reasonCodes.map(({ name, code }) => ({ name: `WQ_REASON_${upperSnake(name)}`, value: code }));
  return [
    ...groups,
    ...enumeration('wq_property_id', 'The properties of MQTT 5 (2.2.2.2).', properties),
    ...enumeration('wq_reason_code', 'Reason codes of MQTT 5 (2.4).', reasons),
  ];
}

function parts(abi: Abi): string[] {
  const members = abi.parts.map((part, index) => ({ name: `WQ_PART_${part}`, value: 2 ** index }));
  return [
    ...enumeration('wq_part', 'Parts of the core. An engine may take only some of them.', members),
    `#define WQ_PART_COUNT ${members.length}`,
    '',
  ];
}

const allResults = (abi: Abi) => [...abi.results, ...abi.bindingResults];

function results(abi: Abi): string[] {
  const members = allResults(abi).map(({ name, code, text, source }) => ({
    name: `WQ_RESULT_${name}`,
    value: code,
    doc: `${text} (${source})`,
  }));
  return enumeration('wq_result', 'Result codes: below zero is an error.', [
    { name: 'WQ_RESULT_OK', value: 0, doc: 'Zero and more: success.' },
    ...members,
  ]);
}

const padding = (offset: number, bytes: number) => `  uint32_t padding_${offset}[${bytes / 4}];`;

function records(abi: Abi): string[] {
  const lines: string[] = [];
  for (const [name, { doc, fields, size, summarySize }] of Object.entries(abi.records)) {
    const type = `wq_${lowerSnake(name)}`;
    lines.push(...comment([doc]), `typedef struct ${type} {`);
    let end = 0;
    for (const field of fields) {
      if (field.offset > end) lines.push(padding(end, field.offset - end));
      if (field.doc) lines.push(...comment([field.doc], '  '));
      lines.push(`  ${C_TYPE[field.type]} ${lowerSnake(field.name)}${field.count ? `[${field.count}]` : ''};`);
      end = field.offset + FIELD_SIZE[field.type] * (field.count ?? 1);
    }
    if (size > end) lines.push('  /** so that the next record is aligned */', padding(end, size - end));
    lines.push(`} ${type};`);
    const check = (condition: string, of: string) => lines.push(`WQ_STATIC_ASSERT(${condition}, ${of});`);
    check(`sizeof(${type}) == ${size}`, `sizeof_${type}`);
    for (const { name: field, offset } of fields) {
      const member = lowerSnake(field);
      check(`offsetof(${type}, ${member}) == ${offset}`, `offset_${type}_${member}`);
    }
    if (summarySize)
      lines.push(
        `/** Bytes of a summary: the head of a ${type}. */`,
        `#define ${type.toUpperCase()}_SUMMARY_SIZE ${summarySize}u`,
      );
    lines.push('');
  }
  return lines;
}

const ARGUMENT: Partial<Record<FieldType, string>> = { ptr: 'address', u32: 'number' };

/** Name first, then what it does and returns: "wq_hex_encode writes ... It returns ...". */
function documentation({ name, params, doc }: Export): string[] {
  const sentences = `wq_${name} ${doc[0].toLowerCase()}${doc.slice(1)}`.replaceAll('. Returns ', '. It returns ');
  const parameters = params.map(
    (param) => `@param ${lowerSnake(param.name)} ${ARGUMENT[param.type]}${param.doc ? `: ${param.doc}` : ''}`,
  );
  return comment([sentences, ...parameters]);
}

function prototypes(abi: Abi): string[] {
  const lines: string[] = [];
  for (const entry of abi.exports) {
    const { name, params, returns } = entry;
    if (returns !== 'i32' || params.some(({ type }) => !ARGUMENT[type]))
      throw new Error(
        `assembly/abi: ${name} has a parameter or result of more than 32 bits; teach tools/generate/c-header.ts`,
      );
    const parameters = params.map((param) => `${C_TYPE[param.type]} ${lowerSnake(param.name)}`);
    lines.push(...documentation(entry), ...prototype(`int32_t wq_${name}`, ['wq_core *core', ...parameters]), '');
  }
  const macro = abi.exports.map(({ name, params, part }) => `  F(${params.length}, ${name}, ${part})`).join(' \\\n');
  return [
    ...lines,
    ...comment([
      'Every function of the core as F(number of parameters, name, its part without WQ_PART_), for those who bind an engine.',
    ]),
    `#define WQ_EXPORT_COUNT ${abi.exports.length}`,
    '#define WQ_EXPORTS(F) \\',
    macro,
    '',
  ];
}

/** The body of a function that has an answer for each result code. */
function byResult(abi: Abi, statementsOf: (result: Result) => string[], otherwise: string): string[] {
  const cases = allResults(abi).flatMap((result) => {
    const statements = statementsOf(result);
    return statements.length > 0 ? [`    case ${result.code}:`, ...statements.map((text) => `      ${text}`)] : [];
  });
  return ['  switch (result) {', ...cases, '    default:', `      return ${otherwise};`, '  }', '}', ''];
}

const quote = (text: string) => JSON.stringify(text);

/** The two functions whose answer depends on the packet, in words of C. */
function texts(abi: Abi): string[] {
  const types = abi.constants.PacketType.values;
  function perType<T>(values: Record<string, T> | undefined, condition: string, literal: (value: T) => string) {
    return Object.entries(values ?? {}).map(
      ([type, value]) => `if (${condition}packet_type == ${types[type]}u) return ${literal(value)};`,
    );
  }
  const source = ({ source, sourceIn, source311, sourceIn311 }: Result) => [
    ...perType(sourceIn311, 'protocol_version < 5 && ', quote),
    ...perType(sourceIn, '', quote),
    ...(source311 ? [`if (protocol_version < 5) return ${quote(source311)};`] : []),
    `return ${quote(source)};`,
  ];
  const reason = ({ reasonCode, reasonCodeIn }: Result) =>
    reasonCode === undefined ? [] : [...perType(reasonCodeIn, '', (code) => `${code}u`), `return ${reasonCode}u;`];
  return [
    '#ifdef WQ_RESULT_TEXT',
    'const char *wq_result_name(int32_t result) {',
    ...byResult(abi, ({ name }) => [`return ${quote(name)};`], 'NULL'),
    'const char *wq_result_text(int32_t result) {',
    ...byResult(abi, ({ text }) => [`return ${quote(text)};`], 'NULL'),
    'const char *wq_result_source(int32_t result, uint32_t packet_type, uint32_t protocol_version) {',
    '  (void)packet_type;',
    '  (void)protocol_version;',
    ...byResult(abi, source, 'NULL'),
    'uint32_t wq_result_reason_code(int32_t result, uint32_t packet_type) {',
    ...byResult(abi, reason, '0'),
    '#endif /* WQ_RESULT_TEXT */',
    '',
  ];
}

/** The text of build/wasmqtt.h. */
export function cHeader(abi: Abi): string {
  const lines = [
    PROLOGUE,
    ...results(abi),
    ...constants(abi),
    ...parts(abi),
    ...records(abi),
    HELPERS,
    ...prototypes(abi),
    TEXT_PROTOTYPES,
    ...texts(abi),
    '#ifdef __cplusplus',
    '}',
    '#endif',
    '',
    '#endif /* WASMQTT_H */',
    '',
  ];
  return lines.join('\n');
}
