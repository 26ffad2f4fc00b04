import { interruptHandlers } from '../../../../build/abi/microvisor.js';
import { STACK_OVERFLOW } from '../blocking/make-resumable.js';
import { i32s, type Offers, signatureText } from '../host-function.js';
import type { ImportShape, ModuleShape, Signature } from './module-shape.js';
import { PAGE } from './webassembly.js';

export type GuestKind = 'reactive' | 'blocking';

/** Where a blocking guest begins, the first that it exports: wasi-libc's `_start`, or what wasi-libc makes of `main`, or `main` itself. */
export const ENTRIES: readonly string[] = ['_start', '__main_void', 'main', '__main_argc_argv'];

/** What the host calls, with the signature that it has to have. */
const HANDLERS: Readonly<Record<string, Signature>> = {
  mv_app_start: i32s(0, 0),
  mv_app_timer: i32s(0, 0),
  mv_irq: i32s(1, 0),
  _initialize: i32s(0, 0),
  __wasm_call_ctors: i32s(0, 0),
  _start: i32s(0, 0),
  ...Object.fromEntries(Object.values(interruptHandlers).map((name) => [name, i32s(0, 0)])),
};

/** A guest that exports `mv_app_start` is reactive. */
export const kindOf = ({ functions }: ModuleShape): GuestKind =>
  functions.has('mv_app_start') || !ENTRIES.some((name) => functions.has(name)) ? 'reactive' : 'blocking';

/**
 * Everything that keeps a module from being a guest; empty when nothing does.
 *
 * @param pages the most pages of memory that a guest may have
 */
export function problemsOf(shape: ModuleShape, hasMemory: boolean, offers: Offers, pages: number): string[] {
  return [
    ...shape.imports.flatMap((found) => importProblem(found, offers)),
    ...memoryProblems(shape, hasMemory, pages),
    ...exportProblems(shape),
  ];
}

function importProblem({ module, name, kind, signature }: ImportShape, offers: Offers): string[] {
  const offer = offers.get(`${module}.${name}`);
  if (kind !== 'function' || !signature || !offer) {
    return [`it imports the ${kind} ${module}.${name}, which is not offered`];
  }
  const [wanted, offered] = [signatureText(signature), signatureText(offer.signature)];
  return wanted === offered ? [] : [`it imports ${module}.${name} as ${wanted}, which is offered as ${offered}`];
}

function memoryProblems({ memories }: ModuleShape, hasMemory: boolean, pages: number): string[] {
  if (!hasMemory) return ['it does not export its memory as "memory"'];
  if (memories.length !== 1) return [`it has ${memories.length} memories of its own, and a guest has one`];
  const [{ initial, shared }] = memories;
  const kib = (count: number) => `${(count * PAGE) / 1024} KiB`;
  const found = shared ? ['its memory is shared between threads, of which a guest has one'] : [];
  return initial > pages ? [...found, `it begins with ${kib(initial)} of memory, and may have ${kib(pages)}`] : found;
}

function exportProblems(shape: ModuleShape): string[] {
  const { functions, imports } = shape;
  const found: string[] = [];
  for (const [name, signature] of functions) {
    const wanted = HANDLERS[name];
    if (wanted && signatureText(signature) !== signatureText(wanted)) {
      found.push(`it exports ${name} as ${signatureText(signature)}, which is called as ${signatureText(wanted)}`);
    }
    if (name.startsWith('asyncify_') || name === STACK_OVERFLOW) found.push(`it exports ${name}, which the host adds`);
  }
  if (!functions.has('mv_app_start') && kindOf(shape) === 'reactive') {
    found.push(`it exports neither the function mv_app_start nor one of ${ENTRIES.join(', ')}`);
  }
  const uses = (name: string) => imports.some((one) => one.module === 'env' && one.name === name);
  if (uses('mv_host_timer') && !functions.has('mv_app_timer')) {
    found.push('it imports env.mv_host_timer, but does not export the function mv_app_timer');
  }
  if (uses('mv_host_wait') && kindOf(shape) === 'reactive') {
    found.push('it imports env.mv_host_wait, but exports mv_app_start: a guest either waits or returns');
  }
  return found;
}
