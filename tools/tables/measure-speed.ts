import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../root.js';
import { writeBlock } from './blocks.js';
import { BROKER_SPEED, type BrokerBenchRow, brokerSpeedTable } from './broker-speed-table.js';
import { generated } from './generated.js';
import { type BenchRow, SPEED, speedTable } from './speed-table.js';

/** Measures with `wasmqtt bench` and writes the table of docs/speed.md and what README takes from it. */
export function measureSpeed(): void {
  const rows = benchRows<BenchRow>();
  writeBlock({ ...SPEED, make: () => speedTable(rows, new Date()) });
  for (const block of generated(['headline'])) writeBlock(block);
}

/** Measures with `wasmqtt bench --broker` and writes the table of the broker in docs/speed.md. */
export function measureBrokerSpeed(): void {
  const rows = benchRows<BrokerBenchRow>('--broker');
  writeBlock({ ...BROKER_SPEED, make: () => brokerSpeedTable(rows, new Date()) });
}

function benchRows<Row>(...options: string[]): Row[] {
  const bench = spawnSync(process.execPath, [join(root, 'build/host/cli.js'), 'bench', '--json', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (bench.status !== 0) throw new Error(`wasmqtt bench ended with code ${bench.status}`);
  const lines = bench.stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}
