// Writes build/wq_microvisor.h: the system calls as C of the device has them.
import { comment, prototype, STATIC_ASSERT } from './c-text.js';
import {
  classify,
  type Enumeration,
  isPointer,
  type MicrovisorAbi,
  type Struct,
  type SystemCall,
} from './microvisor-abi.js';

const PROLOGUE = `/*
 * The system calls of Microvisor for C and C++: enumerations, structures, prototypes, all by their names in the SDK.
 * Generated from assembly/abi/microvisor.json by tools/generate/microvisor-header.ts. Do not edit.
 *
 * With the SDK, define WQ_MICROVISOR_SDK: this header includes its mv_syscalls.h instead, and checks the layouts there
 * against this description.
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
const declare = (type: string, name: string) =>
  isPointer(type) ? `${type.replace(/(\**)$/, ' $1')}${name}` : `${type} ${name}`;

function enumeration(name: string, { values, bytes_on_arm: bytes }: Enumeration): string[] {
  const members = Object.entries(values).map(([key, value]) => `  ${key} = ${value}`);
  // Compilers for ARM take the narrowest type that holds every value.
  if (bytes === 4) members.push(`  ${name.replace(/^Mv/, 'MV_').toUpperCase()}_IS_A_WORD = 0x7fffffff`);
  return [`enum ${name} {`, members.join(',\n'), '};', ''];
}

function handles(abi: MicrovisorAbi): string[] {
  const fields = Object.values(abi.structs).flatMap((struct) => struct.fields);
  const params = Object.values(abi.functions).flatMap((call) => call.params);
  const types = [...fields, ...params].flatMap(({ type }) => type.match(/^Mv\w+Handle\b/) ?? []);
  return [...[...new Set(types)].sort().map((type) => `typedef uint32_t ${type};`), ''];
}

/** Members; those named `v1.x` are in a structure `v1`. */
function structure(name: string, { fields }: Struct): string[] {
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

/** Structures in an order in which each comes after those that it holds by value. */
function ordered(abi: MicrovisorAbi): string[] {
  const done = new Set<string>();
  const visit = (name: string) => {
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

function layouts(abi: MicrovisorAbi): string[] {
  const check = (condition: string, of: string) => `WQ_STATIC_ASSERT(${condition}, ${of});`;
  const lines = ['#if UINTPTR_MAX == 0xffffffffu', '/* The layouts of the kernel. */'];
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

function callText(name: string, { params, statuses }: SystemCall): string[] {
  const short = statuses.map((status) => status.slice('MV_STATUS_'.length));
  const parameters = params.map((param) => declare(param.type, param.name));
  return [...comment([`${name} returns ${short.join(', ')}.`]), ...prototype(`enum MvStatus ${name}`, parameters), ''];
}

/** The text of build/wq_microvisor.h. */
export function microvisorHeader(abi: MicrovisorAbi): string {
  const lines = [
    PROLOGUE,
    ...handles(abi),
    ...Object.entries(abi.enums).flatMap(([name, entry]) => enumeration(name, entry)),
    ...ordered(abi).flatMap((name) => structure(name, abi.structs[name])),
    ...Object.entries(abi.functions).flatMap(([name, entry]) => callText(name, entry)),
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
