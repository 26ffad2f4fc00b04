// Writes build/wq_guest_calls.h: how each system call of a guest becomes a native one.
import {
  classify,
  type Item,
  isPointer,
  type MicrovisorAbi,
  SCALARS,
  type StructField,
  type SystemCall,
} from '../microvisor-abi.js';
import { upperSnake } from '../names.js';

const PROLOGUE = `/*
 * The system calls as lists of macros, which the including file defines (host/wasm3/guest). A field has its offset in a
 * guest, where a pointer is a number of 32 bits; the compiler knows its native offset.
 * Generated from assembly/abi/microvisor.json by tools/generate/microvisor-c/guest-calls-c.ts. Do not edit.
 */
#ifndef WQ_GUEST_CALLS_H
#define WQ_GUEST_CALLS_H

#include "wq_microvisor.h"
`;

/** The lines of a macro: each but the last ends with a backslash. */
const macro = (name: string, lines: readonly string[]) => [
  `#define ${name} \\`,
  lines.map((line) => `  ${line}`).join(' \\\n'),
  '',
];

/** The type that a pointer points to: its own without the last star. */
const pointed = (type: string) => type.slice(0, -1);

/** Bytes of a value of a type in a guest. */
function guestSize(abi: MicrovisorAbi, type: string): number {
  const found = classify(abi, type, 'a type');
  if (found.kind === 'struct') throw new Error(`assembly/abi/microvisor.json: struct ${found.name} is not one value`);
  return SCALARS[found.scalar].bytes;
}

/** The place of a number in a structure. */
interface Place {
  path: string;
  at: number;
}

/** A field in the outermost structure: `path` as C writes it, `at` its offset in a guest. */
interface FlatField extends Item, Place {
  /** The number that says how much the pointer points to. */
  count?: Place;
  /** The number that must have this value, so that the pointer is followed. */
  onlyIf?: { at: number; value: number };
}

/** Fields with absolute offsets; a structure that is held by value is replaced by its fields. */
function flatten(abi: MicrovisorAbi, name: string, path = '', base = 0): FlatField[] {
  const { fields } = abi.structs[name];
  return fields.flatMap((field): FlatField[] => {
    const found = classify(abi, field.type, name);
    const at = base + field.offset;
    if (found.kind === 'struct') {
      const inner = flatten(abi, found.name, `${path}${field.name}.`, at);
      const onlyIf = condition(fields, field.when, base);
      return onlyIf ? inner.map((item) => ({ ...item, onlyIf })) : inner;
    }
    const { name: own, type, bytes, elements, optional } = field;
    const other = fields.find((candidate) => candidate.name === (bytes ?? elements));
    return [
      {
        ...{ name: own, type, bytes, elements, optional },
        ...{ path: path + own, at, count: other && { path: path + other.name, at: base + other.offset } },
      },
    ];
  });
}

/** `{ method: 1 }` as the place of the field and its value. */
function condition(fields: readonly StructField[], when: StructField['when'], base: number): FlatField['onlyIf'] {
  if (!when) return undefined;
  const [[name, value]] = Object.entries(when);
  const field = fields.find((candidate) => candidate.name === name);
  if (!field) throw new Error(`assembly/abi/microvisor.json: "when" names the unknown field ${name}`);
  return { at: base + field.offset, value };
}

const holdsPointers = (abi: MicrovisorAbi, name: string) => flatten(abi, name).some(({ type }) => isPointer(type));

/** The structures that are copied: those that have pointers, and that calls or other structures point to. */
function copied(abi: MicrovisorAbi): string[] {
  const found = new Set<string>();
  const visit = (type: string) => {
    if (!isPointer(type)) return;
    const target = classify(abi, pointed(type), 'a pointer');
    if (target.kind !== 'struct' || found.has(target.name)) return;
    const fields = flatten(abi, target.name);
    if (!fields.some((field) => isPointer(field.type))) return;
    for (const field of fields) visit(field.type);
    found.add(target.name);
  };
  for (const { params } of Object.values(abi.functions)) for (const { type } of params) visit(type);
  return [...found];
}

