import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BrokerOptions, createBroker, LmdbStore, refuse } from '../../../../host/broker/index.js';
import { Client } from '../listeners/client.js';
import { makePair } from '../listeners/stream-pair.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wasmqtt-broker-store-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const start = (options: BrokerOptions = {}) => createBroker({ store: new LmdbStore({ directory }), ...options });

describe('a broker with a store', () => {
  it('has its sessions, queued and retained messages again, and closes the store at its end', async () => {
    const lasting = { clientId: 'c', cleanStart: false, properties: { sessionExpiryInterval: 3600 } };
    const before = await start();
    const [stream, ours] = makePair();
    before.attach(ours);
    const first = new Client(stream);
    await first.connect(lasting);
    await first.subscribe('a', 1);
    before.publish('kept', 'r', { retain: true });
    await before.close();
    before.publish('a', 'lost: the broker has ended');

    const after = await start();
    after.publish('a', 'queued', { qos: 1 });
    const [again, theirs] = makePair();
    after.attach(theirs);
    const second = new Client(again);
    expect(await second.connect(lasting)).toMatchObject({ sessionPresent: true });
    expect(Buffer.from((await second.next('publish')).payload).toString()).toBe('queued');
    expect(after.engine.counts.retained).toBe(1);
    await after.close();
  });

  it('commits before the end of the interval when much waits, so that its clients go on', async () => {
    let committed = () => {};
    const commit = new Promise<void>((resolve) => (committed = resolve));
    const options = {
      directory,
      persistence: 'interval',
      interval: 2_000_000_000,
      onCommit: () => committed(),
    } as const;
    const broker = await createBroker({ store: new LmdbStore(options), limits: { unstoredBytes: 10_000 } });
    const client = await broker.local.connect();
    for (let n = 0; n < 100; n++) await client.publish(`a/${n}`, 'x'.repeat(1000), { qos: 1, retain: true });
    await commit;
    expect(broker.engine.counts.retained).toBe(100);
    await broker.close();
  });

  it('is not left running, nor its store open, when it cannot start', async () => {
    const listeners = [{ protocol: 'mqtt', host: '0.0.0.0' }] as const;
    await expect(start({ listeners })).rejects.toMatchObject({ code: 'options' });
    await expect(start({ limits: { receiveMaximum: 0 } })).rejects.toMatchObject({ code: 'options' });
    const broker = await start({ rules: { connect: () => refuse('no') } });
    await broker.close();
  });
});
