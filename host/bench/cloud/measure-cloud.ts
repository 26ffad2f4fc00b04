import type { Store } from '../../cloud/index.js';
import { type BrokerResult, brokerResult, limitResult } from '../broker/broker-row.js';
import { median } from '../statistics.js';
import { benchValues, type CallCost, type CallMaker, CLIENTS, costOf, reads, writes } from './call-rates.js';
import { CloudProcess } from './cloud-process.js';
import { KeepAliveClient } from './keep-alive-client.js';
import { pageTimes } from './list-pages.js';
import { memoryWithWaiting } from './waiting-devices.js';

/** A store that is measured. */
export interface CloudPlace {
  /** what the names of its rows begin with: `cloud` */
  name: string;
  /** options of `wasmqtt cloud` that lead to it */
  options: readonly string[];
  /** reads a second that are to be reached */
  reads: number;
  /** opens it beside the server */
  open(): Promise<Store>;
}

export interface CloudBench {
  /** the program `wasmqtt` */
  cli: string;
  /** stores, each an empty one; what can be measured by turns is */
  places: readonly CloudPlace[];
  /** only rows whose name contains this */
  filter: string;
  /** called before each part */
  progress(text: string): void;
}

/** Writes a second that are to be reached. */
const WRITES = 2000;
/** Configs of the account, and how many are written in one commit. */
const KEYS = 100_000;
const IN_COMMIT = 1000;
/** Most that a page near the end of the list may take, beside the first one. */
const PAGE_RATIO = 1.25;
/** Devices that wait, and megabytes of the server's memory at most. */
const DEVICES = 10_000;
const WAITING_MEMORY = 300;
/** Milliseconds of a round, and of one before the first: engines compile hot code meanwhile. */
const ROUND = 2000;
const WARM_UP = 3000;
const ROUNDS = 7;

/** A server with its clients. */
interface Serving {
  place: CloudPlace;
  cloud: CloudProcess;
  client: KeepAliveClient;
}

/** The rows of one part, by the end of their names. */
interface Part {
  rows: readonly string[];
  measure(all: readonly Serving[]): Promise<BrokerResult[]>;
}

const PARTS: readonly Part[] = [
  { rows: ['read', 'read.cpu'], measure: (all) => callResults('read', all, readLimit, readsOf) },
  {
    rows: [`write.${CLIENTS}`, `write.${CLIENTS}.cpu`],
    measure: (all) => callResults(`write.${CLIENTS}`, all, () => 1e6 / WRITES, writesOf),
  },
  { rows: ['list'], measure: listResults },
];
const WAITING = 'waiting';

/** Names of all rows of a place. */
export const cloudRows = (place: string): string[] =>
  [...PARTS.flatMap(({ rows }) => rows), WAITING].map((row) => `${place}.${row}`);

/**
 * What calls of the REST API and devices that wait take of `wasmqtt cloud`, a process for each store. Takes two minutes; on Linux.
 *
 * @throws Error when a call fails, or a process
 */
export async function measureCloud({ cli, places, filter, progress }: CloudBench): Promise<BrokerResult[]> {
  const isChosen = (row: string) => places.some(({ name }) => `${name}.${row}`.includes(filter));
  const parts = PARTS.filter(({ rows }) => rows.some(isChosen));
  const results: BrokerResult[] = [];
  if (parts.length > 0) {
    const all: Serving[] = [];
    try {
      for (const place of places) all.push(await startFilled(cli, place, progress));
      for (const part of parts) {
        progress(part.rows[0]);
        results.push(...(await part.measure(all)));
      }
    } finally {
      for (const serving of all) await stop(serving);
    }
  }
  if (isChosen(WAITING)) for (const place of places) results.push(await waitingResult(cli, place, progress));
  return results.filter(({ bench }) => bench.includes(filter));
}

async function start(cli: string, place: CloudPlace): Promise<Serving> {
  const cloud = await CloudProcess.start(cli, place.options);
  return { place, cloud, client: new KeepAliveClient(cloud.url) };
}

