import { describe, expect, it } from 'vitest';
import { ALLOW, refuse } from '../../../../../host/broker/index.js';
import { encodePacket } from '../../../../../host/core/index.js';
import { text, World } from '../../world.js';
import { neighbourOf, turnsOf } from './turns.js';

const filters = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ topicFilter: `f/${n}`, qos: 0 as const }));

const lasting = { protocolVersion: 5, cleanStart: false, properties: { sessionExpiryInterval: 100 } } as const;

describe('a message to many', () => {
  it('goes to all of them, some in each turn, and others are served in between', () => {
    const world = new World({ limits: { workPerTurn: 1000 } });
    const neighbour = neighbourOf(world);
    const readers = Array.from({ length: 500 }, (_, n) => {
      const reader = world.connect({ clientId: `r${n}` });
      reader.subscribe('all');
      return reader;
    });
    world.engine.publish('all', 'x');
    const waits: number[] = [];
    const turns = turnsOf(world, () => waits.push(neighbour.turnsUntilServed()));
    expect(turns).toBeGreaterThan(5);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1);
    expect(readers.every((reader) => reader.messages().join() === 'all=x')).toBe(true);
    expect(world.eventsOf('published').find(({ topic }) => topic === 'all')?.recipients).toBe(500);
  });

  it('keeps the order of its publisher, who gets each acknowledgement when all have the message', () => {
    const world = new World({ limits: { workPerTurn: 200 } });
    const readers = Array.from({ length: 50 }, (_, n) => {
      const reader = world.connect({ clientId: `r${n}` });
      reader.subscribe('a', { qos: 1 });
      return reader;
    });
    const writer = world.connect({ protocolVersion: 5, clientId: 'writer' });
    const publish = (packetId: number, qos: 1 | 2) =>
      encodePacket(
        { type: 'publish', topic: 'a', payload: text(String(packetId)), qos, retain: false, dup: false, packetId },
        5,
      );
    // In one piece, as the network may bring them.
    writer.raw(Buffer.concat([publish(1, 1), publish(2, 2), publish(3, 1)]));
    expect(writer.received).toEqual([]);
    const seen = new Set<string>();
    turnsOf(world, () => {
      const last = readers.at(-1)!.received.length;
      seen.add(`${last} ${writer.received.length}`);
      expect(writer.received.length).toBeLessThanOrEqual(Math.min(...readers.map(({ received }) => received.length)));
    });
    expect(seen.size).toBeGreaterThan(3);
    expect(writer.received.map(({ type }) => type)).toEqual(['puback', 'pubrec', 'puback']);
    for (const reader of readers) expect(reader.messages()).toEqual(['a=1', 'a=2', 'a=3']);
  });

  it('of QoS 2 is not passed on a second time when its publisher comes back before all have it', () => {
    const world = new World({ limits: { workPerTurn: 200 } });
    const readers = Array.from({ length: 50 }, (_, n) => {
      const reader = world.connect({ clientId: `r${n}` });
      reader.subscribe('a');
      return reader;
    });
    const writer = world.connect({ ...lasting, clientId: 'writer' });
    writer.publish('a', 'x', { qos: 2, packetId: 7 });
    expect(writer.received).toEqual([]);
    writer.drop();
    const back = world.connect({ ...lasting, clientId: 'writer' });
    back.publish('a', 'x', { qos: 2, packetId: 7, dup: true });
    turnsOf(world);
    expect(back.received.map(({ type }) => type)).toEqual(['pubrec']);
    for (const reader of readers) expect(reader.messages()).toEqual(['a=x']);
  });

  it('does not reach a session that ends, nor a connection that closes, before its turn', () => {
    const world = new World({ limits: { workPerTurn: 200 } });
    const readers = Array.from({ length: 50 }, (_, n) => {
      const reader = world.connect({ clientId: `r${n}` });
      reader.subscribe('a', { qos: 1 });
      return reader;
    });
    world.engine.publish('a', 'x', { qos: 1 });
    for (const reader of readers) reader.drop();
    turnsOf(world);
    expect(world.engine.counts).toMatchObject({ sessions: 0, subscriptions: 0 });
    expect(world.eventsOf('failed')).toEqual([]);
  });
});

