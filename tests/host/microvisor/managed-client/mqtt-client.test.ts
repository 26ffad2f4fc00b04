import { describe, expect, it } from 'vitest';
import { encodePacket, type Packet, type Properties } from '../../../../host/core/index.js';
import { randomInput } from '../../broker/engine/robustness/hostile-input.js';
import { makeRandom } from '../../broker/engine/robustness/random.js';
import { message, Pair } from '../rig/client-pair.js';

const types = (packets: Packet[]) => packets.map(({ type }) => type);

describe('the managed MQTT client', () => {
  it('sends PINGREQ when nothing was sent for the keep-alive time (MQTT-3.1.2-20)', () => {
    const pair = new Pair().connected();
    expect(pair.deadline).toBe(60_000);
    expect(types(pair.at(59_999).sent())).toEqual([]);
    expect(types(pair.at(60_000).sent())).toEqual(['pingreq']);
    expect(pair.deadline).toBe(70_000);
    pair.send({ type: 'pingresp' });
    expect(pair.deadline).toBe(120_000);
  });

  it('packets of both sides delay the PINGREQ; a broker that is silent for the keep-alive time gets one all the same', () => {
    const pair = new Pair().connected().at(30_000);
    pair.publish(1, 0);
    expect(pair.deadline).toBe(60_000);
    pair.send(message);
    expect(pair.deadline).toBe(90_000);
  });

  it('ends the connection when the PINGREQ is not answered in time', () => {
    const pair = new Pair().connected().at(60_000).at(70_000);
    expect(types(pair.sent())).toEqual(['pingreq', 'disconnect']);
    expect(pair.events()).toEqual([{ type: 'closed', reason: 'no answer to PINGREQ within 10000 ms', reasonCode: 0 }]);
    expect(pair.deadline).toBeUndefined();
  });

  it('stays connected while a message of 2 MB arrives at 32 KB/s, with PINGRESP behind it', () => {
    const pair = new Pair({ keepAlive: 30 }, {}, 4_000_000).connected();
    const large = encodePacket({ ...message, payload: Buffer.alloc(2_000_000) }, 5);
    const bytes = Buffer.concat([large, encodePacket({ type: 'pingresp' }, 5)]);
    for (let at = 0, now = 1000; at < bytes.length; at += 32_000, now += 1000) {
      pair.at(now).receive(bytes.subarray(at, at + 32_000));
    }
    expect(types(pair.sent())).toEqual(['pingreq', 'pingreq']);
    expect(pair.events()).toMatchObject([{ type: 'message' }]);
  });

  it('keep-alive 0 sends no PINGREQ; the Server Keep Alive of CONNACK takes precedence (MQTT-3.2.2-21)', () => {
    expect(new Pair({ keepAlive: 0 }).connected().deadline).toBeUndefined();
    expect(new Pair({ keepAlive: 60 }).connected({ serverKeepAlive: 5 }).deadline).toBe(5000);
  });

  it('has at most the Receive Maximum of the server in flight above QoS 0 (MQTT-3.3.4-7)', () => {
    const pair = new Pair().connected({ receiveMaximum: 2 });
    for (const id of [1, 2, 3, 4]) pair.publish(id, 1);
    pair.publish(5, 0);
    const sent = pair.sent();
    expect(sent.map((packet) => packet.type === 'publish' && packet.qos)).toEqual([1, 1, 0]);
    pair.send({ type: 'puback', packetId: (sent[0] as { packetId: number }).packetId, reasonCode: 0 });
    expect(types(pair.sent())).toEqual(['publish']);
  });

  it('keeps the connection when the broker acknowledges twice', () => {
    const pair = new Pair().connected();
    pair.publish(1, 1);
    const [{ packetId }] = pair.sent() as { packetId: number }[];
    for (const copy of [1, 2, 3]) {
      pair.send({ type: 'puback', packetId, reasonCode: 0 });
      pair.send({ type: 'suback', packetId: 7, reasonCodes: [0] });
      pair.send({ type: 'unsuback', packetId: 7, reasonCodes: [0] });
      expect(pair.sent(), `copy ${copy}`).toEqual([]);
    }
    expect(pair.events().filter(({ type }) => type === 'closed')).toEqual([]);
    expect(pair.deadline).toBe(60_000);
  });

  it.each<[string, Properties, () => [0 | 1 | 2, boolean]]>([
    ['QoS above the Maximum QoS (MQTT-3.2.2-11)', { maximumQoS: 0 }, () => [1, false]],
    ['retain without Retain Available (MQTT-3.2.2-14)', { retainAvailable: 0 }, () => [0, true]],
    ['a packet above the Maximum Packet Size (MQTT-3.2.2-15)', { maximumPacketSize: 5 }, () => [0, false]],
  ])('reports %s as invalid and sends nothing', (_, properties, message) => {
    const pair = new Pair().connected(properties);
    const [qos, retain] = message();
    pair.publish(1, qos, retain);
    expect(pair.events()).toMatchObject([{ type: 'invalid', id: 1 }]);
    expect(pair.sent()).toEqual([]);
  });

  it('never uses a packet identifier twice at once (MQTT-2.2.1-3)', () => {
    const pair = new Pair({}, { publishesInFlight: 300 }).connected();
    for (let id = 1; id <= 300; id++) pair.publish(id, 1);
    const ids = pair.sent().map((packet) => (packet as { packetId: number }).packetId);
    expect([new Set(ids).size, ids.includes(0)]).toEqual([300, false]);
  });

  it('a PUBREC with a failure ends the QoS 2 exchange (4.3.3)', () => {
    const pair = new Pair().connected();
    pair.publish(9, 2);
    const [{ packetId }] = pair.sent() as { packetId: number }[];
    pair.send({ type: 'pubrec', packetId, reasonCode: 0x87 });
    expect([pair.sent(), pair.events()]).toEqual([[], [{ type: 'published', id: 9, reasonCode: 0x87 }]]);
  });

  it.each<[string, Packet]>([
    ['CONNACK twice', { type: 'connack', sessionPresent: false, reasonCode: 0 }],
    ['a packet that only clients send', { type: 'pingreq' }],
    ['SUBACK for a message', { type: 'suback', packetId: 1, reasonCodes: [0] }],
  ])('%s is a protocol error: DISCONNECT 0x82 (MQTT 5, 4.13.1)', (_, packet) => {
    const pair = new Pair().connected();
    pair.publish(1, 1);
    expect(pair.sent()).toMatchObject([{ packetId: 1 }]);
    pair.send(packet);
    expect(pair.sent()).toMatchObject([{ type: 'disconnect', reasonCode: 0x82 }]);
    expect(pair.events()).toMatchObject([{ type: 'closed' }]);
  });

  it.each([
    ['an unknown version', '100e00044d5154540602000000000161'],
    ['version 0', '100d00044d51545400020000000161'],
    ['another name', '100e0004585858580502000000000161'],
    ['no client id', '100c00044d515454040000000000'],
  ])('CONNECT with %s from a broker is a protocol error: DISCONNECT 0x82 (MQTT-3.14.2-1)', (_, hex) => {
    const pair = new Pair().connected();
    pair.receive(Buffer.from(hex, 'hex'));
    expect(pair.sent()).toMatchObject([{ type: 'disconnect', reasonCode: 0x82 }]);
    expect(pair.events()).toMatchObject([{ type: 'closed' }]);
  });

  it.each([4, 5] as const)(
    'whatever a broker of version %i sends: at most the connection ends, once',
    (protocolVersion) => {
      const random = makeRandom(7);
      for (let round = 0; round < 1000; round++) {
        const pair = new Pair({ protocolVersion }).connected();
        for (const qos of [1, 2] as const) pair.publish(qos, qos);
        for (let input = 0; input < 4; input++) {
          pair.receive(randomInput(random, protocolVersion));
          pair.at(pair.now + random.below(40_000));
        }
        pair.sent();
        const endings = pair.events().filter(({ type }) => type === 'closed' || type === 'flood');
        expect(endings.filter((event) => 'reason' in event && event.reason.startsWith('internal'))).toEqual([]);
        expect(endings.length).toBeLessThanOrEqual(1);
      }
    },
  );

  it('a fault of its own ends the connection and nothing else', () => {
    const pair = new Pair().connected();
    pair.receive('text' as never);
    expect(pair.sent()).toMatchObject([{ type: 'disconnect', reasonCode: 0x83 }]);
    expect(pair.events()).toMatchObject([{ type: 'closed', reason: expect.stringContaining('internal error') }]);
    expect(pair.deadline).toBeUndefined();
  });

  it('a packet before CONNACK ends the connection', () => {
    const pair = new Pair({ protocolVersion: 4 });
    pair.client.start(0);
    pair.send({ type: 'pingresp' });
    expect(pair.events()).toMatchObject([
      { type: 'closed', reason: expect.stringContaining('the server sent pingresp') },
    ]);
  });

  it('a topic alias that was not allowed ends the connection with 0x94 (MQTT-3.3.2-11)', () => {
    const pair = new Pair().connected();
    pair.send({ ...message, properties: { topicAlias: 1 } });
    expect(pair.sent()).toMatchObject([{ type: 'disconnect', reasonCode: 0x94 }]);
  });

  it('packets that came before a broken one are delivered', () => {
    const pair = new Pair().connected();
    pair.receive(Buffer.concat([encodePacket(message, 5), Uint8Array.of(0xd1, 0)]));
    expect(pair.events().map(({ type }) => type)).toEqual(['message', 'closed']);
  });

  it('packets that came before one that breaks a rule of the session are delivered, and none after it', () => {
    const pair = new Pair().connected();
    const stray = encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 5);
    pair.receive(Buffer.concat([encodePacket(message, 5), stray, encodePacket(message, 5)]));
    expect(pair.events().map(({ type }) => type)).toEqual(['message', 'closed']);
    pair.send(message);
    expect(pair.events()).toEqual([]);
  });

  it('packets after a DISCONNECT in the same chunk are dropped', () => {
    const pair = new Pair().connected();
    const goodbye = encodePacket({ type: 'disconnect', reasonCode: 0x8b }, 5);
    pair.receive(Buffer.concat([goodbye, encodePacket(message, 5)]));
    expect(pair.events()).toEqual([{ type: 'closed', reason: 'the broker sent DISCONNECT', reasonCode: 0x8b }]);
    expect(pair.sent()).toEqual([]);
  });

  it('sends its Receive Maximum, and disconnects from a broker that exceeds it (MQTT-3.3.4-7)', () => {
    const pair = new Pair({}, { messagesInFlight: 2 });
    pair.client.start(0);
    expect(pair.sent()).toMatchObject([{ type: 'connect', properties: { receiveMaximum: 2 } }]);
    pair.send({ type: 'connack', sessionPresent: false, reasonCode: 0 });
    for (const packetId of [1, 2, 3]) pair.send({ ...message, qos: 1, packetId });
    expect(pair.sent()).toMatchObject([{ type: 'disconnect', reasonCode: 0x93 }]);
  });

  it('more messages than the client has room for are a flood under 3.1.1, which has no Receive Maximum', () => {
    const pair = new Pair({ protocolVersion: 4 }, { messagesInFlight: 2 }).connected();
    for (const packetId of [1, 2, 3]) pair.send({ ...message, qos: 1, packetId });
    expect(pair.events().map(({ type }) => type)).toEqual(['message', 'message', 'flood']);
  });

  it('the connection to a broker that takes no packet of three bytes ends without DISCONNECT', () => {
    const pair = new Pair().connected({ maximumPacketSize: 2 });
    pair.send({ ...message, qos: 1, packetId: 1 });
    const [event] = pair.events();
    if (event.type === 'message' && event.receipt) pair.client.acknowledge(event.receipt, 0);
    expect(pair.events()).toMatchObject([{ type: 'closed' }]);
    expect(pair.sent()).toEqual([]);
  });

  it('takes packets byte by byte, and copies payloads out of the chunk that they came in', () => {
    const pair = new Pair().connected();
    for (const byte of encodePacket({ ...message, payload: Buffer.from('slow') }, 5)) {
      pair.receive(Uint8Array.of(byte));
    }
    const chunk = encodePacket({ ...message, payload: Buffer.from('whole') }, 5);
    pair.receive(chunk);
    chunk.fill(0);
    const payloads = pair.events().map((event) => event.type === 'message' && Buffer.from(event.payload));
    expect(payloads.map(String)).toEqual(['slow', 'whole']);
  });

  it('a PUBREL for an unknown id is answered with PUBCOMP 0x92 (MQTT 5)', () => {
    const pair = new Pair().connected();
    pair.send({ type: 'pubrel', packetId: 4, reasonCode: 0 });
    expect(pair.sent()).toMatchObject([{ type: 'pubcomp', packetId: 4, reasonCode: 0x92 }]);
  });
});
