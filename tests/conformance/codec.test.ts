import { describe, expect, it } from 'vitest';
import { encodePacket, MqttError, type Packet, PacketDecoder, type ProtocolVersion } from '../../host/core/index.js';

const publish = { type: 'publish', topic: 'a', payload: Buffer.alloc(0), qos: 0, retain: false, dup: false } as const;
const connect = { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'c' } as const;
const subscribe = { type: 'subscribe', packetId: 1 } as const;
const will = { topic: 'w', payload: Buffer.alloc(0), qos: 0, retain: false } as const;

/** Packets that no sender may send: the encoder refuses them by the same rules as the decoder. */
const refused: [string, ProtocolVersion, unknown, string][] = [
  ['text with half a surrogate pair (MQTT-1.5.4-1)', 5, { ...connect, clientId: 'a\udfff' }, 'UTF8_INVALID'],
  ['text with U+0000 (MQTT-1.5.4-2)', 5, { ...publish, topic: 'a\0' }, 'UTF8_NUL'],
  ['packet id 0 (MQTT-2.2.1-3)', 5, { ...publish, qos: 1, packetId: 0 }, 'PACKET_ID_ZERO'],
  ['packet id 0 in 3.1.1 (MQTT-2.3.1-1)', 4, { ...publish, qos: 1, packetId: 0 }, 'PACKET_ID_ZERO'],
  ['a will of QoS 3 (MQTT-3.1.2-12)', 5, { ...connect, will: { ...will, qos: 3 } }, 'WILL_QOS_INVALID'],
  ['a will topic with a wildcard (MQTT-4.7.0-1)', 5, { ...connect, will: { ...will, topic: '#' } }, 'TOPIC_WILDCARD'],
  [
    'a code that CONNACK does not have (MQTT-3.2.2-8)',
    5,
    { type: 'connack', sessionPresent: false, reasonCode: 1 },
    'REASON_CODE_INVALID',
  ],
  [
    'Session Present with an error (MQTT-3.2.2-6)',
    5,
    { type: 'connack', sessionPresent: true, reasonCode: 0x87 },
    'SESSION_PRESENT_WITH_ERROR',
  ],
  ['DUP with QoS 0 (MQTT-3.3.1-2)', 5, { ...publish, dup: true }, 'DUP_WITH_QOS_0'],
  ['DUP with QoS 0 (MQTT-3.3.1-2)', 4, { ...publish, dup: true }, 'DUP_WITH_QOS_0'],
  ['QoS 3 (MQTT-3.3.1-4)', 5, { ...publish, qos: 3, packetId: 1 }, 'QOS_INVALID'],
  ['a topic name with a wildcard (MQTT-3.3.2-2)', 5, { ...publish, topic: 'a/+' }, 'TOPIC_WILDCARD'],
  ['topic alias 0 (MQTT-3.3.2-8)', 5, { ...publish, properties: { topicAlias: 0 } }, 'TOPIC_ALIAS_ZERO'],
  [
    'a response topic with a wildcard (MQTT-3.3.2-14)',
    5,
    { ...publish, properties: { responseTopic: 'a/#' } },
    'RESPONSE_TOPIC_WILDCARD',
  ],
  ...(['puback', 'pubrec', 'pubrel', 'pubcomp'] as const).map(
    (type, at): [string, ProtocolVersion, unknown, string] => [
      `a code that ${type.toUpperCase()} does not have (MQTT-3.${at + 4}.2-1)`,
      5,
      { type, packetId: 1, reasonCode: 1 },
      'REASON_CODE_INVALID',
    ],
  ),
  ['SUBSCRIBE without filters (MQTT-3.8.3-2)', 5, { ...subscribe, subscriptions: [] }, 'NO_FILTERS'],
  [
    'No Local on a shared subscription (MQTT-3.8.3-4)',
    5,
    { ...subscribe, subscriptions: [{ topicFilter: '$share/g/a', qos: 0, noLocal: true }] },
    'SHARE_NO_LOCAL',
  ],
  [
    'a shared subscription without a name (MQTT-4.8.2-1)',
    5,
    { ...subscribe, subscriptions: [{ topicFilter: '$share//a', qos: 0 }] },
    'SHARE_NAME_INVALID',
  ],
  [
    'a code that SUBACK does not have (MQTT-3.9.3-2)',
    5,
    { type: 'suback', packetId: 1, reasonCodes: [3] },
    'REASON_CODE_INVALID',
  ],
  [
    'a code that SUBACK does not have in 3.1.1 (MQTT-3.9.3-2)',
    4,
    { type: 'suback', packetId: 1, reasonCodes: [0x87] },
    'REASON_CODE_INVALID',
  ],
  [
    'UNSUBSCRIBE without filters (MQTT-3.10.3-2)',
    5,
    { type: 'unsubscribe', packetId: 1, topicFilters: [] },
    'NO_FILTERS',
  ],
  [
    'a code that UNSUBACK does not have (MQTT-3.11.3-2)',
    5,
    { type: 'unsuback', packetId: 1, reasonCodes: [1] },
    'REASON_CODE_INVALID',
  ],
  [
    'a code that DISCONNECT does not have (MQTT-3.14.2-1)',
    5,
    { type: 'disconnect', reasonCode: 1 },
    'REASON_CODE_INVALID',
  ],
  [
    'a code that AUTH does not have (MQTT-3.15.2-1)',
    5,
    { type: 'auth', reasonCode: 1, properties: { authenticationMethod: 'K' } },
    'REASON_CODE_INVALID',
  ],
  ['an empty topic name (MQTT-4.7.3-1)', 5, { ...publish, topic: '' }, 'TOPIC_EMPTY'],
  [
    '# before the end of a filter (MQTT-4.7.1-1)',
    5,
    { ...subscribe, subscriptions: [{ topicFilter: '#/a', qos: 0 }] },
    'FILTER_WILDCARD_MISPLACED',
  ],
  [
    '+ that is not a whole level (MQTT-4.7.1-2)',
    5,
    { ...subscribe, subscriptions: [{ topicFilter: 'a+', qos: 0 }] },
    'FILTER_PLUS_MISPLACED',
  ],
  [
    'an empty client id with Clean Session 0 (3.1.1: MQTT-3.1.3-7)',
    4,
    { ...connect, protocolVersion: 4, cleanStart: false, clientId: '' },
    'CLIENT_ID_REQUIRED',
  ],
  [
    'a password without a user name (3.1.1: MQTT-3.1.2-22)',
    4,
    { ...connect, protocolVersion: 4, password: Buffer.from('x') },
    'PASSWORD_WITHOUT_USER_NAME',
  ],
];

