import { describe, expect, it } from 'vitest';
import { type JournalRecord, MemoryStore } from '../../../../../host/broker/index.js';
import { encodePacket } from '../../../../../host/core/index.js';
import { type TestClient, text } from '../../world.js';
import { turnsOf } from '../turns/turns.js';
import { DurableWorld } from './durable-world.js';

const limits = { unstoredBytes: 20_000 };
const MESSAGE = 'x'.repeat(500);

/** A store that knows how much it has been handed and not committed, and how often it was asked to hurry. */
class WeighingStore extends MemoryStore {
  payloads = 0;
  hurries = 0;

  override write(records: readonly JournalRecord[]): void {
    for (const record of records) if (record.kind === 'message' && record.value) this.payloads++;
    super.write(records);
  }

  override commit(count?: number): void {
    this.payloads = 0;
    super.commit(count);
  }

  override hurry(): void {
    this.hurries++;
  }
}

function setUp() {
  const store = new WeighingStore();
  const reading: string[] = [];
  const world = new DurableWorld(store, {
    limits,
    wrap: (transport) => ({
      ...transport,
      pause: (id) => reading.push(`pause ${id}`),
      resume: (id) => reading.push(`resume ${id}`),
    }),
  });
  world.subscriber('a', 1, 'subscriber').drop();
  world.store.commit();
  const writer = world.connect({ clientId: 'writer', keepAlive: 10 });
  store.hurries = 0;
  return { world, store, reading, writer };
}

/** Messages in one piece, as the network may bring them. */
function flood(writer: TestClient, count: number, first = 1): void {
  const packets = Array.from({ length: count }, (_, n) => {
    const packetId = first + n;
    const packet = { topic: 'a', payload: text(MESSAGE), qos: 1, retain: false, dup: false, packetId } as const;
    return encodePacket({ type: 'publish', ...packet }, 4);
  });
  writer.raw(Buffer.concat(packets));
}

const acknowledged = (writer: TestClient) =>
  writer.received.flatMap((packet) => (packet.type === 'puback' ? [packet.packetId] : []));

describe('while the disk stalls', () => {
  it('a client that writes is not read from past the limit, and goes on as commits come', () => {
    const { world, store, reading, writer } = setUp();
    flood(writer, 1000);
    expect(reading).toEqual([`pause ${writer.id}`]);
    const most = limits.unstoredBytes / MESSAGE.length;
    for (let commits = 0; store.pending > 0; commits++) {
      expect(store.payloads).toBeLessThanOrEqual(most);
      expect(commits).toBeLessThan(1000);
      store.commit();
      turnsOf(world);
    }
    expect(acknowledged(writer)).toEqual(Array.from({ length: 1000 }, (_, n) => n + 1));
    expect(reading.at(-1)).toBe(`resume ${writer.id}`);
  });

  it('goes on when half of it is stored, not at each commit', () => {
    const { world, store, reading, writer } = setUp();
    // Each a write of its own.
    for (let n = 1; reading.length === 0; n++) flood(writer, 1, n);
    const writes = store.pending;
    store.commit(Math.floor(writes / 3));
    turnsOf(world);
    expect(reading).toHaveLength(1);
    store.commit(Math.ceil(writes / 3));
    turnsOf(world);
    expect(reading).toEqual([`pause ${writer.id}`, `resume ${writer.id}`]);
  });

  it('clients that change nothing are served', () => {
    const { world, reading, writer } = setUp();
    const reader = world.connect({ clientId: 'reader' });
    reader.subscribe('b');
    const other = world.connect({ clientId: 'other' });
    flood(writer, 1000);
    for (let n = 0; n < 100; n++) other.publish('b', `${n}`);
    other.send({ type: 'pingreq' });
    expect(other.received.map(({ type }) => type)).toEqual(['pingresp']);
    expect(reader.messages()).toHaveLength(100);
    expect(reading).toEqual([`pause ${writer.id}`]);
  });

  it('answers that wait behind a message count too: PINGREQ without end', () => {
    const { store, reading, writer } = setUp();
    flood(writer, 1);
    const ping = encodePacket({ type: 'pingreq' }, 4);
    writer.raw(Buffer.concat(Array(10_000).fill(ping)));
    expect(reading).toEqual([`pause ${writer.id}`]);
    expect(store.pending).toBe(1);
  });

  it('a retained message of QoS 0 counts, whoever publishes it', () => {
    const { world, store, reading } = setUp();
    const writer = world.connect({ clientId: 'passing' });
    for (let n = 0; n < 1000 && reading.length === 0; n++) writer.publish(`r/${n}`, MESSAGE, { retain: true });
    expect(reading).toEqual([`pause ${writer.id}`]);
    store.commit();
    turnsOf(world);
    expect(reading.at(-1)).toBe(`resume ${writer.id}`);
    expect([...store.load()].filter(({ kind }) => kind === 'retained').length).toBeGreaterThan(10);
  });

  it('who is not read from is not cut off for its silence', () => {
    const { world, store, writer } = setUp();
    flood(writer, 1000);
    world.advance(600_000);
    expect(writer.isClosed).toBe(false);
    while (store.pending > 0) {
      store.commit();
      turnsOf(world);
    }
    expect(acknowledged(writer)).toHaveLength(1000);
    world.advance(20_000);
    expect(writer.isClosed).toBe(true);
  });

  it('one that has gone meanwhile is forgotten, and the next one goes on', () => {
    const { world, store, reading, writer } = setUp();
    flood(writer, 1000);
    const second = world.begin({ clientId: 'second' });
    flood(second, 1);
    writer.drop();
    while (store.pending > 0) {
      store.commit();
      turnsOf(world);
    }
    expect(acknowledged(second)).toEqual([1]);
    expect(reading.at(-1)).toBe(`resume ${second.id}`);
    expect(world.eventsOf('failed')).toEqual([]);
  });

  it('a journal that commits now and then is asked to hurry', () => {
    const { store, writer } = setUp();
    flood(writer, 1);
    expect(store.hurries).toBe(0);
    flood(writer, 1000, 2);
    expect(store.hurries).toBeGreaterThan(0);
  });

  it('when the disk is full after all, nobody waits any more', () => {
    const { world, store, reading, writer } = setUp();
    const passing = world.begin({ clientId: 'passing' });
    store.commit();
    for (let n = 0; n < 1000 && reading.length === 0; n++) passing.publish(`r/${n}`, MESSAGE, { retain: true });
    flood(writer, 1);
    store.fail();
    turnsOf(world);
    expect(reading.filter((what) => what.startsWith('resume'))).toContain(`resume ${passing.id}`);
    passing.received.length = 0;
    passing.send({ type: 'pingreq' });
    expect(passing.next('pingresp')).toBeDefined();
    expect(writer.isClosed).toBe(true);
  });
});