describe('a client is not read from while its message is on its way', () => {
  it('and is read from again afterwards', () => {
    const reading: string[] = [];
    const world = new World({
      limits: { workPerTurn: 200 },
      wrap: (transport) => ({
        ...transport,
        pause: (id) => reading.push(`pause ${id}`),
        resume: (id) => reading.push(`resume ${id}`),
      }),
    });
    for (let n = 0; n < 50; n++) world.connect({ clientId: `r${n}` }).subscribe('a');
    const writer = world.connect({ clientId: 'writer' });
    writer.publish('a', 'x');
    expect(reading).toEqual([`pause ${writer.id}`]);
    turnsOf(world);
    expect(reading).toEqual([`pause ${writer.id}`, `resume ${writer.id}`]);
  });
});

describe('what a client may ask for blocks nobody', () => {
  it('one SUBSCRIBE with 200 times +/+/+/+/+ over 10,000 retained messages', () => {
    const world = new World({ limits: { workPerTurn: 10_000 } });
    for (let n = 0; n < 10_000; n++) world.engine.publish(`a/b/c/${n % 100}/${n}`, 'x', { retain: true });
    const neighbour = neighbourOf(world);
    const client = world.connect({ clientId: 'client' });
    const subscriptions = Array.from({ length: 200 }, () => ({ topicFilter: '+/+/+/+/+', qos: 0 as const }));
    client.send({ type: 'subscribe', packetId: 1, subscriptions });
    const waits = [neighbour.turnsUntilServed()];
    turnsOf(world, () => waits.push(neighbour.turnsUntilServed()));
    expect(Math.max(...waits)).toBeLessThanOrEqual(1);
    expect(client.received.filter(({ type }) => type === 'publish')).toHaveLength(10_000);
  });

  it('a topic that many filters of 151 levels nearly match', () => {
    const world = new World({ limits: { workPerTurn: 2000 } });
    const neighbour = neighbourOf(world);
    const tail = '/+'.repeat(140);
    for (let n = 0; n < 3; n++) {
      const client = world.connect({ clientId: `c${n}` });
      // The first levels are "a" or "+", in all ways that there are.
      const subscriptions = Array.from({ length: 64 }, (_, bits) => {
        const head = Array.from({ length: 6 }, (_, at) => ((bits >> at) & 1 ? 'a' : '+')).join('/');
        return { topicFilter: `${head}${tail}/${n}`, qos: 0 as const };
      });
      client.send({ type: 'subscribe', packetId: 1, subscriptions });
    }
    const writer = world.connect({ clientId: 'writer' });
    const waits: number[] = [];
    writer.publish('a/'.repeat(146).slice(0, -1), 'x');
    const turns = turnsOf(world, () => waits.push(neighbour.turnsUntilServed()));
    expect(turns).toBeGreaterThan(2);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1);
  });

  it('a storm of wills', () => {
    const world = new World({ limits: { workPerTurn: 5000 } });
    const neighbour = neighbourOf(world);
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('will/#');
    for (let n = 0; n < 3000; n++) {
      const properties = { willDelayInterval: 5 };
      const will = { topic: `will/${n}`, payload: text('x'), qos: 0 as const, retain: false, properties };
      world.connect({ ...lasting, clientId: `c${n}`, will }).drop();
    }
    world.now += 5000;
    const waits: number[] = [];
    const turns = turnsOf(world, () => waits.push(neighbour.turnsUntilServed()));
    expect(turns).toBeGreaterThan(3);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1);
    expect(watcher.messages()).toHaveLength(3000);
  });

  it('a topic of 65,535 slashes, published and subscribed to', () => {
    const world = new World({ limits: { workPerTurn: 1000 } });
    const neighbour = neighbourOf(world);
    const slashes = '/'.repeat(65_535);
    const client = world.connect({ protocolVersion: 5, clientId: 'client' });
    expect(client.subscribe(slashes)).toEqual([0x8f]);
    client.publish(slashes, 'x', { qos: 1 });
    expect(client.next('disconnect').reasonCode).toBe(0x90);
    expect(neighbour.turnsUntilServed()).toBe(0);
    // The broker's own program may; it has to wait its turn.
    world.engine.publish(slashes, 'x');
    expect(neighbour.turnsUntilServed()).toBeLessThanOrEqual(1);
  });

  it('one SUBSCRIBE with 3,000 filters that rules decide on: none takes effect before all of them are', () => {
    let asked = 0;
    const rules = { subscribe: () => (++asked % 2 ? ALLOW : refuse('odd ones only')) };
    const world = new World({ rules, limits: { workPerTurn: 1000 } });
    const neighbour = neighbourOf(world);
    const client = world.connect({ protocolVersion: 5, clientId: 'client' });
    asked = 0;
    client.send({ type: 'subscribe', packetId: 1, subscriptions: filters(3000) });
    client.publish('behind', 'x', { qos: 1 });
    const waits = [neighbour.turnsUntilServed()];
    const turns = turnsOf(world, () => {
      if (client.received.length === 0) expect(world.engine.counts.subscriptions).toBe(1);
      waits.push(neighbour.turnsUntilServed());
    });
    expect(turns).toBeGreaterThan(20);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1);
    expect(asked).toBe(3000);
    const { reasonCodes } = client.next('suback');
    expect(reasonCodes.filter((code) => code === 0)).toHaveLength(1000);
    // The limit of a session: then those that are refused have another reason.
    expect(new Set(reasonCodes)).toEqual(new Set([0, 0x87, 0x97]));
    expect(client.next('puback').reasonCode).toBe(0x10);
  });

  it('one SUBSCRIBE of which a late filter ends the connection: nothing of it has taken effect', () => {
    const rules = {
      subscribe: (_: unknown, { topicFilter }: { topicFilter: string }) =>
        topicFilter === 'f/299' ? refuse('not this one', 0x87, 'disconnect') : ALLOW,
    };
    const world = new World({ rules, limits: { workPerTurn: 1000 } });
    const client = world.connect({ ...lasting, clientId: 'client' });
    client.send({ type: 'subscribe', packetId: 1, subscriptions: filters(300) });
    expect(client.received).toEqual([]);
    turnsOf(world);
    expect(client.next('disconnect')).toMatchObject({ reasonCode: 0x87 });
    expect(world.engine.counts).toMatchObject({ connections: 0, sessions: 1, subscriptions: 0 });
  });

  it('one SUBSCRIBE of a client that does not wait for the answer: the rules are not asked to its end', () => {
    let asked = 0;
    const rules = {
      subscribe: () => {
        asked++;
        return ALLOW;
      },
    };
    const world = new World({ rules, limits: { workPerTurn: 1000 } });
    const client = world.connect({ clientId: 'client' });
    client.send({ type: 'subscribe', packetId: 1, subscriptions: filters(300) });
    client.drop();
    turnsOf(world);
    expect(asked).toBeLessThan(100);
    expect(world.engine.counts.subscriptions).toBe(0);
    expect(world.eventsOf('failed')).toEqual([]);
  });
});