describe('the encoder refuses', () => {
  it.each(refused)('%s, protocol version %i', (rule, protocolVersion, packet, codeName) => {
    expect(() => encodePacket(packet as Packet, protocolVersion)).toThrow(MqttError);
    const statement = /MQTT-[\d.]+-\d+/.exec(rule)?.[0];
    expect(() => encodePacket(packet as Packet, protocolVersion)).toThrow(
      expect.objectContaining({ codeName, statement, protocolVersion }),
    );
  });
});

describe.each([4, 5] as const)('packets written, protocol version %i', (protocolVersion) => {
  const round = (packet: Packet) =>
    new PacketDecoder({ protocolVersion }).push(encodePacket(packet, protocolVersion))[0];

  it('a QoS 0 PUBLISH has no packet id, even if the caller gives one (MQTT-2.2.1-2; 3.1.1: MQTT-2.3.1-5)', () => {
    const plain = encodePacket(publish, protocolVersion);
    expect(encodePacket({ ...publish, packetId: 5 }, protocolVersion)).toEqual(plain);
    expect(round(publish)).not.toHaveProperty('packetId');
  });

  it('U+FEFF stays in strings (MQTT-1.5.4-3; 3.1.1: MQTT-1.5.3-3)', () => {
    for (const topic of ['\ufeffa', 'a\ufeff', '\ufeff']) expect(round({ ...publish, topic })).toMatchObject({ topic });
  });

  it('reserved flag bits are those of table 2-2 (MQTT-2.1.3-1; 3.1.1: MQTT-2.2.2-1)', () => {
    const five = protocolVersion === 5;
    const packets: [Packet, number][] = [
      [{ ...connect, protocolVersion }, 0x10],
      [{ type: 'connack', sessionPresent: false, reasonCode: 0 }, 0x20],
      [{ type: 'puback', packetId: 1, reasonCode: 0 }, 0x40],
      [{ type: 'pubrec', packetId: 1, reasonCode: 0 }, 0x50],
      [{ type: 'pubrel', packetId: 1, reasonCode: 0 }, 0x62],
      [{ type: 'pubcomp', packetId: 1, reasonCode: 0 }, 0x70],
      [{ ...subscribe, subscriptions: [{ topicFilter: 'a', qos: 0 }] }, 0x82],
      [{ type: 'suback', packetId: 1, reasonCodes: [0] }, 0x90],
      [{ type: 'unsubscribe', packetId: 1, topicFilters: ['a'] }, 0xa2],
      [{ type: 'unsuback', packetId: 1, reasonCodes: five ? [0] : [] }, 0xb0],
      [{ type: 'pingreq' }, 0xc0],
      [{ type: 'pingresp' }, 0xd0],
      [{ type: 'disconnect', reasonCode: 0 }, 0xe0],
    ];
    if (five) packets.push([{ type: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'K' } }, 0xf0]);
    expect(packets.map(([packet]) => encodePacket(packet, protocolVersion)[0])).toEqual(
      packets.map(([, first]) => first),
    );
  });

  it('the fields of CONNECT come in the order of the standard (MQTT-3.1.3-1, -3)', () => {
    const full = { ...connect, protocolVersion, will, userName: 'user', password: Buffer.from('secret') } as const;
    const bytes = encodePacket(
      { ...full, clientId: 'ident', will: { ...will, topic: 'topic', payload: Buffer.from('bye') } },
      protocolVersion,
    );
    const places = ['MQTT', 'ident', 'topic', 'bye', 'user', 'secret'].map((field) => bytes.indexOf(field));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
});

it('packets of MQTT 5 without properties have a property length of zero (MQTT-2.2.2-1)', () => {
  expect(encodePacket(publish, 5).toString('hex')).toBe('300400016100');
  expect(encodePacket({ ...subscribe, subscriptions: [{ topicFilter: 'a', qos: 0 }] }, 5).toString('hex')).toBe(
    '820700010000016100',
  );
  expect(encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 5).toString('hex')).toBe('2003000000');
});
