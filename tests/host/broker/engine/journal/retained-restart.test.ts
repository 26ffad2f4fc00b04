import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../../host/broker/index.js';
import { type TestClient, textOf } from '../../world.js';
import { makeRandom } from '../robustness/random.js';
import { DurableWorld } from './durable-world.js';

const limits = { inflightMessages: 2 };
const kindsOf = (world: DurableWorld) => [...world.store.load()].map(({ kind }) => kind);
const replaysOf = (world: DurableWorld) => kindsOf(world).filter((kind) => kind === 'replay').length;

/** Retained messages of all QoS in turn, and a client that subscribes to them. */
function setUp(count: number, topicFilter = 'r/#') {
  const world = new DurableWorld(undefined, { limits });
  for (let n = 0; n < count; n++) {
    world.engine.publish(`r/${n}`, `${n}`, { qos: (n % 3) as 0 | 1 | 2, retain: true });
  }
  const client = world.lasting();
  client.send({ type: 'subscribe', packetId: 65_000, subscriptions: [{ topicFilter, qos: 2 }] });
  world.store.commit();
  client.next('suback');
  return { world, client };
}

/** A client that keeps what it gets, QoS 2 once, and acknowledges a number of packets. */
class Reader {
  readonly seen: string[] = [];
  readonly #ids = new Set<number>();

  read(world: DurableWorld, client: TestClient, packets = Number.POSITIVE_INFINITY): void {
    for (let count = 0; count < packets; count++) {
      if (!this.take(client)) return;
      world.store.commit();
    }
  }

