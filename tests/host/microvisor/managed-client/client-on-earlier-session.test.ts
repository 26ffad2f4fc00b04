import { describe, expect, it } from 'vitest';
import { encodePacket } from '../../../../host/core/index.js';
import { message, Pair } from '../rig/client-pair.js';

describe('the managed MQTT client on the session of an earlier connection', () => {
  it('keeps a topic alias until the connection ends (3.3.2.3.4)', () => {
    const pair = new Pair({}, { topicAliases: 2 });
    pair.client.start(0);
    expect(pair.sent()).toMatchObject([{ type: 'connect', properties: { topicAliasMaximum: 2 } }]);
    pair.send({ type: 'connack', sessionPresent: false, reasonCode: 0 });
    const topic = 'a'.repeat(256);
    pair.send({ ...message, topic, properties: { topicAlias: 2 } });
    pair.send({ ...message, topic: '', properties: { topicAlias: 2 } });
    expect(pair.events().slice(1)).toMatchObject([{ topic }, { topic }]);
    pair.client.close();
    const next = new Pair({}, pair.session).connected();
    next.send({ ...message, topic: '', properties: { topicAlias: 2 } });
    expect(next.events()).toMatchObject([{ type: 'closed' }]);
  });

  it('keeps acknowledgements in order when the broker sends messages again in another order (MQTT-4.6.0-3)', () => {
    const pair = new Pair({ cleanStart: false }, { sessionExpiryInterval: 60 }).connected();
    const [first, second] = [1, 2].map((packetId) => ({ ...message, qos: 2 as const, packetId }));
    pair.send(first, second);
    const receipts = pair.events().flatMap((event) => (event.type === 'message' && event.receipt) || []);
    pair.client.acknowledge(receipts[1], 0);
    pair.client.close();
    const again = new Pair({ cleanStart: false }, pair.session);
    again.client.start(0);
    again.sent();
    again.send({ type: 'connack', sessionPresent: true, reasonCode: 0 });
    again.receive(Buffer.concat([second, first].map((packet) => encodePacket({ ...packet, dup: true }, 5))));
    expect(again.events().map(({ type }) => type)).toEqual(['connected', 'message']);
    expect(again.sent()).toEqual([]);
    again.client.acknowledge(receipts[0], 0);
    expect(again.sent()).toMatchObject([
      { type: 'pubrec', packetId: 1 },
      { type: 'pubrec', packetId: 2 },
    ]);
  });

  it('does not take the answer to an earlier message for the answer to a new request', () => {
    const pair = new Pair({ cleanStart: false }, { sessionExpiryInterval: 60 }).connected();
    pair.publish(1, 1);
    pair.client.close();
    const again = new Pair({ cleanStart: false }, pair.session);
    again.client.start(0);
    again.send({ type: 'connack', sessionPresent: true, reasonCode: 0 });
    again.publish(1, 1);
    again.send({ type: 'puback', packetId: 1, reasonCode: 0x10 });
    expect(again.events()).toMatchObject([{ type: 'connected' }]);
    again.send({ type: 'puback', packetId: 2, reasonCode: 0 });
    expect(again.events()).toEqual([{ type: 'published', id: 1, reasonCode: 0 }]);
  });

  it('does not mix up messages of a session that the broker has forgotten with those of the new one', () => {
    const pair = new Pair().connected();
    pair.send({ ...message, qos: 2, packetId: 1 });
    pair.client.close();
    const next = new Pair({}, pair.session).connected();
    next.send({ ...message, qos: 2, packetId: 1 }, { ...message, qos: 2, packetId: 1, dup: true });
    expect(next.events().map(({ type }) => type)).toEqual(['message']);
  });

  it('ends connection and session when a message has to be sent again and the broker no longer takes it', () => {
    const pair = new Pair({ cleanStart: false }, { sessionExpiryInterval: 60 }).connected();
    pair.publish(1, 1);
    pair.client.close();
    const again = new Pair({ cleanStart: false }, pair.session);
    again.client.start(0);
    again.sent();
    again.send({ type: 'connack', sessionPresent: true, reasonCode: 0, properties: { maximumQoS: 0 } });
    expect(again.sent()).toMatchObject([{ type: 'disconnect' }]);
    expect(again.events()).toMatchObject([
      { type: 'connected' },
      { type: 'closed', reason: expect.stringContaining('cannot be sent again') },
    ]);
    expect(again.session.held).toBe(false);
  });
});
