// build/wq_guest_calls.h from assembly/abi/microvisor.json: how each system call of a guest becomes a native one.
import { classify, SCALARS } from './microvisor.js';
import { upperSnake } from './names.js';

const PROLOGUE = `/*
 * The system calls as lists of macros: who includes this defines them (host/wasm3/guest). A field is given with its offset
 * in a guest, where a pointer is a number of 32 bits; where it lies natively is the compiler's to say.
 * Generated from assembly/abi/microvisor.json by tools/generate/guest-calls-c.ts. Do not edit.
 */
#ifndef WQ_GUEST_CALLS_H
#define WQ_GUEST_CALLS_H

#include "wq_microvisor.h"
`;

/** The lines of a macro: each but the last goes on in the next. */
const macro = (name, lines) => [`#define ${name} \\`, lines.map((line) => `  ${line}`).join(' \\\n'), ''];

/** What a pointer points to: its type without the last star, as the ABI has it. */
const pointed = (type) => type.slice(0, -1);

/** Bytes in a guest of what a type takes. */
const guestSize = (abi, type) => SCALARS[classify(abi, type, 'a type').scalar][0];

/** Fields with absolute offsets, structures held by value dissolved into theirs. */
function flatten(abi, name, path = '', base = 0) {
  const { fields } = abi.structs[name];
  return fields.flatMap((field) => {
    const found = classify(abi, field.type, name);
    const at = base + field.offset;
    if (found.kind === 'struct') {
      const inner = flatten(abi, found.name, `${path}${field.name}.`, at);
      return field.when ? inner.map((item) => ({ ...item, when: condition(fields, field.when, base) })) : inner;
    }
    const counted = field.bytes ?? field.elements;
    const other = fields.find(({ name }) => name === counted);
    return [
      { ...field, path: path + field.name, at, count: other && { path: path + other.name, at: base + other.offset } },
    ];
  });
}

/** `{ method: 1 }` as the place of the field and its value. */
function condition(fields, when, base) {
  const [[name, value]] = Object.entries(when);
  return { at: base + fields.find((field) => field.name === name).offset, value };
}

const holdsPointers = (abi, name) => flatten(abi, name).some(({ type }) => type.endsWith('*'));

/** The structures that are copied: those with pointers, that calls or other structures point to. */
function copied(abi) {
  const found = new Set();
  const visit = (type) => {
    if (!type.endsWith('*')) return;
    const target = classify(abi, pointed(type), 'a pointer');
    if (target.kind !== 'struct' || found.has(target.name)) return;
    const fields = flatten(abi, target.name);
    if (!fields.some(({ type }) => type.endsWith('*'))) return;
    for (const field of fields) visit(field.type);
    found.add(target.name);
  };
  for (const { params } of Object.values(abi.functions)) for (const { type } of params) visit(type);
  return [...found];
}

function fieldText(abi, name, field) {
  const head = `${name}, ${field.path}, ${field.at}`;
  if (!field.type.endsWith('*')) return `VALUE(${head}, ${guestSize(abi, field.type)})`;
  const target = classify(abi, pointed(field.type), field.path);
  if (field.bytes) {
    const alignment = target.kind === 'struct' ? abi.structs[target.name].align : 1;
    return `BYTES(${head}, ${field.count.at}, ${alignment})`;
  }
  if (target.kind !== 'struct')
    return field.elements
      ? `WORDS(${head}, ${field.count.at}, ${field.count.path})`
      : `SINGLE(${head}, ${guestSize(abi, pointed(field.type))})`;
  if (field.elements) return `ARRAY(${head}, ${field.count.at}, ${target.name})`;
  if (field.optional) return `OPTIONAL(${head}, ${target.name})`;
  throw new Error(`assembly/abi/microvisor.json: ${name}.${field.path} points to one structure; say "optional"`);
}