describe('rules that have changed', () => {
  it('are asked about many clients in many turns, and others are served', () => {
    let allowed = true;
    const rules = {
      connect: ({ clientId }: { clientId: string }) => (allowed || clientId === 'neighbour' ? ALLOW : refuse('no')),
    };
    const world = new World({ rules, limits: { workPerTurn: 1000 } });
    const neighbour = neighbourOf(world);
    for (let n = 0; n < 500; n++) world.connect({ clientId: `c${n}` });
    allowed = false;
    world.engine.reconsider();
    const waits: number[] = [];
    const turns = turnsOf(world, () => waits.push(neighbour.turnsUntilServed()));
    expect(turns).toBeGreaterThan(40);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1);
    expect(world.engine.counts.connections).toBe(1);
  });

  it('and change again before all were asked: all are asked once more, by the newest rules', () => {
    const asked: string[] = [];
    const rules = {
      connect: ({ clientId }: { clientId: string }) => {
        asked.push(clientId);
        return ALLOW;
      },
    };
    const world = new World({ rules, limits: { workPerTurn: 1000 } });
    for (let n = 0; n < 100; n++) world.connect({ clientId: `c${n}` });
    asked.length = 0;
    world.engine.reconsider();
    expect(asked).toHaveLength(10);
    world.engine.reconsider();
    turnsOf(world);
    expect(asked).toHaveLength(110);
    expect(new Set(asked.slice(10)).size).toBe(100);
  });
});
