import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MOST_WASM_MEMORIES } from '../../node/wasm-memories.js';
import { type BrokerResult, limitResult } from '../broker/broker-row.js';
import { type ProcessUsage, usageOf } from '../broker/process-usage.js';
import { countMemories } from './count-memories.js';
import { type FleetLoad, FleetProcess } from './fleet-process.js';

/** Devices that are measured, what each of them takes at most (KB), and all of them (processors). */
const REACTIVE = { devices: 1000, memory: 250, cpu: 0.5 };
/** Guests in C with two tasks. */
const BLOCKING = { devices: 200, memory: 350, cpu: null };
/** Devices of the process that is taken off: it has loaded all that devices share. */
const FEW = 10;
/** Messages that a device sends in a second; a busy machine makes it fewer, and down to this part of them the processor time is scaled. */
const RATE = 1;
const LEAST_RATE = 0.7;
/** Milliseconds from the last connection until the measurement, and of the measurement. */
const SETTLING = 20_000;
const MEASURING = 20_000;

/**
 * What devices take in `wasmqtt run`: each publishes once a second over mutual TLS to the broker in the same process, which is measured with
 * them. Takes two minutes; on Linux.
 *
 * @param cli the program `wasmqtt`
 * @param guest another guest than the device application: less devices, and no limit for the processor
 * @param progress called before each run
 * @throws Error when the devices do not connect or publish, or a process fails
 */
export async function measureFleet(
  cli: string,
  guest: string | undefined,
  progress: (text: string) => void,
): Promise<BrokerResult[]> {
  const data = mkdtempSync(join(tmpdir(), 'wasmqtt-bench-'));
  try {
    return await measureWith(data, cli, guest, progress);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function measureWith(
  data: string,
  cli: string,
  guest: string | undefined,
  progress: (text: string) => void,
): Promise<BrokerResult[]> {
  const load = guest === undefined ? REACTIVE : BLOCKING;
  const use = async (devices: number): Promise<ProcessUsage> => {
    progress(`fleet.memory ${devices} devices`);
    return await usageWith(cli, { devices, guest, data });
  };
  // What makes a guest resumable takes more memory than the guests: it is done before.
  if (guest !== undefined) await (await FleetProcess.start(cli, { devices: 1, guest, data })).stop();
  const few = await use(FEW);
  const many = await use(load.devices);
  const each = (many.memory - few.memory) / 1024 / (load.devices - FEW);
  const name = guest === undefined ? 'fleet' : 'fleet.guest';
  const memory = limitResult(`${name}.memory`, 'KB', each, load.memory);
  if (load.cpu === null) return [memory];
  progress('fleet.memories');
  return [
    limitResult(`${name}.cpu`, 'core', many.cpu, load.cpu),
    memory,
    limitResult(`${name}.memories`, '', MOST_WASM_MEMORIES, countMemories()),
  ];
}

/** The usage of the process in a second, with so many devices. */
async function usageWith(cli: string, load: FleetLoad): Promise<ProcessUsage> {
  const { devices, guest } = load;
  const fleet = await FleetProcess.start(cli, load);
  try {
    await pause(SETTLING);
    const [before, begun, published] = [usageOf(fleet.pid), performance.now(), fleet.count('published')];
    await pause(MEASURING);
    const after = usageOf(fleet.pid);
    const seconds = (performance.now() - begun) / 1000;
    const cpu = (after.cpu - before.cpu) / seconds;
    if (guest !== undefined) return { cpu, memory: after.memory };
    const rate = (fleet.count('published') - published) / seconds / devices;
    if (rate < LEAST_RATE) throw new Error(`${devices} devices published ${rate.toFixed(2)} messages a second each`);
    return { cpu: (cpu * RATE) / rate, memory: after.memory };
  } finally {
    await fleet.stop();
  }
}