/** Values first: a pointer may correct the count that stands beside it. */
function layouts(abi) {
  const names = copied(abi);
  let first = 0;
  const fields = [];
  const rows = names.map((name) => {
    const flat = flatten(abi, name);
    const isPointer = ({ type }) => type.endsWith('*');
    const sorted = [...flat.filter((field) => !isPointer(field)), ...flat.filter(isPointer)];
    const texts = sorted.flatMap((field) => {
      const guard = field.when && isPointer(field) ? [`ONLY_IF(${field.when.at}, ${field.when.value}),`] : [];
      return [...guard, `${fieldText(abi, name, field)},`];
    });
    fields.push(...texts);
    const row = `LAYOUT(${name}, ${abi.structs[name].size}, ${first}, ${texts.length}),`;
    first += texts.length;
    return row;
  });
  return [
    'enum wq_layout_id {',
    names.map((name) => `  WQ_LAYOUT_${name}`).join(',\n'),
    '};',
    '',
    ...macro('WQ_FIELDS', fields),
    ...macro('WQ_LAYOUTS', rows),
  ];
}

/** Structures without pointers are used where they lie: every compiler has to lay them out as a guest does. */
function plain(abi) {
  const types = Object.values(abi.functions).flatMap(({ params }) => params.map(({ type }) => type));
  const names = types.filter((type) => type.endsWith('*')).map((type) => classify(abi, pointed(type), type));
  const structs = new Set(
    names.filter(({ kind, name }) => kind === 'struct' && !holdsPointers(abi, name)).map(({ name }) => name),
  );
  return [...structs].map(
    (name) => `WQ_STATIC_ASSERT(sizeof(struct ${name}) == ${abi.structs[name].size}, plain_${name});`,
  );
}

function parameterText(abi, params, { name, type, bytes }) {
  if (!type.endsWith('*')) return `NUMBER(${guestSize(abi, type)})`;
  if (bytes) return `BYTES_OF(${params.findIndex((param) => param.name === bytes)})`;
  if (type.endsWith('**')) return 'ADDRESS()';
  const target = classify(abi, pointed(type), name);
  if (target.kind === 'scalar') {
    const native = pointed(type).replace(/^const /, '');
    return `RESULT(${guestSize(abi, native)}, ${native})`;
  }
  return holdsPointers(abi, target.name) ? `STRUCTURE(${target.name})` : `PLAIN(${abi.structs[target.name].size})`;
}

function callText(abi, name, { params, statuses }) {
  const gives = (status) => statuses.includes(`MV_STATUS_${status}`);
  const nested = gives('LATEFAULT') ? 'LATEFAULT' : 'PARAMETERFAULT';
  const excess = gives('TOOMANYELEMENTS')
    ? 'TOOMANYELEMENTS'
    : name === 'mvSendConfigFetchRequest'
      ? 'TOOMANYCONFIGKEYS'
      : nested;
  const kinds = params.map((param) => parameterText(abi, params, param)).join(', ') || 'NONE()';
  const passed = params.map(({ type }, i) => (type.endsWith('*') ? `POINTER(${i})` : `WORD(${i}, ${type})`)).join(', ');
  return `F(${name}, ${params.length}, ${nested}, ${excess}, (${kinds}), (${passed}))`;
}

function calls(abi) {
  const families = [...new Set(Object.values(abi.functions).map(({ family }) => family))];
  return families.flatMap((family) => {
    const entries = Object.entries(abi.functions).filter(([, entry]) => entry.family === family);
    const texts = entries.map(([name, entry]) => callText(abi, name, entry));
    return macro(`WQ_CALLS_${upperSnake(family)}(F)`, texts);
  });
}

/** The names stand in the order of the interrupt numbers, without their ending. */
function interrupts(abi) {
  const handlers = Object.entries(abi.irq_vectors_stm32u585).sort(([, a], [, b]) => a - b);
  handlers.forEach(([name, irq], index) => {
    if (irq !== index || !name.endsWith('_IRQHandler')) throw new Error(`assembly/abi/microvisor.json: vector ${name}`);
  });
  return [
    '/** The handlers of the STM32U585 by interrupt number, each without its ending _IRQHandler. */',
    ...macro(
      'WQ_INTERRUPT_NAMES',
      handlers.map(([name]) => `"${name.slice(0, -'_IRQHandler'.length)}\\0"`),
    ),
    `#define WQ_INTERRUPT_COUNT ${handlers.length}u`,
    '',
  ];
}

/** The text of build/wq_guest_calls.h. */
export function guestCalls(abi) {
  return [PROLOGUE, ...layouts(abi), ...plain(abi), '', ...calls(abi), ...interrupts(abi), '#endif', ''].join('\n');
}
