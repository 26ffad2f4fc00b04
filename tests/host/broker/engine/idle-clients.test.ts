import { queryObjects } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { BrokerEngine } from '../../../../host/broker/index.js';
import { encodePacket, type Packet, PacketCursor, type ProtocolVersion } from '../../../../host/core/index.js';
import { World } from '../world.js';

const connect = (clientId: string) =>
  encodePacket({ type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId }, 4);

/** Objects of each class that are alive now, after a garbage collection. */
const alive = () =>
  Object.fromEntries(
    [PacketCursor, Map, Set, Uint8Array, ArrayBuffer].map((type) => [
      type.name,
      queryObjects(type as unknown as new () => unknown, { format: 'count' }) as unknown as number,
    ]),
  );

const subscribe = (topicFilter: string) =>
  encodePacket({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter, qos: 1 }] }, 4);

describe('an idle client', () => {
  it('with a subscription keeps no cursor, no bytes and no collection: 1,000 of them have no more of these than one', () => {
    const engine = new BrokerEngine({ now: () => 0, transport: { send() {}, end() {} } });
    const enter = (clientId: string) => {
      const id = engine.open({ remote: 'test:1' });
      engine.receive(id, connect(clientId));
      engine.receive(id, subscribe(`to/${clientId}/commands`));
    };
    enter('first');
    const before = alive();
    for (let n = 0; n < 1000; n++) enter(`client-${n}`);
    const after = alive();
    expect(engine.counts).toMatchObject({ connections: 1001, subscriptions: 1001 });
    // A few objects come and go with the test itself.
    for (const [name, count] of Object.entries(after)) expect(count - before[name], name).toBeLessThan(50);
  });

  it('without a keep-alive has no deadline', () => {
    const world = new World();
    world.connect();
    expect(world.engine.nextDeadline(world.now)).toBeUndefined();
  });
});

describe('clients that share a cursor', () => {
  const publish = (topic: string, version: ProtocolVersion): Packet => ({
    type: 'publish',
    topic,
    payload: Buffer.from(`from ${topic}`),
    qos: 0,
    retain: false,
    dup: false,
    ...(version === 5 && { properties: { contentType: 'text' } }),
  });

  it('keep their packets apart, however they come in parts', () => {
    const world = new World();
    const reader = world.connect({ clientId: 'reader' });
    reader.subscribe('#');
    const senders = Array.from({ length: 5 }, (_, n) => world.connect({ clientId: `sender-${n}` }));
    const streams = senders.map((_, n) =>
      Buffer.concat([0, 1, 2].map((k) => encodePacket(publish(`${n}/${k}`, 4), 4))),
    );
    for (let at = 0; at < streams[0].length; at += 7) {
      for (const [n, sender] of senders.entries()) sender.raw(streams[n].subarray(at, at + 7));
    }
    const expected = senders.flatMap((_, n) => [0, 1, 2].map((k) => `${n}/${k}=from ${n}/${k}`));
    expect(reader.messages().sort()).toEqual(expected);
  });

  it('have a protocol version each', () => {
    const world = new World();
    const reader = world.connect({ clientId: 'reader' });
    reader.subscribe('#');
    const old = world.connect({ clientId: 'old' });
    const latest = world.connect({ clientId: 'latest', protocolVersion: 5 });
    for (let n = 0; n < 3; n++) {
      latest.send(publish(`5/${n}`, 5));
      old.send(publish(`4/${n}`, 4));
    }
    expect(reader.messages()).toEqual([0, 1, 2].flatMap((n) => [`5/${n}=from 5/${n}`, `4/${n}=from 4/${n}`]));
  });

  it('are not harmed by one whose bytes are no MQTT', () => {
    const world = new World();
    const reader = world.connect({ clientId: 'reader' });
    reader.subscribe('#');
    for (let n = 0; n < 3; n++) {
      const bad = world.connect({ clientId: `bad-${n}` });
      bad.raw(Uint8Array.of(0xf0, 0));
      expect(bad.isClosed).toBe(true);
      world.engine.publish('a', 'x');
      reader.publish('b', 'y');
    }
    expect(reader.messages()).toEqual(Array(3).fill(['a=x', 'b=y']).flat());
  });
});
