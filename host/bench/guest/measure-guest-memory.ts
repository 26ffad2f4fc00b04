import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  compileGuest,
  createKernel,
  fileModuleCache,
  type GuestModule,
  loadGuest,
  servedCalls,
  stm32u585,
} from '../../microvisor/index.js';
import { type BrokerResult, brokerResult, limitResult } from '../broker/broker-row.js';
import { usageOf } from '../broker/process-usage.js';

/** What memory is measured of: guests that have begun, or instances of their module whose imports do nothing. */
export type MemoryOf = 'guests' | 'instances';

/** Kilobytes for each of {@link COUNT}. */
export interface MemoryUse {
  /** Of the process. */
  memory: number;
  /** Of JavaScript's heap, which is a part of it. */
  heap: number;
}

const COUNT = 200;
/** So many are made before: they load and compile what all share. */
const FIRST = 10;
/** Kilobytes that one of 200 guests with two tasks has at most. */
const MOST = 350;
/** Milliseconds in which the engine gives back what it has collected. */
const SETTLING = 200;

/**
 * The memory of {@link COUNT} guests of a module, and of as many bare instances of it: each in a process of its own, since memory that
 * one leaves behind is taken by the next. Takes seconds; on Linux.
 *
 * @param file the module
 * @param cli the program `wasmqtt`
 * @throws Error when it cannot be a guest, or a process fails
 */
export async function measureGuestMemory(file: string, cli: string): Promise<BrokerResult[]> {
  const cache = mkdtempSync(join(tmpdir(), 'wasmqtt-bench-'));
  try {
    // What makes it resumable takes more memory than all guests: it is done here.
    await compiled(file, cache);
    const use = async (of: MemoryOf): Promise<MemoryUse> => {
      const args = [
        ...process.execArgv,
        '--expose-gc',
        cli,
        'bench',
        '--guest',
        file,
        '--memory-of',
        of,
        '--cache',
        cache,
      ];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      return JSON.parse(stdout);
    };
    const ours = await use('guests');
    const theirs = await use('instances');
    return [
      brokerResult('guest.memory', 'KB', ours.memory, 'bare instance', theirs.memory, null),
      brokerResult('guest.heap', 'KB', ours.heap, 'bare instance', theirs.heap, null),
      limitResult('guest.memory', 'KB', ours.memory, MOST),
    ];
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

/** Measures this process, which was started with `--expose-gc`. @param cache the folder in which the module was made ready */
export async function memoryOf(of: MemoryOf, file: string, cache: string): Promise<MemoryUse> {
  const module = await compiled(file, cache);
  const make = of === 'guests' ? () => begun(module) : () => instance(module);
  const kept: unknown[] = [];
  for (let count = 0; count < FIRST; count++) kept.push(await make());
  const before = await settled();
  for (let count = 0; count < COUNT; count++) kept.push(await make());
  const after = await settled();
  // All of them are alive until here.
  if (kept.length !== FIRST + COUNT) throw new Error('not all were kept');
  const each = (bytes: number) => bytes / COUNT / 1024;
  return { memory: each(after.memory - before.memory), heap: each(after.heap - before.heap) };
}

const compiled = (file: string, cache: string): Promise<GuestModule> =>
  compileGuest(readFileSync(file), { calls: servedCalls(), board: stm32u585(), cache: fileModuleCache(cache) });

/** A guest that has run until it waits, at the time 0 and without a network. */
async function begun(module: GuestModule) {
  const kernel = createKernel({
    now: () => 0,
    deviceId: `UV${'0'.repeat(32)}`,
    config: { fetch: async () => [] },
    mqttTransport: () => ({ write() {}, end() {}, destroy() {} }),
  });
  const guest = await loadGuest(module, kernel);
  guest.start();
  return guest;
}

interface Wasm {
  instantiate(module: object, imports: object): Promise<object>;
}

function instance({ module, imports }: GuestModule): Promise<object> {
  const given: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name } of imports) {
    given[from] ??= {};
    given[from][name] = nothing;
  }
  return (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly.instantiate(module, given);
}

const nothing = () => 0;

/** What the process has when all that can be collected is. */
async function settled(): Promise<MemoryUse> {
  for (let round = 0; round < 2; round++) {
    globalThis.gc!();
    await pause(SETTLING);
  }
  return { memory: usageOf(process.pid).memory, heap: process.memoryUsage().heapUsed };
}
