import type { SystemCallName } from '../../../build/abi/microvisor.js';
import { binaryenVersion, makeResumable } from './blocking/make-resumable.js';
import { POLL } from './blocking/polling-loops.js';
import type { BoardModel } from './board-port.js';
import { GuestError } from './guest-error.js';
import type { GuestImport, Offers } from './host-function.js';
import { type GuestKind, kindOf, problemsOf } from './module/guest-problems.js';
import { limitMemory } from './module/limit-memory.js';
import { type ModuleShape, readModuleShape } from './module/module-shape.js';
import { PAGE, type WasmModule, wasm } from './module/webassembly.js';
import { offersOf } from './offers.js';

/** Keeps what is costly to make of a module. */
export interface ModuleCache {
  /** @param key what the bytes were made of: modules, options and versions */
  get(key: readonly (string | Uint8Array)[]): Uint8Array | undefined;
  /** Keeps bytes, if it can. */
  set(key: readonly (string | Uint8Array)[], bytes: Uint8Array): void;
}

/** Makes a module resumable: {@link makeResumable}, or one that does so in another thread. */
export type Rewrite = typeof makeResumable;

/** Changes when modules are rewritten otherwise than before: part of the key of a cache. */
const REWRITING = '3';

export interface CompileOptions {
  /** The system calls that the kernels of its guests serve. */
  calls: readonly SystemCallName[];
  board?: BoardModel;
  /** Bytes of memory that a guest has at most (default 16 MiB). A module that says less keeps its own maximum. */
  memoryLimit?: number;
  cache?: ModuleCache;
  /** Makes a blocking guest resumable; default: in this thread, which does nothing else for 0.2 to 9 seconds. */
  rewrite?: Rewrite;
}

export const DEFAULT_MEMORY_LIMIT = 16 * 1024 * 1024;

/** A module that can be a guest, of as many devices as you like. */
export interface GuestModule {
  readonly kind: GuestKind;
  readonly module: WasmModule;
  /** What each of its guests has to be given. */
  readonly imports: readonly GuestImport[];
  readonly board: BoardModel | undefined;
}

/**
 * Compiles a module and checks that it can be a guest; a blocking one is made resumable first. Nothing of it has run.
 *
 * @throws GuestError with the complete list of what is wrong: imports that are not offered, or offered otherwise, exports that are
 *   missing, or have another signature, and memory
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { type CompileOptions, compileGuest, createDevice, fileModuleCache, makeResumable } from 'wasmqtt/microvisor';
 * import { type GuestModule, type ModuleCache, type Rewrite, servedCalls } from 'wasmqtt/microvisor';
 *
 * const cache: ModuleCache = fileModuleCache('modules');
 * const rewrite: Rewrite = makeResumable;
 * const options: CompileOptions = { calls: servedCalls(), memoryLimit: 1024 * 1024, cache, rewrite };
 * const guest: GuestModule = await compileGuest(readFileSync(modulePath('app.wasm')), options);
 * guest.kind; // => 'reactive'
 * // Compiled once, run by many.
 * const devices = await Promise.all([createDevice({ guest }), createDevice({ guest })]);
 * for (const device of devices) await device.stop();
 * ```
 */
export async function compileGuest(bytes: Uint8Array, options: CompileOptions): Promise<GuestModule> {
  const { calls, board, memoryLimit = DEFAULT_MEMORY_LIMIT } = options;
  const given = await compile(bytes);
  const offers = offersOf(calls, board);
  const shape = shapeOf(bytes);
  const pages = Math.floor(memoryLimit / PAGE);
  const hasMemory = wasm.Module.exports(given).some(({ name, kind }) => name === 'memory' && kind === 'memory');
  const found = problemsOf(shape, hasMemory, offers, pages);
  if (found.length > 0) throw cannotBe(found);
  const kind = kindOf(shape);
  const limited = limitMemory(bytes, shape.memories[0], pages);
  const ready = kind === 'blocking' ? await resumable(limited, shape, offers, options) : limited;
  const module = ready === bytes ? given : await compile(ready);
  return { kind, module, imports: importsOf(module, offers), board };
}

/** What was added when it was made resumable is not offered. */
function importsOf(module: WasmModule, offers: Offers): GuestImport[] {
  return wasm.Module.imports(module).map(({ module: from, name }) => {
    const added = name === POLL ? 'spinning' : 'plain';
    return { module: from, name, kind: offers.get(`${from}.${name}`)?.kind ?? added };
  });
}

async function compile(bytes: Uint8Array): Promise<WasmModule> {
  try {
    return await wasm.compile(bytes);
  } catch (error) {
    throw new GuestError(`the guest is not a WebAssembly module: ${(error as Error).message}`);
  }
}

function shapeOf(bytes: Uint8Array): ModuleShape {
  try {
    return readModuleShape(bytes);
  } catch (error) {
    throw cannotBe([(error as Error).message]);
  }
}

function cannotBe(found: readonly string[]): GuestError {
  return new GuestError(`the module cannot be a guest:\n- ${found.join('\n- ')}`);
}

async function resumable(
  bytes: Uint8Array,
  { imports }: ModuleShape,
  offers: Offers,
  { board, cache, rewrite = makeResumable }: CompileOptions,
): Promise<Uint8Array> {
  const names = new Set(imports.map(({ module, name }) => `${module}.${name}`));
  const blocking = [...names].filter((name) => offers.get(name)?.kind !== 'plain').sort();
  const key = [bytes, binaryenVersion, REWRITING, JSON.stringify(board?.registers ?? null), ...blocking];
  const kept = cache?.get(key);
  if (kept) return kept;
  try {
    const made = await rewrite(bytes, blocking, board?.registers);
    cache?.set(key, made);
    return made;
  } catch (error) {
    throw cannotBe([`it cannot be made resumable: ${(error as Error).message ?? error}`]);
  }
}