  /** Takes one packet. False when there is none. */
  take(client: TestClient): boolean {
    const packet = client.received.shift();
    if (packet?.type === 'publish') {
      const { packetId = 0, qos, topic } = packet;
      if (!this.#ids.has(packetId)) this.seen.push(`${topic}=${textOf(packet)}`);
      if (qos === 2) this.#ids.add(packetId);
      if (qos > 0) client.send({ type: qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode: 0 });
    } else if (packet?.type === 'pubrel') {
      this.#ids.delete(packet.packetId);
      client.send({ type: 'pubcomp', packetId: packet.packetId, reasonCode: 0 });
    } else if (packet && packet.type !== 'connack') throw new Error(`got ${packet.type}`);
    return packet !== undefined;
  }

  countOf(topic: string): number {
    return this.seen.filter((message) => message.startsWith(`${topic}=`)).length;
  }
}

describe('retained messages that are still to come', () => {
  it.each([0, 1, 7, 40, 300])('go on after a crash, each of QoS 2 once (after %i)', (packets) => {
    const { world, client } = setUp(240);
    const reader = new Reader();
    reader.read(world, client, packets);
    const next = world.crash(0, { limits });
    reader.read(next, next.lasting());
    for (let n = 0; n < 240; n++) {
      const count = reader.countOf(`r/${n}`);
      if (n % 3 === 1) expect(count, `QoS 1: r/${n}`).toBeGreaterThanOrEqual(1);
      if (n % 3 === 2) expect(count, `QoS 2: r/${n}`).toBe(1);
      if (n % 3 === 0) expect(count, `QoS 0: r/${n}`).toBeLessThanOrEqual(1);
    }
    // Only what was in the window may have come twice.
    expect(reader.seen.length - new Set(reader.seen).size).toBeLessThanOrEqual(limits.inflightMessages);
    expect(replaysOf(next)).toBe(0);
  });

  it('go on however often the broker crashes, and whatever is published meanwhile comes once', () => {
    let { world, client } = setUp(90);
    const reader = new Reader();
    for (let round = 0; round < 8; round++) {
      reader.read(world, client, 12);
      world.engine.publish(`r/${round * 10}`, 'newer', { qos: 2, retain: true });
      world.engine.publish(`r/new${round}`, 'x', { qos: 2, retain: true });
      world.engine.publish(`r/${round * 10 + 5}`, '', { retain: true });
      world.store.commit();
      world = world.crash(0, { limits });
      client = world.lasting();
    }
    reader.read(world, client);
    for (let round = 0; round < 8; round++) {
      expect(reader.seen.filter((message) => message === `r/${round * 10}=newer`)).toHaveLength(1);
      expect(reader.countOf(`r/new${round}`)).toBe(1);
    }
    for (let n = 2; n < 90; n += 3) {
      // Gone before it came, or replaced: then the newer one has come.
      if (n % 10 !== 5) expect(reader.countOf(`r/${n}`), `r/${n}`).toBeGreaterThanOrEqual(1);
      expect(reader.seen.filter((message) => message === `r/${n}=${n}`).length).toBeLessThanOrEqual(1);
    }
  });

  it.each(Array.from({ length: 20 }, (_, index) => 500 + index))(
    'go on after crashes at any commit (seed %i)',
    (seed) => {
      const { below } = makeRandom(seed);
      let { world, client } = setUp(120);
      const reader = new Reader();
      for (let step = 0; step < 600; step++) {
        const action = below(100);
        if (action < 60) reader.take(client);
        else if (action < 97) world.store.commit(below(world.store.pending + 1));
        else {
          world = world.crash(0, { limits });
          client = world.begin({ cleanStart: false });
        }
      }
      for (let idle = false; !idle; ) {
        world.store.commit();
        idle = !reader.take(client) && world.store.pending === 0;
      }
      for (let n = 0; n < 120; n++) {
        if (n % 3 === 1) expect(reader.countOf(`r/${n}`), `QoS 1: r/${n}`).toBeGreaterThanOrEqual(1);
        if (n % 3 === 2) expect(reader.countOf(`r/${n}`), `QoS 2: r/${n}`).toBe(1);
      }
      expect(replaysOf(world)).toBe(0);
    },
  );

  it('are those from before the subscription, also when the last of them is gone at the restart', () => {
    const { world } = setUp(40);
    for (const n of [37, 38, 39]) world.engine.publish(`r/${n}`, '', { retain: true });
    world.store.commit();
    const next = world.crash(0, { limits });
    for (const n of [1, 2]) next.engine.publish(`r/late${n}`, 'x', { qos: 2, retain: true });
    const reader = new Reader();
    reader.read(next, next.lasting());
    for (const n of [1, 2]) expect(reader.countOf(`r/late${n}`)).toBe(1);
    expect(reader.countOf('r/35')).toBe(1);
  });

  it('leave no record when they fit into the window', () => {
    const { world, client } = setUp(2, 'r/1');
    expect(client.next('publish').topic).toBe('r/1');
    expect(replaysOf(world)).toBe(0);
  });

  it('leave no record when all of them are sent', () => {
    const { world, client } = setUp(900);
    new Reader().read(world, client, 800);
    expect(replaysOf(world)).toBeGreaterThan(1);
    new Reader().read(world, client);
    expect(replaysOf(world)).toBe(0);
  });

  it.each(['UNSUBSCRIBE', 'a clean start', 'a subscription of QoS 0'])('leave no record after %s', (what) => {
    const { world, client } = setUp(40);
    expect(replaysOf(world)).toBe(1);
    const subscriptions = [{ topicFilter: 'r/#', qos: 0 as const }];
    if (what === 'UNSUBSCRIBE') client.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['r/#'] });
    else if (what === 'a clean start') world.connect({ clientId: 'client', cleanStart: true });
    else client.send({ type: 'subscribe', packetId: 9, subscriptions });
    world.store.commit();
    expect(replaysOf(world)).toBe(0);
  });

  it('do not come any more after UNSUBSCRIBE and a new subscription that wants none (3.10.4-2)', () => {
    const { world, client } = setUp(40);
    const own = { topicFilter: 'r/#', qos: 2 as const, retainHandling: 2 as const };
    const [first, second] = client.received.splice(0).filter((packet) => packet.type === 'publish' && packet.qos > 0);
    client.drop();
    const back = world.lasting('client', { protocolVersion: 5 });
    back.received.length = 0;
    back.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['r/#'] });
    back.send({ type: 'subscribe', packetId: 10, subscriptions: [own] });
    for (const packet of [first, second]) {
      const { packetId, qos } = packet as { packetId: number; qos: number };
      back.send({ type: qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode: 0 });
    }
    world.store.commit();
    expect(back.received.map(({ type }) => type)).not.toContain('publish');
  });
});

