// Writes build/wq_microvisor.h: the system calls as C of the device has them.
import { STATIC_ASSERT } from '../c-text.js';
import type { MicrovisorAbi } from '../microvisor-abi.js';
import { declarations } from './microvisor-declarations.js';

const PROLOGUE = `/*
 * The system calls of Microvisor for C and C++: enumerations, structures, prototypes, all by their names in the SDK.
 * Generated from assembly/abi/microvisor.json by tools/generate/microvisor-c/microvisor-header.ts. Do not edit.
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

/** The text of build/wq_microvisor.h. */
export function microvisorHeader(abi: MicrovisorAbi): string {
  const lines = [
    PROLOGUE,
    ...declarations(abi, (type) => `typedef uint32_t ${type};`),
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
