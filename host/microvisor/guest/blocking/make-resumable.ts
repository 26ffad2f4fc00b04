import { createRequire } from 'node:module';
import type Binaryen from 'binaryen';
import type { WatchedRegisters } from '../board-port.js';
import { meterPollingLoops, POLL } from './polling-loops.js';
import { watchRegisters } from './register-accesses.js';

/** The export by which the stack check is told the highest and the lowest address of the stack that is in use. */
export const STACK_LIMITS = '__set_stack_limits';
/** The import that the stack check calls with the stack pointer that would be outside of the limits. */
export const STACK_OVERFLOW = '__handle_stack_overflow';

/** The version of Binaryen that does the work: part of the key of a cache. */
export const binaryenVersion: string = createRequire(import.meta.url)('binaryen/package.json').version;

/**
 * Rewrites a module so that its functions can be suspended inside the named imports and go on later (Binaryen's Asyncify), and so
 * that its C stack has limits; loops that wait for memory to change call {@link POLL}, and accesses to watched registers call the host. Takes
 * 0.2 to 6 seconds, during which nothing else runs in the thread.
 *
 * @param blocking the imports, `module.name` each
 * @param registers those of its board
 * @throws Error when Binaryen does not know the module: the message says what
 *
 * @example
 * ```ts
 * import { makeResumable, stm32u585, type WatchedRegisters } from 'wasmqtt/microvisor';
 *
 * // (module (memory (export "memory") 1) (func (export "main") (result i32) i32.const 0))
 * const start = '0061736d010000000105016000017f030201000503010001071102066d656d6f72790200046d61696e0000';
 * const module = Buffer.from(`${start}0a0601040041000b`, 'hex');
 * const registers: WatchedRegisters | undefined = stm32u585().registers;
 * const resumable = await makeResumable(module, ['env.mv_host_wait'], registers);
 * Buffer.from(resumable).includes('asyncify_start_unwind'); // => true
 * ```
 */
export async function makeResumable(
  bytes: Uint8Array,
  blocking: readonly string[],
  registers?: WatchedRegisters,
): Promise<Uint8Array> {
  const { default: binaryen } = await import('binaryen');
  const rewrite = (input: Uint8Array, work: (module: Binaryen.Module) => void): Uint8Array => {
    const module = binaryen.readBinary(input);
    try {
      const { MVP, BulkMemory, BulkMemoryOpt, SignExt, MutableGlobals, NontrappingFPToInt, Multivalue } =
        binaryen.Features;
      // One by one: with all of them the passes write what Node 20 refuses.
      const integers = MVP | BulkMemory | BulkMemoryOpt | SignExt;
      module.setFeatures(integers | MutableGlobals | NontrappingFPToInt | Multivalue);
      work(module);
      return module.emitBinary();
    } finally {
      module.dispose();
    }
  };
  // These are global to Binaryen, which the builder of a guest may use too.
  binaryen.clearPassArguments();
  binaryen.setPassArgument('asyncify-imports', [...blocking, `env.${POLL}`].join(','));
  binaryen.setPassArgument('stack-check-handler', STACK_OVERFLOW);
  binaryen.setDebugInfo(true);
  binaryen.setOptimizeLevel(1);
  binaryen.setShrinkLevel(0);
  try {
    // In between it is written and read: the stack check gives the calls of its handler a wrong type, which is in no binary.
    const checked = rewrite(bytes, (module) => {
      meterPollingLoops(binaryen, module);
      if (registers) watchRegisters(binaryen, module, registers);
      if (exportInnerParts(binaryen, module)) module.runPasses(['stack-check']);
    });
    return rewrite(checked, (module) => {
      module.runPasses(['asyncify']);
      module.optimize();
    });
  } finally {
    binaryen.clearPassArguments();
  }
}

const STACK_POINTER = '__stack_pointer';
/** The host takes the stacks of coroutines from the guest's own allocator. */
const ALLOCATOR = ['malloc', 'free'];

/**
 * Exports what the host needs, which wasm-ld only does when it is asked to.
 *
 * @returns whether there is a stack pointer
 */
function exportInnerParts(binaryen: typeof Binaryen, module: Binaryen.Module): boolean {
  const infos = <T, I>(count: number, refOf: (index: number) => T, infoOf: (ref: T) => I) =>
    Array.from({ length: count }, (_, index) => infoOf(refOf(index)));
  const exported = new Set(
    infos(module.getNumExports(), (index) => module.getExportByIndex(index), binaryen.getExportInfo).map(
      ({ name }) => name,
    ),
  );
  const globals = infos(module.getNumGlobals(), (index) => module.getGlobalByIndex(index), binaryen.getGlobalInfo);
  // Where a C library has no _start that calls them, wasm-ld lets each export run the constructors and destructors.
  for (const name of exported) {
    if (name === '_start' || !module.getFunction(name) || !module.getFunction(`${name}.command_export`)) continue;
    module.removeExport(name);
    module.addFunctionExport(name, name);
  }
  for (const name of ALLOCATOR) {
    if (!exported.has(name) && module.getFunction(name)) module.addFunctionExport(name, name);
  }
  if (exported.has(STACK_POINTER)) return true;
  if (!globals.some(({ name }) => name === STACK_POINTER)) return false;
  module.addGlobalExport(STACK_POINTER, STACK_POINTER);
  return true;
}
