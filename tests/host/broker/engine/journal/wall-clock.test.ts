import { describe, expect, it } from 'vitest';
import { text } from '../../world.js';
import { DurableWorld } from './durable-world.js';

const will = { topic: 'gone', payload: text('bye'), qos: 1 as const, retain: false };
const five = (sessionExpiryInterval: number) => ({
  protocolVersion: 5 as const,
  cleanStart: false,
  properties: { sessionExpiryInterval },
});

describe('time that passes while the broker does not run', () => {
  it('ends a session whose interval is over, and no other', () => {
    const world = new DurableWorld();
    for (const [name, seconds] of [
      ['short', 10],
      ['long', 30],
    ] as const) {
      world.connect({ ...five(seconds), clientId: name }).drop();
    }
    world.store.commit();
    const next = world.crash(20_000);
    expect(next.connect({ ...five(0), clientId: 'short' }).connack.sessionPresent).toBe(false);
    expect(next.connect({ ...five(0), clientId: 'long' }).connack.sessionPresent).toBe(true);
  });

  it('leaves a session the rest of its interval', () => {
    const world = new DurableWorld();
    world.connect(five(30)).drop();
    world.store.commit();
    const next = world.crash(20_000);
    next.advance(9_999);
    expect(next.engine.counts.sessions).toBe(1);
    next.advance(1);
    expect(next.engine.counts.sessions).toBe(0);
    next.store.commit();
    expect([...next.store.load()]).toEqual([]);
  });

  it('begins the interval of a client that was connected when the broker ended', () => {
    const world = new DurableWorld();
    world.connect(five(10));
    const next = world.crash(20_000);
    next.advance(9_999);
    expect(next.engine.counts.sessions).toBe(1);
    next.advance(1);
    expect(next.engine.counts.sessions).toBe(0);
  });

  it('expires queued and retained messages, and counts in their remaining interval (3.3.2-6)', () => {
    const world = new DurableWorld();
    world.subscriber('#', 1, 'client', { protocolVersion: 5 }).drop();
    for (const messageExpiryInterval of [10, 30]) {
      const topic = `t/${messageExpiryInterval}`;
      world.engine.publish(topic, 'x', { qos: 1, retain: true, properties: { messageExpiryInterval } });
    }
    world.store.commit();
    const next = world.crash(20_000);
    expect(next.engine.counts.retained).toBe(1);
    const client = next.lasting('client', { protocolVersion: 5 });
    next.store.commit();
    expect(client.next('publish')).toMatchObject({ topic: 't/30', properties: { messageExpiryInterval: 10 } });
    expect(client.received).toEqual([]);
  });
});

describe('a will that the journal kept', () => {
  const watch = (world: DurableWorld) => world.subscriber('gone', 1, 'watcher').drop();
  const messagesOf = (world: DurableWorld) => {
    const watcher = world.lasting('watcher');
    world.store.commit();
    return watcher.messages();
  };

  it('is published when the broker runs again: its client was connected', () => {
    const world = new DurableWorld();
    watch(world);
    world.connect({ will });
    const next = world.crash();
    expect(messagesOf(next)).toEqual(['gone=bye']);
    expect(messagesOf(next.crash())).toEqual(['gone=bye']);
    expect([...next.store.load()].filter(({ kind }) => kind === 'will')).toEqual([]);
  });

  it('is kept over an orderly end of the broker too (3.1.2.5)', () => {
    const world = new DurableWorld();
    watch(world);
    world.connect({ will });
    world.engine.shutDown();
    world.store.commit();
    expect(messagesOf(world.crash())).toEqual(['gone=bye']);
  });

  it('is not published after a goodbye', () => {
    const world = new DurableWorld();
    watch(world);
    world.connect({ will }).disconnect();
    world.store.commit();
    expect(messagesOf(world.crash())).toEqual([]);
  });

  it('waits for the rest of its delay', () => {
    const world = new DurableWorld();
    watch(world);
    const delayed = { ...will, properties: { willDelayInterval: 30 } };
    world.connect({ ...five(1000), will: delayed }).drop();
    world.store.commit();
    const next = world.crash(20_000);
    next.advance(9_999);
    expect(messagesOf(next)).toEqual([]);
    next.advance(1);
    next.store.commit();
    expect(messagesOf(next)).toEqual(['gone=bye']);
  });

  it('is published at once when its delay has passed', () => {
    const world = new DurableWorld();
    watch(world);
    world.connect({ ...five(1000), will: { ...will, properties: { willDelayInterval: 10 } } }).drop();
    world.store.commit();
    expect(messagesOf(world.crash(20_000))).toEqual(['gone=bye']);
  });

  it('is forgotten when its client comes back within the delay (3.1.3-9)', () => {
    const world = new DurableWorld();
    watch(world);
    world.connect({ ...five(1000), will: { ...will, properties: { willDelayInterval: 30 } } }).drop();
    world.store.commit();
    const next = world.crash(20_000);
    next.connect(five(1000));
    next.advance(60_000);
    expect(messagesOf(next)).toEqual([]);
    expect(messagesOf(next.crash())).toEqual([]);
  });
});