async function stop({ cloud, client }: Serving): Promise<void> {
  client.close();
  await cloud.stop();
}

async function startFilled(cli: string, place: CloudPlace, progress: (text: string) => void): Promise<Serving> {
  const serving = await start(cli, place);
  progress(`${place.name}: ${KEYS} keys`);
  try {
    await withStore(place, (store) => fill(store, serving.cloud.accountSid));
    return serving;
  } catch (error) {
    await stop(serving);
    throw error;
  }
}

async function fill(store: Store, accountSid: string): Promise<void> {
  const all = [...benchValues(KEYS)];
  const values = store.values(accountSid);
  for (let at = 0; at < KEYS; at += IN_COMMIT) {
    const some = all.slice(at, at + IN_COMMIT);
    await values.write(some.map((value) => ({ op: 'set', scope: { kind: 'account' }, store: 'configs', ...value })));
  }
}

async function withStore<T>(place: CloudPlace, action: (store: Store) => Promise<T>): Promise<T> {
  const store = await place.open();
  try {
    return await action(store);
  } finally {
    await store.close();
  }
}

const readLimit = ({ place }: Serving) => 1e6 / place.reads;
const readsOf = ({ cloud, client }: Serving) => reads(cloud, client, KEYS);
const writesOf = ({ cloud, client }: Serving) => writes(cloud, client);

/** Rounds of the stores by turns, and medians. */
async function callResults(
  row: string,
  all: readonly Serving[],
  limitOf: (serving: Serving) => number,
  callsOf: (serving: Serving) => CallMaker,
): Promise<BrokerResult[]> {
  const runs = all.map((serving) => ({ serving, make: callsOf(serving), costs: [] as CallCost[] }));
  for (const { serving, make } of runs) await costOf(serving.cloud, make, WARM_UP);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { serving, make, costs } of runs) costs.push(await costOf(serving.cloud, make, ROUND));
  }
  return runs.flatMap(({ serving, costs }) => {
    const [bench, limit] = [`${serving.place.name}.${row}`, limitOf(serving)];
    return [
      limitResult(bench, 'us', median(costs.map(({ clock }) => clock)), limit),
      limitResult(`${bench}.cpu`, 'us', median(costs.map(({ cpu }) => cpu)), limit),
    ];
  });
}

async function listResults(all: readonly Serving[]): Promise<BrokerResult[]> {
  const results: BrokerResult[] = [];
  for (const { place, cloud, client } of all) {
    const { first, last } = await pageTimes(cloud, client);
    results.push(brokerResult(`${place.name}.list`, 'ms', last, 'first page', first, PAGE_RATIO));
  }
  return results;
}

/** In a process of its own: it has served nothing else. */
async function waitingResult(cli: string, place: CloudPlace, progress: (text: string) => void): Promise<BrokerResult> {
  const serving = await start(cli, place);
  try {
    const { cloud } = serving;
    progress(`${place.name}: keys of ${DEVICES} devices`);
    const keys = await withStore(place, (store) => deviceKeys(store, cloud.accountSid, DEVICES));
    progress(`${place.name}.${WAITING}`);
    const memory = await memoryWithWaiting(cloud, keys);
    return limitResult(`${place.name}.${WAITING}`, 'MB', memory / 1024 / 1024, WAITING_MEMORY);
  } finally {
    await stop(serving);
  }
}

/** A key of each of so many devices. */
export async function deviceKeys(store: Store, accountSid: string, count: number): Promise<string[]> {
  const keys: string[] = [];
  for (let at = 0; at < count; at += IN_COMMIT) {
    const some = Array.from({ length: Math.min(IN_COMMIT, count - at) }, (_, index) => {
      const sid = `UV${(at + index).toString(16).padStart(32, '0')}`;
      return store.deviceKeys(accountSid).create(sid);
    });
    keys.push(...(await Promise.all(some)).map(({ key }) => key));
  }
  return keys;
}
