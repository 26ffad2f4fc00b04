import { interruptHandlers } from '../../build/abi/microvisor.js';

/** What the host enters or looks at, beside the interrupt handlers. */
const EXPORTS = [
  '__wasm_call_ctors',
  'main',
  '__main_void',
  '__main_argc_argv',
  '__stack_pointer',
  '__data_end',
  'mv_board_window',
  'mv_rtos_tick_rate',
];

/** Bytes of the stack of `main` and of interrupt handlers. */
const MAIN_STACK = 65_536;

/**
 * Options with which a guest is linked.
 *
 * @param allowed a file with the names that the host serves: any other one that is missing is an error
 */
export function linkFlags(allowed: string): string[] {
  const handlers = Object.values(interruptHandlers);
  const options = [
    'no-entry',
    'export-table',
    // The host takes the stacks of tasks from the guest's allocator.
    'export=malloc',
    'export=free',
    `allow-undefined-file=${allowed}`,
    ...[...EXPORTS, ...handlers].map((name) => `export-if-defined=${name}`),
  ];
  // Without -O: clang would hand what it has linked to a wasm-opt that it finds, which takes the names away.
  return [
    '--target=wasm32-wasi',
    '-nostartfiles',
    `-Wl,-z,stack-size=${MAIN_STACK}`,
    ...options.map((option) => `-Wl,--${option}`),
  ];
}
