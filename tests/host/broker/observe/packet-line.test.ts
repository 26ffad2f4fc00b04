import { describe, expect, it } from 'vitest';
import type { Direction } from '../../../../host/broker/engine/tap/packet-tap.js';
import { packetLine } from '../../../../host/broker/observe/packets/packet-line.js';
import { packetRecord } from '../../../../host/broker/observe/packets/packet-record.js';
import type { Packet, ProtocolVersion } from '../../../../host/core/index.js';

const tapped = (direction: Direction, packet: Packet, protocolVersion: ProtocolVersion = 5, clientId?: string) => ({
  connection: { id: 1, info: { remote: '127.0.0.1:5000' }, clientId, protocolVersion },
  direction,
  packet,
  size: 20,
  at: 0,
});
const line = (direction: Direction, packet: Packet, version: ProtocolVersion = 5) =>
  packetLine(tapped(direction, packet, version, 'c'));

const publish: Packet = {
  type: 'publish',
  topic: 'a/b',
  payload: Buffer.from('hello'),
  qos: 1,
  retain: true,
  dup: true,
  packetId: 7,
};

describe('the line of a packet', () => {
  it('has direction, client, type, flags, packet id, topic and both sizes of a PUBLISH', () => {
    expect(line('in', publish, 4)).toBe("Received PUBLISH from c (d1, q1, r1, m7, 'a/b', ... (5 bytes)) [20 bytes]");
  });

  it('has the properties of a packet', () => {
    const properties = {
      contentType: 'text/plain',
      messageExpiryInterval: 60,
      correlationData: new Uint8Array([1, 0xab]),
      subscriptionIdentifier: [1, 2],
      userProperty: [['k', 'v']] as [string, string][],
    };
    expect(line('out', { ...publish, properties })).toBe(
      "Sending PUBLISH to c (d1, q1, r1, m7, 'a/b', ... (5 bytes)) [20 bytes, contentType 'text/plain', " +
        "messageExpiryInterval 60, correlationData 01ab, subscriptionIdentifier 1, subscriptionIdentifier 2, userProperty 'k'='v']",
    );
  });

  it.each<[string, Direction, Packet, ProtocolVersion, string]>([
    [
      'a refused PUBACK',
      'out',
      { type: 'puback', packetId: 3, reasonCode: 0x87 },
      5,
      'Sending PUBACK to c (m3, rc135) [20 bytes, not authorized]',
    ],
    [
      'a refused CONNACK of 3.1.1',
      'out',
      { type: 'connack', sessionPresent: false, reasonCode: 5 },
      4,
      'Sending CONNACK to c (0, 5) [20 bytes, not authorized]',
    ],
    [
      'a DISCONNECT with a reason string',
      'out',
      { type: 'disconnect', reasonCode: 0x8e, properties: { reasonString: 'other' } },
      5,
      "Sending DISCONNECT to c (rc142) [20 bytes, session taken over, reasonString 'other']",
    ],
    [
      'a SUBSCRIBE with options',
      'in',
      {
        type: 'subscribe',
        packetId: 1,
        subscriptions: [
          { topicFilter: 'a/#', qos: 2, noLocal: true, retainHandling: 2 },
          { topicFilter: 'b', qos: 0 },
        ],
      },
      5,
      "Received SUBSCRIBE from c (m1, 'a/#' q2 no local retain handling 2, 'b' q0) [20 bytes]",
    ],
    [
      'a SUBACK with refusals, each named once',
      'out',
      { type: 'suback', packetId: 1, reasonCodes: [1, 0x87, 0x87] },
      5,
      'Sending SUBACK to c (m1, rc1, rc135, rc135) [20 bytes, not authorized]',
    ],
  ])('describes %s', (_name, direction, packet, version, expected) => {
    expect(line(direction, packet, version)).toBe(expected);
  });

  it('names a client that has no id yet by its address', () => {
    const connack: Packet = { type: 'connack', sessionPresent: false, reasonCode: 0x80 };
    expect(packetLine(tapped('out', connack))).toMatch(/^Sending CONNACK to 127\.0\.0\.1:5000 \(0, 128\)/);
  });

  const secret = 'hunter2';
  const connect: Packet = {
    type: 'connect',
    protocolVersion: 5,
    cleanStart: true,
    keepAlive: 30,
    clientId: 'c',
    userName: 'u',
    password: Buffer.from(secret),
    will: { topic: 'w', payload: Buffer.from(secret), qos: 1, retain: false },
    properties: { authenticationMethod: 'm', authenticationData: Buffer.from(secret) },
  };

  it('shows neither payload nor password nor authentication data', () => {
    expect(line('in', connect)).toBe(
      "Received CONNECT from c (p5, c1, k30, u'u', will r0, q1, 'w', ... (7 bytes)) " +
        "[20 bytes, authenticationMethod 'm', authenticationData (7 bytes)]",
    );
    const hex = Buffer.from(secret).toString('hex');
    for (const packet of [connect, { ...publish, payload: Buffer.from(secret) }]) {
      const json = JSON.stringify(packetRecord(tapped('in', packet)));
      expect(json).not.toContain(secret);
      expect(json).not.toContain(hex);
      expect(json).not.toContain(String([...Buffer.from(secret)]));
    }
  });

  it('is one line in which nothing acts on a terminal, whatever a client sends', () => {
    const hostile = '\u001b[31m\r\n\u0007\u202e\u2028\u009b\ud800x';
    const packets: Packet[] = [
      { ...publish, topic: hostile, properties: { contentType: hostile, userProperty: [[hostile, hostile]] } },
      { type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: hostile, qos: 0 }] },
      { ...connect, userName: hostile, clientId: hostile },
    ];
    for (const packet of packets) {
      const shown = packetLine(tapped('in', packet, 5, hostile));
      expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(shown).toContain('\\u001b[31m');
    }
  });

  it('is bounded, whatever a client sends', () => {
    const long = 'x'.repeat(65_535);
    const many = <T>(item: T): T[] => new Array(5000).fill(item);
    const packets: Packet[] = [
      {
        ...publish,
        topic: long,
        properties: { userProperty: many([long, long]), correlationData: new Uint8Array(60_000) },
      },
      { type: 'subscribe', packetId: 1, subscriptions: many({ topicFilter: long, qos: 0 }) },
      { type: 'unsubscribe', packetId: 1, topicFilters: many(long) },
      { type: 'suback', packetId: 1, reasonCodes: many(0x87) },
    ];
    for (const packet of packets) expect(packetLine(tapped('in', packet, 5, long)).length).toBeLessThan(4000);
  });
});

describe('the record of a packet', () => {
  it('has the fields of the packet, sizes and the client', () => {
    const properties = { correlationData: new Uint8Array([1, 0xab]) };
    expect(packetRecord(tapped('in', { ...publish, properties }, 5, 'c'))).toEqual({
      event: 'packet',
      direction: 'in',
      clientId: 'c',
      remote: '127.0.0.1:5000',
      packet: 'publish',
      size: 20,
      payloadSize: 5,
      topic: 'a/b',
      qos: 1,
      retain: true,
      dup: true,
      packetId: 7,
      properties: { correlationData: '01ab' },
    });
  });
});
