import { join } from 'node:path';
import { weighed } from '../../broker/engine/message.js';
import { RetainedStore } from '../../broker/engine/routing/retained-store.js';
import { type JournalRecord, LmdbStore } from '../../broker/index.js';
import { median } from '../statistics.js';
import { type BrokerBench, type BrokerResult, type BrokerRow, brokerResult, limitResult } from './broker-row.js';
import { startBrokerProcess } from './brokers.js';
import { usageOf } from './process-usage.js';

const COUNT = 1_000_000;
/** Records of one commit while the store is filled. */
const BATCH = 50_000;
/** Topics that are looked up in one round. */
const LOOK_UPS = 20_000;
const ROUNDS = 11;

/** A million topics of four levels: 100 sites with 100 rooms each, and 100 sensors in a room. */
const topicOf = (n: number) => `site/${n % 100}/${Math.floor(n / 100) % 100}/sensor-${Math.floor(n / 10_000)}`;
const payloadOf = (n: number) => new TextEncoder().encode(`{"value":${n % 1000}}`);

/** A million retained messages: what a start-up with them takes, and one look-up. Ours alone: the targets are figures. */
export const retainedRows: readonly BrokerRow[] = [
  { benches: ['broker.retained.start', 'broker.retained.memory'], measure: measureStart },
  { benches: ['broker.retained.lookup'], measure: async () => measureLookUp() },
];

async function measureStart({ cli, tls, progress }: BrokerBench): Promise<BrokerResult[]> {
  progress('broker.retained.start: filling the store');
  const broker = await startBrokerProcess('wasmqtt', 'durable', cli, tls, fill);
  try {
    const { cpu, memory } = usageOf(broker!.pid);
    return [
      limitResult('broker.retained.start', 's', cpu, 5),
      limitResult('broker.retained.memory', 'MB', memory / 1e6, 1000),
    ];
  } finally {
    await broker!.stop();
  }
}

async function fill(data: string): Promise<void> {
  const store = new LmdbStore({ directory: join(data, 'mosquitto.db.lmdb') });
  for (let first = 0; first < COUNT; first += BATCH) {
    store.write(Array.from({ length: BATCH }, (_, n) => recordOf(first + n)));
    await store.save();
  }
  await store.close();
}

function recordOf(n: number): JournalRecord {
  const topic = topicOf(n);
  return { kind: 'retained', topic, value: { topic, payload: payloadOf(n), qos: 1, retain: true, storedAt: n + 1 } };
}

/** Microseconds of processor time to find the message of one topic, as a new subscription to that topic does. */
function measureLookUp(): BrokerResult[] {
  const store = new RetainedStore(COUNT, Number.POSITIVE_INFINITY);
  const map = new Map<string, unknown>();
  for (let n = 0; n < COUNT; n++) {
    const message = weighed({ topic: topicOf(n), payload: payloadOf(n), qos: 1, retain: true });
    store.set(message, 0);
    map.set(message.topic, message);
  }
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const filters = Array.from({ length: LOOK_UPS }, () => topicOf(Math.floor(Math.random() * COUNT)));
    times.ours.push(timeOf(filters, (filter) => store.match(filter, 0).length === 1));
    times.theirs.push(timeOf(filters, (filter) => map.has(filter)));
  }
  const ours = median(times.ours);
  const bench = 'broker.retained.lookup';
  return [brokerResult(bench, 'us', ours, 'Map', median(times.theirs), null), limitResult(bench, 'us', ours, 5)];
}

/** Microseconds for one. */
function timeOf(filters: readonly string[], isFound: (filter: string) => boolean): number {
  const before = process.cpuUsage();
  for (const filter of filters) if (!isFound(filter)) throw new Error(`there is no retained message of "${filter}"`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / filters.length;
}
