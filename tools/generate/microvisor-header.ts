// build/wq_microvisor.h from assembly/abi/microvisor.json: the system calls as C of the device sees them.
import { comment, STATIC_ASSERT, wrap } from './c-header.js';
import { classify } from './microvisor.js';

const WIDTH = 116;

const PROLOGUE = `/*
 * The system calls of Microvisor for C and C++: enumerations, structures, prototypes, all by their names in the SDK.
 * Generated from assembly/abi/microvisor.json by tools/generate/microvisor-header.ts. Do not edit.
 *
 * Who has the SDK defines WQ_MICROVISOR_SDK: its mv_syscalls.h is included in place of what is here, and checked against
 * the layouts that this description has.
 */
#ifndef WQ_MICROVISOR_H
#define WQ_MICROVISOR_H

#include <stddef.h>
#include <stdint.h>

${STATIC_ASSERT}
#ifdef WQ_MICROVISOR_SDK
#include "mv_syscalls.h"
#else

#ifdef __cplusplus
extern "C" {
#endif
`;

/** `const uint8_t*` and a name as C writes them. */
const declare = (type, name) => (type.endsWith('*') ? `${type.replace(/(\**)$/, ' $1')}${name}` : `${type} ${name}`);

function enumeration(name, { values, bytes_on_arm: bytes }) {
  const members = Object.entries(values).map(([key, value]) => `  ${key} = ${value}`);
  // Compilers for ARM take the narrowest type that holds every value.
  if (bytes === 4) members.push(`  ${name.replace(/^Mv/, 'MV_').toUpperCase()}_IS_A_WORD = 0x7fffffff`);
  return [`enum ${name} {`, members.join(',\n'), '};', ''];
}

function handles(abi) {
  const types = [...Object.values(abi.structs).flatMap(({ fields }) => fields)]
    .concat(Object.values(abi.functions).flatMap(({ params }) => params))
    .flatMap(({ type }) => type.match(/^Mv\w+Handle\b/) ?? []);
  return [...[...new Set(types)].sort().map((type) => `typedef uint32_t ${type};`), ''];
}

/** Members; those named `v1.x` stand in a structure `v1`. */
function structure(name, { fields }) {
  const lines = [`struct ${name} {`];
  const versioned = fields.filter((field) => field.name.startsWith('v1.'));
  for (const field of fields.filter((field) => !versioned.includes(field)))
    lines.push(`  ${declare(field.type, field.name)};`);
  if (versioned.length > 0) {
    lines.push('  struct {');
    for (const field of versioned) lines.push(`    ${declare(field.type, field.name.slice('v1.'.length))};`);
    lines.push('  } v1;');
  }
  return [...lines, '};', ''];
}

/** Structures in an order in which each stands behind those that it holds by value. */
function ordered(abi) {
  const done = new Set();
  const visit = (name) => {
    if (done.has(name)) return;
    for (const field of abi.structs[name].fields) {
      const found = classify(abi, field.type, name);
      if (found.kind === 'struct') visit(found.name);
    }
    done.add(name);
  };
  Object.keys(abi.structs).forEach(visit);
  return [...done];
}

function layouts(abi) {
  const check = (condition, of) => `WQ_STATIC_ASSERT(${condition}, ${of});`;
  const lines = ['#if UINTPTR_MAX == 0xffffffffu', '/* The layouts that the kernel knows. */'];
  for (const [name, { size, fields }] of Object.entries(abi.structs)) {
    lines.push(check(`sizeof(struct ${name}) == ${size}`, `sizeof_${name}`));
    for (const { name: field, offset } of fields)
      lines.push(check(`offsetof(struct ${name}, ${field}) == ${offset}`, `offset_${name}_${field.replace('.', '_')}`));
  }
  lines.push(
    '#endif',
    '',
    '#ifdef __arm__',
    '/* Calls write these through pointers. Build with short enumerations, as AAPCS has them. */',
  );
  for (const [name, { bytes_on_arm: bytes }] of Object.entries(abi.enums))
    lines.push(check(`sizeof(enum ${name}) == ${bytes}`, `sizeof_${name}`));
  return [...lines, '#endif', ''];
}

function prototype(name, { params, statuses }) {
  const short = statuses.map((status) => status.slice('MV_STATUS_'.length));
  const list = params.map((param) => declare(param.type, param.name));
  const items = list.map((item, index) => (index < list.length - 1 ? `${item},` : `${item});`));
  const [first, ...rest] = wrap(items.length ? items : ['void);'], '    ');
  const head = `enum MvStatus ${name}(`;
  const line = head + first.trimStart();
  return [
    ...comment([`Gives ${short.join(', ')}.`]),
    ...(line.length <= WIDTH ? [line, ...rest] : [head, first, ...rest]),
    '',
  ];
}

/** The text of build/wq_microvisor.h. */
export function microvisorHeader(abi) {
  const lines = [
    PROLOGUE,
    ...handles(abi),
    ...Object.entries(abi.enums).flatMap(([name, entry]) => enumeration(name, entry)),
    ...ordered(abi).flatMap((name) => structure(name, abi.structs[name])),
    ...Object.entries(abi.functions).flatMap(([name, entry]) => prototype(name, entry)),
    '#ifdef __cplusplus',
    '}',
    '#endif',
    '',
    '#endif /* WQ_MICROVISOR_SDK */',
    '',
    ...layouts(abi),
    '#endif /* WQ_MICROVISOR_H */',
    '',
  ];
  return lines.join('\n');
}
