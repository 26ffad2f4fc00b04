// build/wasmqtt.h from the descriptions in assembly/abi: the C face of core.wasm, the same for every way of running it.
import { lowerSnake, upperSnake } from './names.js';

const C_TYPE = { ptr: 'wq_ptr', i32: 'int32_t', u32: 'uint32_t', i64: 'wq_i64' };
const WORDS = { ptr: 1, i32: 1, u32: 1, i64: 2 };
const WIDTH = 116;

/** The words in lines of at most WIDTH columns, each behind the prefix. */
export function wrap(words, prefix) {
  const lines = [];
  let line = '';
  for (const word of words) {
    if (line && prefix.length + line.length + 1 + word.length > WIDTH) {
      lines.push(prefix + line);
      line = '';
    }
    line += line ? ` ${word}` : word;
  }
  return [...lines, prefix + line];
}

/** A doc comment of some paragraphs. */
export function comment(paragraphs, indent = '') {
  const [only] = paragraphs;
  if (paragraphs.length === 1 && indent.length + only.length + 7 <= WIDTH) return [`${indent}/** ${only} */`];
  return [`${indent}/**`, ...paragraphs.flatMap((text) => wrap(text.split(' '), `${indent} * `)), `${indent} */`];
}

/** For generated headers: each may be included alone. */
export const STATIC_ASSERT = `#ifndef WQ_STATIC_ASSERT
#if defined(__cplusplus) && __cplusplus >= 201103L
#define WQ_STATIC_ASSERT(condition, name) static_assert(condition, #name)
#elif !defined(__cplusplus) && defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define WQ_STATIC_ASSERT(condition, name) _Static_assert(condition, #name)
#else
#define WQ_STATIC_ASSERT(condition, name) typedef char wq_assert_##name[(condition) ? 1 : -1]
#endif
#endif
`;

const PROLOGUE = `/*
 * The core of wasmqtt for C and C++: MQTT 3.1.1 and 5, DER, X.509 and keys, hex.
 * Generated from assembly/abi by tools/generate/c-header.ts. Do not edit.
 *
 * The core runs in a linear memory of its own, so an address is not a pointer but a wq_ptr: an offset in that memory, from
 * wq_heap_base() up for the caller. wq_bytes() gives the pointer for it. Numbers in linear memory are little-endian.
 * Results are integers: zero or more is success, below zero is one of enum wq_result.
 *
 * The comments name things as the ABI does: its record Packet is wq_packet here, its field errorOffset the member
 * error_offset, its OUT_OF_SPACE is WQ_RESULT_OUT_OF_SPACE, its PacketType.AUTH is WQ_PACKET_TYPE_AUTH.
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

/** 64 bits in a record. An engine may place linear memory at a multiple of 4 only. */
#if defined(__GNUC__)
typedef int64_t wq_i64 __attribute__((aligned(4)));
#else
typedef int64_t wq_i64;
#endif

/** An instance of the core. Its members, and how it is opened, are in host/wasm3/wq_core.h. */
typedef struct wq_core wq_core;
`;

const HELPERS = `/**
 * The pointer for an address: good for as long as the instance is open.
 *
 * @param length bytes that will be read or written there
 * @return NULL when the instance is not open, or any of the bytes lies outside linear memory
 */
uint8_t *wq_bytes(wq_core *core, wq_ptr address, uint32_t length);

/** The record of this type at an address, which has to be a multiple of 8; NULL as wq_bytes() gives it. */
#define WQ_RECORD(core, type, address) ((type *)(void *)wq_bytes((core), (address), (uint32_t)sizeof(type)))

/** Bytes of linear memory; 0 when the instance is not open. */
uint32_t wq_memory_size(const wq_core *core);
`;

const TEXT_PROTOTYPES = `/*
 * What a result means, in words. The words take flash: define WQ_RESULT_TEXT before the include in the one source file that
 * is to hold these functions. NULL (or 0) for a number that is no result code.
 */

/** Name of a result code, as "OUT_OF_SPACE". */
const char *wq_result_name(int32_t result);
/** What it means, as one sentence without its full stop. */
const char *wq_result_text(int32_t result);
/**
 * The statement, section or clause whose rule it stands for.
 *
 * @param packet_type WQ_PACKET_TYPE_*, 0 outside MQTT
 * @param protocol_version 3, 4 or 5
 */
const char *wq_result_source(int32_t result, uint32_t packet_type, uint32_t protocol_version);
/** The reason code of MQTT 5 with which to end the connection, or to answer; 0 when there is none. */
uint32_t wq_result_reason_code(int32_t result, uint32_t packet_type);
`;

/** Members of an enumeration with their comments. */
function enumeration(name, doc, members) {
  const lines = [...comment([doc]), `enum ${name} {`];
  for (const { name: member, value, doc: text } of members) {
    if (text) lines.push(...comment([text], '  '));
    lines.push(`  ${member} = ${value},`);
  }
  lines[lines.length - 1] = lines.at(-1).replace(/,$/, '');
  return [...lines, '};', ''];
}

function constants(abi) {
  const lines = [];
  for (const [group, { doc, values }] of Object.entries(abi.constants)) {
    const members = Object.entries(values).map(([name, value]) => {
      if (value > 0x7fffffff) throw new Error(`assembly/abi: ${group}.${name} does not fit into an enumeration of C`);
      return { name: `WQ_${upperSnake(group)}_${upperSnake(name)}`, value };
    });
    lines.push(...enumeration(`wq_${lowerSnake(group)}`, doc ?? group, members));
  }
  const named = (prefix, list, key) =>
    list.map((item) => ({ name: `${prefix}_${upperSnake(item.name)}`, value: item[key] }));
  lines.push(
    ...enumeration('wq_property_id', 'The properties of MQTT 5 (2.2.2.2).', named('WQ_PROPERTY', abi.properties, 'id')),
  );
  lines.push(
    ...enumeration('wq_reason_code', 'Reason codes of MQTT 5 (2.4).', named('WQ_REASON', abi.reasonCodes, 'code')),
  );
  return lines;
}