function fieldText(abi: MicrovisorAbi, name: string, field: FlatField): string {
  const head = `${name}, ${field.path}, ${field.at}`;
  if (!isPointer(field.type)) return `VALUE(${head}, ${guestSize(abi, field.type)})`;
  const target = classify(abi, pointed(field.type), field.path);
  const { count } = field;
  if (field.bytes && count) {
    const alignment = target.kind === 'struct' ? abi.structs[target.name].align : 1;
    return `BYTES(${head}, ${count.at}, ${alignment})`;
  }
  if (target.kind !== 'struct')
    return count
      ? `WORDS(${head}, ${count.at}, ${count.path})`
      : `SINGLE(${head}, ${guestSize(abi, pointed(field.type))})`;
  if (count) return `ARRAY(${head}, ${count.at}, ${target.name})`;
  if (field.optional) return `OPTIONAL(${head}, ${target.name})`;
  throw new Error(`assembly/abi/microvisor.json: ${name}.${field.path} points to one structure; say "optional"`);
}

/** Values come first: a pointer may correct the count beside it. */
function layouts(abi: MicrovisorAbi): string[] {
  const names = copied(abi);
  let first = 0;
  const fields: string[] = [];
  const rows = names.map((name) => {
    const flat = flatten(abi, name);
    const pointers = flat.filter(({ type }) => isPointer(type));
    const texts = [...flat.filter(({ type }) => !isPointer(type)), ...pointers].flatMap((field) => {
      const { onlyIf } = field;
      const guard = onlyIf && isPointer(field.type) ? [`ONLY_IF(${onlyIf.at}, ${onlyIf.value}),`] : [];
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

/** Structures without pointers are used in place, so every compiler must lay them out as a guest does. */
function plain(abi: MicrovisorAbi): string[] {
  const types = Object.values(abi.functions).flatMap(({ params }) => params.map(({ type }) => type));
  const structs = types.filter(isPointer).flatMap((type) => {
    const target = classify(abi, pointed(type), type);
    return target.kind === 'struct' && !holdsPointers(abi, target.name) ? [target.name] : [];
  });
  return [...new Set(structs)].map(
    (name) => `WQ_STATIC_ASSERT(sizeof(struct ${name}) == ${abi.structs[name].size}, plain_${name});`,
  );
}

function parameterText(abi: MicrovisorAbi, params: readonly Item[], { name, type, bytes }: Item): string {
  if (!isPointer(type)) return `NUMBER(${guestSize(abi, type)})`;
  if (bytes) return `BYTES_OF(${params.findIndex((param) => param.name === bytes)})`;
  if (type.endsWith('**')) return 'ADDRESS()';
  const target = classify(abi, pointed(type), name);
  if (target.kind !== 'struct') {
    const native = pointed(type).replace(/^const /, '');
    return `RESULT(${guestSize(abi, native)}, ${native})`;
  }
  return holdsPointers(abi, target.name) ? `STRUCTURE(${target.name})` : `PLAIN(${abi.structs[target.name].size})`;
}

function callText(abi: MicrovisorAbi, name: string, { params, statuses }: SystemCall): string {
  const returns = (status: string) => statuses.includes(`MV_STATUS_${status}`);
  // Where the list of a call has nothing for a bad pointer, it is what it points to that is bad.
  const bad = ['PARAMETERFAULT', 'INVALIDHANDLE', 'PERIPHERALACCESSFAULT'].find(returns) ?? 'PARAMETERFAULT';
  const nested = returns('LATEFAULT') ? 'LATEFAULT' : 'PARAMETERFAULT';
  const excess = returns('TOOMANYELEMENTS')
    ? 'TOOMANYELEMENTS'
    : name === 'mvSendConfigFetchRequest'
      ? 'TOOMANYCONFIGKEYS'
      : nested;
  const kinds = params.map((param) => parameterText(abi, params, param)).join(', ') || 'NONE()';
  const passed = params.map(({ type }, i) => (isPointer(type) ? `POINTER(${i})` : `WORD(${i}, ${type})`)).join(', ');
  return `F(${name}, ${params.length}, ${bad}, ${nested}, ${excess}, (${kinds}), (${passed}))`;
}

function calls(abi: MicrovisorAbi): string[] {
  const families = [...new Set(Object.values(abi.functions).map(({ family }) => family))];
  return families.flatMap((family) => {
    const entries = Object.entries(abi.functions).filter(([, entry]) => entry.family === family);
    const texts = entries.map(([name, entry]) => callText(abi, name, entry));
    return macro(`WQ_CALLS_${upperSnake(family)}(F)`, texts);
  });
}

/** The names in the order of the interrupt numbers, without their ending. */
function interrupts(abi: MicrovisorAbi): string[] {
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
export function guestCalls(abi: MicrovisorAbi): string {
  return [PROLOGUE, ...layouts(abi), ...plain(abi), '', ...calls(abi), ...interrupts(abi), '#endif', ''].join('\n');
}
