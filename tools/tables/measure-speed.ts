import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Result } from '../../host/bench/index.js';
import { PostgresServer } from '../../tests/host/cloud/postgres/postgres-server.js';
import { KafkaCluster } from '../../tests/kafka/kafka-cluster.js';
import { root } from '../root.js';
import { writeBlock } from './blocks.js';
import { generated } from './generated.js';
import { SPEED, speedTable } from './speed-table.js';
import {
  BRIDGE_SPEED,
  BROKER_SPEED,
  CLOUD_SPEED,
  FLEET_SPEED,
  type UsageRow,
  usageSpeedTable,
} from './usage-speed-table.js';

/** Measures with `wasmqtt bench` and writes the table of docs/speed.md, its picture, and what README takes from it. */
export function measureSpeed(options: readonly string[] = []): void {
  const rows = benchRows<Result>(...options);
  writeBlock({ ...SPEED, make: () => speedTable(rows, new Date()) });
  for (const block of generated(['headline', 'speed-plot'])) writeBlock(block);
}

/** Measures with `wasmqtt bench --broker` and writes the table of the broker in docs/speed.md. */
export function measureBrokerSpeed(): void {
  const rows = benchRows<UsageRow>('--broker');
  writeBlock({ ...BROKER_SPEED, make: () => usageSpeedTable(rows, new Date()) });
}

/** Measures with `wasmqtt bench --cloud`, also on a PostgreSQL server of its own, and writes the table of the cloud in docs/speed.md. */
export async function measureCloudSpeed(): Promise<void> {
  const server = await PostgresServer.create();
  try {
    const rows = benchRows<UsageRow>('--cloud', '--store', server.url());
    writeBlock({ ...CLOUD_SPEED, make: () => usageSpeedTable(rows, new Date()) });
  } finally {
    await server.remove();
  }
}

/** Measures with `wasmqtt bench --bridge`, beside a cluster of Kafka of its own, and writes the table of the bridges in docs/speed.md. */
export async function measureBridgeSpeed(): Promise<void> {
  const cluster = await KafkaCluster.create();
  try {
    const pids = cluster.nodes.map((node) => node.pid);
    const rows = benchRows<UsageRow>('--bridge', '--kafka', cluster.brokers.join(), '--kafka-pids', pids.join());
    writeBlock({ ...BRIDGE_SPEED, make: () => usageSpeedTable(rows, new Date()) });
  } finally {
    await cluster.remove();
  }
}

/** The application with two tasks that is measured. */
const TASKS = 'tests/bench/guest';
/** For its virtual day it wakes 110 times a second, 55 for each task. */
const BUSY = ['-D', 'INTERVAL=18', '-D', 'LOG_EACH=55'];

/**
 * Measures with `wasmqtt bench --fleet` and `--day`, the device application and a guest in C, and writes the table of many devices in
 * docs/speed.md.
 */
export function measureFleetSpeed(): void {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-speed-'));
  try {
    const guest = join(folder, 'tasks.wasm');
    const busy = join(folder, 'busy.wasm');
    wasmqtt('build-guest', TASKS, '-o', guest);
    wasmqtt('build-guest', TASKS, '-o', busy, ...BUSY);
    const runs = [['--fleet'], ['--fleet', '--guest', guest], ['--day'], ['--day', '--guest', busy]];
    const rows = runs.flatMap((options) => benchRows<UsageRow>(...options));
    writeBlock({ ...FLEET_SPEED, make: () => usageSpeedTable(rows, new Date()) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function benchRows<Row>(...options: string[]): Row[] {
  const lines = wasmqtt('bench', '--json', ...options)
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}

/** Runs the built command. @returns its output. @throws Error when it fails */
function wasmqtt(command: string, ...args: string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'build/host/cli.js'), command, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`wasmqtt ${command} ended with code ${status}`);
  return stdout;
}
