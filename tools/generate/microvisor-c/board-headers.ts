// Writes build/board: the headers of the board that are nothing but the description in assembly/abi/microvisor.json.
import type { MicrovisorAbi } from '../microvisor-abi.js';
import { declarations } from './microvisor-declarations.js';

const FROM =
  'Generated from assembly/abi/microvisor.json by tools/generate/microvisor-c/board-headers.ts. Do not edit.';

const opening = (guard: string, text: string, includes: readonly string[]) => [
  `/* ${text}`,
  ` * ${FROM} */`,
  `#ifndef ${guard}`,
  `#define ${guard}`,
  '',
  ...includes.map((name) => `#include <${name}>`),
  '',
];

/** A handle is a pointer to a structure that nobody knows: applications compare it with NULL and nullptr. */
const opaqueHandle = (type: string) => `typedef struct ${type.replace(/Handle$/, 'Object')} *${type};`;

/** The text of build/board/mv_syscalls.h: the interface of the SDK, for guests. */
export function syscallsHeader(abi: MicrovisorAbi): string {
  return [
    ...opening('MV_SYSCALLS_H', "Microvisor's system calls, by their names in the SDK.", ['stddef.h', 'stdint.h']),
    '#ifdef __cplusplus',
    'extern "C" {',
    '#endif',
    '',
    ...declarations(abi, opaqueHandle),
    '#ifdef __cplusplus',
    '}',
    '#endif',
    '',
    '#endif /* MV_SYSCALLS_H */',
    '',
  ].join('\n');
}

/** The text of build/board/stm32u585_interrupts.h: the numbers of the interrupts, by their names in CMSIS. */
export function interruptsHeader(abi: MicrovisorAbi): string {
  const numbers = Object.entries(abi.irq_vectors_stm32u585).map(
    ([handler, number]) => `  ${handler.replace(/_IRQHandler$/, '_IRQn')} = ${number}`,
  );
  return [
    ...opening('STM32U585_INTERRUPTS_H', 'The interrupts of the STM32U585.', ['stdint.h']),
    'typedef enum {',
    ['  SysTick_IRQn = -1', ...numbers].join(',\n'),
    '} IRQn_Type;',
    '',
    '#endif /* STM32U585_INTERRUPTS_H */',
    '',
  ].join('\n');
}