describe('the source of a retained message', () => {
  let allow = true;
  const rules = {
    publish: (client: { userName?: string }) => {
      const isKnown = client.userName === 'ada';
      return allow && isKnown ? { allow } : ({ allow: false, reasonCode: 0x87, reason: 'no', effect: 'drop' } as never);
    },
  };
  const listener = { name: 'inner', rules, settings: { checkRetainSource: true } };

  function publish(world: DurableWorld, topics: readonly string[], payload = 'x'): void {
    const client = world.open(4, { listener });
    const about = { protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: 'writer', userName: 'ada' } as const;
    client.send({ type: 'connect', ...about });
    for (const topic of topics) client.publish(topic, payload, { retain: true });
    client.disconnect();
    world.store.commit();
  }

  function restart(world: DurableWorld): DurableWorld {
    const next = new DurableWorld();
    next.engine.restore(world.store.load(), () => listener);
    return next;
  }

  function topicsOf(world: DurableWorld): string[] {
    const client = world.connect({ clientId: 'reader' });
    client.subscribe('#');
    return client.messages();
  }

  it.each([true, false])('is asked about after a restart too (allowed: %s)', (isAllowed) => {
    allow = true;
    const world = new DurableWorld();
    publish(world, ['a', 'b']);
    const next = restart(world);
    allow = isAllowed;
    expect(topicsOf(next)).toEqual(isAllowed ? ['a=x', 'b=x'] : []);
  });

  it('is not asked about when the listener does not check it any more', () => {
    allow = true;
    const world = new DurableWorld();
    publish(world, ['a']);
    const next = new DurableWorld();
    next.engine.restore(world.store.load(), () => ({ ...listener, settings: {} }));
    allow = false;
    expect(topicsOf(next)).toEqual(['a=x']);
  });

  it('is stored once for all messages of a connection, and goes with the last of them', () => {
    allow = true;
    const world = new DurableWorld();
    const sources = () => kindsOf(world).filter((kind) => kind === 'source').length;
    publish(world, ['a', 'b', 'c']);
    expect(sources()).toBe(1);
    publish(world, ['a']);
    expect(sources()).toBe(2);
    publish(world, ['b', 'c'], '');
    expect(sources()).toBe(1);
    publish(world, ['a'], '');
    expect(kindsOf(world)).toEqual([]);
  });

  it('may come behind its messages, and is missed when it does not', () => {
    allow = true;
    const world = new DurableWorld();
    publish(world, ['a']);
    const records = [...world.store.load()];
    const next = new DurableWorld();
    next.engine.restore(records.reverse(), () => listener);
    allow = false;
    expect(topicsOf(next)).toEqual([]);
    const left = records.filter(({ kind }) => kind !== 'source');
    expect(() => new DurableWorld().engine.restore(left)).toThrow('the source 1 of "a" is missing from the store');
  });
});

describe('what is retained below $SYS', () => {
  it('holds for this run of the broker: the journal never has it', () => {
    const world = new DurableWorld();
    for (const topic of ['$SYS/broker/uptime', '$SYS/broker/connection/x/state', '$other', 'a']) {
      world.engine.publish(topic, 'x', { qos: 2, retain: true });
    }
    world.store.commit();
    const topics = [...world.store.load()].map((record) => record.kind === 'retained' && record.topic);
    expect(topics.sort()).toEqual(['$other', 'a']);
  });

  it('is deleted from a journal that an earlier version wrote', () => {
    const store = new MemoryStore();
    const value = { topic: '$SYS/a', payload: Uint8Array.of(1), qos: 0 as const, retain: true, storedAt: 1 };
    store.write([{ kind: 'retained', topic: '$SYS/a', value }]);
    store.commit();
    const world = new DurableWorld(store);
    expect(world.engine.counts.retained).toBe(0);
    world.store.commit();
    expect(kindsOf(world)).toEqual([]);
  });
});