function parts(abi) {
  const members = abi.parts.map((part, index) => ({ name: `WQ_PART_${part}`, value: 2 ** index }));
  return [
    ...enumeration('wq_part', 'Parts of the core, of which an engine may take some only.', members),
    `#define WQ_PART_COUNT ${members.length}`,
    '',
  ];
}

function results(abi) {
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

const allResults = (abi) => [...abi.results, ...abi.bindingResults];

function records(abi) {
  const lines = [];
  for (const [name, { doc, fields, size, summarySize }] of Object.entries(abi.records)) {
    const type = `wq_${lowerSnake(name)}`;
    lines.push(...comment([doc]), `typedef struct ${type} {`);
    let end = 0;
    for (const field of fields) {
      if (field.offset > end) lines.push(`  uint32_t padding_${end}[${(field.offset - end) / 4}];`);
      if (field.doc) lines.push(...comment([field.doc], '  '));
      lines.push(`  ${C_TYPE[field.type]} ${lowerSnake(field.name)}${field.count ? `[${field.count}]` : ''};`);
      end = field.offset + 4 * WORDS[field.type] * (field.count ?? 1);
    }
    if (size > end)
      lines.push('  /** so that the next record is aligned */', `  uint32_t padding_${end}[${(size - end) / 4}];`);
    lines.push(`} ${type};`);
    const check = (condition, of) => lines.push(`WQ_STATIC_ASSERT(${condition}, ${of});`);
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

const ARGUMENT = { ptr: 'address', u32: 'number' };

function prototypes(abi) {
  const lines = [];
  for (const { name, params, doc, returns } of abi.exports) {
    if (returns !== 'i32' || params.some(({ type }) => !(type in ARGUMENT)))
      throw new Error(
        `assembly/abi: ${name} takes or gives something else than 32-bit words; teach tools/generate/c-header.ts`,
      );
    const parameters = params.map(
      (param) => `@param ${lowerSnake(param.name)} ${ARGUMENT[param.type]}${param.doc ? `: ${param.doc}` : ''}`,
    );
    lines.push(...comment([doc, ...parameters]));
    const list = ['wq_core *core', ...params.map((param) => `${C_TYPE[param.type]} ${lowerSnake(param.name)}`)];
    const [first, ...rest] = wrap(
      list.map((item, index) => (index < list.length - 1 ? `${item},` : `${item});`)),
      '    ',
    );
    const line = `int32_t wq_${name}(${first.trimStart()}`;
    lines.push(...(line.length <= WIDTH ? [line, ...rest] : [`int32_t wq_${name}(`, first, ...rest]), '');
  }
  lines.push(
    ...comment([
      'Every function of the core as F(number of parameters, name, its part without WQ_PART_), for those who bind an engine.',
    ]),
  );
  lines.push(`#define WQ_EXPORT_COUNT ${abi.exports.length}`, '#define WQ_EXPORTS(F) \\');
  lines.push(abi.exports.map(({ name, params, part }) => `  F(${params.length}, ${name}, ${part})`).join(' \\\n'), '');
  return lines;
}

/** A function that gives something for each result code. */
function byResult(abi, signature, statementsOf, otherwise) {
  const lines = [`${signature} {`, '  switch (result) {'];
  for (const result of allResults(abi)) {
    const statements = statementsOf(result);
    if (statements.length > 0) lines.push(`    case ${result.code}:`, ...statements.map((text) => `      ${text}`));
  }
  return [...lines, '    default:', `      return ${otherwise};`, '  }', '}', ''];
}

function texts(abi) {
  const quote = (text) => JSON.stringify(text);
  const types = abi.constants.PacketType.values;
  const perType = (values, condition, literal) =>
    Object.entries(values ?? {}).map(
      ([type, value]) => `if (${condition}packet_type == ${types[type]}u) return ${literal(value)};`,
    );
  const source = ({ source, sourceIn, source311, sourceIn311 }) => [
    ...perType(sourceIn311, 'protocol_version < 5 && ', quote),
    ...perType(sourceIn, '', quote),
    ...(source311 ? [`if (protocol_version < 5) return ${quote(source311)};`] : []),
    `return ${quote(source)};`,
  ];
  const reason = ({ reasonCode, reasonCodeIn }) =>
    reasonCode === undefined ? [] : [...perType(reasonCodeIn, '', (code) => `${code}u`), `return ${reasonCode}u;`];
  return [
    '#ifdef WQ_RESULT_TEXT',
    ...byResult(abi, 'const char *wq_result_name(int32_t result)', ({ name }) => [`return ${quote(name)};`], 'NULL'),
    ...byResult(abi, 'const char *wq_result_text(int32_t result)', ({ text }) => [`return ${quote(text)};`], 'NULL'),
    'const char *wq_result_source(int32_t result, uint32_t packet_type, uint32_t protocol_version) {',
    '  (void)packet_type;',
    '  (void)protocol_version;',
    ...byResult(abi, '', source, 'NULL').slice(1),
    ...byResult(abi, 'uint32_t wq_result_reason_code(int32_t result, uint32_t packet_type)', reason, '0'),
    '#endif /* WQ_RESULT_TEXT */',
    '',
  ];
}

/** The text of build/wasmqtt.h. */
export function cHeader(abi) {
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
