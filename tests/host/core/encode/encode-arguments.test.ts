import { describe, expect, it } from 'vitest';
import { encodePacket, MqttError, type Packet, PacketDecoder } from '../../../../host/core/index.js';

const bytes = Buffer.from('x');
const connect = { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 60, clientId: 'dev' };
const will = { topic: 'w', payload: bytes, qos: 0, retain: false };
const publish = { type: 'publish', topic: 'a', payload: bytes, qos: 1, retain: false, dup: false, packetId: 1 };
const subscription = { topicFilter: 'a', qos: 0 };
const subscribe = { type: 'subscribe', packetId: 1, subscriptions: [subscription] };
const properties = (list: unknown) => ({ ...publish, properties: list });

function error(packet: unknown, version: unknown = 5): Error {
  try {
    encodePacket(packet as Packet, version as 5);
  } catch (problem) {
    return problem as Error;
  }
  throw new Error(`accepted: ${JSON.stringify(packet)}`);
}

/** Wrong packets, and the beginning of their error, which names the field. */
const wrongTypes: [string, unknown, string][] = [
  ['no packet', undefined, 'packet must be an object'],
  ['null', null, 'packet must be an object'],
  ['text', 'publish', 'packet must be an object'],
  ['no type', {}, 'there is no packet type undefined'],
  ['a number as type', { type: 3 }, 'there is no packet type 3'],
  ['a type in capitals', { ...publish, type: 'PUBLISH' }, 'there is no packet type PUBLISH'],
  ['a type that every object has', { type: 'constructor' }, 'there is no packet type constructor'],
  ['topic as bytes', { ...publish, topic: bytes }, 'publish: topic must be a string'],
  ['no topic', { ...publish, topic: undefined }, 'publish: topic must be a string'],
  ['payload as text', { ...publish, payload: 'x' }, 'publish: payload must be a Uint8Array'],
  ['payload as array', { ...publish, payload: [1] }, 'publish: payload must be a Uint8Array'],
  ['QoS as text', { ...publish, qos: '1' }, 'publish: qos must be an integer'],
  ['retain as text', { ...publish, retain: 'false' }, 'publish: retain must be true or false'],
  ['dup as number', { ...publish, dup: 1 }, 'publish: dup must be true or false'],
  ['no packet id', { ...publish, packetId: undefined }, 'publish: packetId must be an integer'],
  ['half a packet id', { ...publish, packetId: 1.5 }, 'publish: packetId must be an integer'],
  ['keep alive NaN', { ...connect, keepAlive: Number.NaN }, 'connect: keepAlive must be an integer'],
  ['client id as number', { ...connect, clientId: 1 }, 'connect: clientId must be a string'],
  ['clean start as number', { ...connect, cleanStart: 0 }, 'connect: cleanStart must be true or false'],
  ['user name as bytes', { ...connect, userName: bytes }, 'connect: userName must be a string'],
  ['password as text', { ...connect, password: 'x' }, 'connect: password must be a Uint8Array'],
  ['will as text', { ...connect, will: 'w' }, 'connect: will must be an object'],
  ['will null', { ...connect, will: null }, 'connect: will must be an object'],
  ['will topic missing', { ...connect, will: { ...will, topic: undefined } }, 'connect: will.topic must be a string'],
  [
    'will payload as text',
    { ...connect, will: { ...will, payload: 'x' } },
    'connect: will.payload must be a Uint8Array',
  ],
  ['will QoS null', { ...connect, will: { ...will, qos: null } }, 'connect: will.qos must be an integer'],
  ['will retain', { ...connect, will: { ...will, retain: 1 } }, 'connect: will.retain must be true or false'],
  ['will properties', { ...connect, will: { ...will, properties: 5 } }, 'connect: will: properties must be an object'],
  ['session present', { type: 'connack', sessionPresent: 1, reasonCode: 0 }, 'connack: sessionPresent must be true'],
  ['reason code as text', { type: 'disconnect', reasonCode: '0' }, 'disconnect: reasonCode must be an integer'],
  ['no reason code', { type: 'puback', packetId: 1 }, 'puback: reasonCode must be an integer'],
  ['no subscriptions', { type: 'subscribe', packetId: 1 }, 'subscribe: subscriptions must be an array'],
  ['subscription as text', { ...subscribe, subscriptions: ['a'] }, 'subscribe: subscriptions must be an object'],
  [
    'filter as number',
    { ...subscribe, subscriptions: [{ ...subscription, topicFilter: 1 }] },
    'subscribe: topicFilter must be a string',
  ],
  [
    'No Local as number',
    { ...subscribe, subscriptions: [{ ...subscription, noLocal: 1 }] },
    'subscribe: noLocal must be true or false',
  ],
  [
    'filters as text',
    { type: 'unsubscribe', packetId: 1, topicFilters: 'a' },
    'unsubscribe: topicFilters must be an array',
  ],
  ['a code as text', { type: 'suback', packetId: 1, reasonCodes: ['0'] }, 'suback: reasonCodes must be an integer'],
  ['codes as bytes', { type: 'suback', packetId: 1, reasonCodes: bytes }, 'suback: reasonCodes must be an array'],
  ['properties as array', properties([]), 'publish: properties must be an object'],
  ['properties null', properties(null), 'publish: properties must be an object'],
  ['an unknown property', properties({ topicAlais: 1 }), 'publish: there is no property topicAlais'],
  ['alias as text', properties({ topicAlias: '1' }), 'publish: property topicAlias must be an integer'],
  ['content type as number', properties({ contentType: 1 }), 'publish: property contentType must be a string'],
  ['data as text', properties({ correlationData: 'x' }), 'publish: property correlationData must be a Uint8Array'],
  [
    'one identifier',
    properties({ subscriptionIdentifier: 1 }),
    'publish: property subscriptionIdentifier must be an array',
  ],
  [
    'user property as object',
    properties({ userProperty: { a: 'b' } }),
    'publish: property userProperty must be an array',
  ],
  ['user property as text', properties({ userProperty: ['ab'] }), 'publish: property userProperty must be an array'],
  ['user property alone', properties({ userProperty: [['a']] }), 'publish: property userProperty must be pairs'],
  ['no name', properties({ userProperty: [[undefined, 'b']] }), 'publish: property userProperty must be a string'],
  ['no value', properties({ userProperty: [['a', undefined]] }), 'publish: property userProperty must be a string'],
];

describe('encodePacket: values of the wrong type are a TypeError that names the field', () => {
  it.each(wrongTypes)('%s', (_, packet, message) => {
    const problem = error(packet);
    expect(problem).toBeInstanceOf(TypeError);
    expect(problem.message.slice(0, message.length)).toBe(message);
  });
});

const wrongRanges: [string, unknown, string][] = [
  ['QoS 4', { ...publish, qos: 4 }, 'publish: qos must be 0 to 3, not 4'],
  ['QoS -1', { ...publish, qos: -1 }, 'publish: qos must be 0 to 3, not -1'],
  ['packet id 65,536', { ...publish, packetId: 65_536 }, 'publish: packetId must be 0 to 65535, not 65536'],
  ['keep alive -1', { ...connect, keepAlive: -1 }, 'connect: keepAlive must be 0 to 65535, not -1'],
  ['reason code 256', { type: 'auth', reasonCode: 256 }, 'auth: reasonCode must be 0 to 255, not 256'],
  ['version of a CONNECT', { ...connect, protocolVersion: 6 }, 'protocolVersion must be 3 to 5, not 6'],
  ['alias', properties({ topicAlias: 65_536 }), 'publish: property topicAlias must be 0 to 65535, not 65536'],
  [
    'identifier',
    properties({ subscriptionIdentifier: [268_435_456] }),
    'publish: property subscriptionIdentifier must be 0 to 268435455, not 268435456',
  ],
  [
    'expiry',
    properties({ messageExpiryInterval: 2 ** 32 }),
    'publish: property messageExpiryInterval must be 0 to 4294967295, not 4294967296',
  ],
  [
    'retain handling',
    { ...subscribe, subscriptions: [{ ...subscription, retainHandling: 4 }] },
    'subscribe: retainHandling must be 0 to 3, not 4',
  ],
];

describe('encodePacket: numbers out of range are a RangeError that names the field', () => {
  it.each(wrongRanges)('%s', (_, packet, message) => {
    expect(error(packet)).toEqual(new RangeError(message));
  });

  it('the version of the stream', () => {
    expect(error(publish, 2)).toEqual(new RangeError('protocolVersion must be 3 to 5, not 2'));
    expect(error(publish, null)).toEqual(new TypeError('protocolVersion must be an integer'));
  });
});

/** Values of the right type that break a rule of the standard. */
const broken: [string, unknown, 4 | 5, string][] = [
  ['wildcard', { ...publish, topic: 'a/#' }, 4, 'TOPIC_WILDCARD'],
  ['empty topic', { ...publish, topic: '' }, 5, 'TOPIC_EMPTY'],
  ['U+0000', { ...publish, topic: 'a\0' }, 4, 'UTF8_NUL'],
  ['packet id 0', { ...publish, packetId: 0 }, 4, 'PACKET_ID_ZERO'],
  ['DUP with QoS 0', { ...publish, qos: 0, dup: true }, 4, 'DUP_WITH_QOS_0'],
  ['QoS 3', { ...publish, qos: 3 }, 4, 'QOS_INVALID'],
  ['properties in 3.1.1', properties({ topicAlias: 1 }), 4, 'PROPERTY_FOREIGN'],
  ['foreign property', properties({ serverKeepAlive: 1 }), 5, 'PROPERTY_FOREIGN'],
  ['alias 0', properties({ topicAlias: 0 }), 5, 'TOPIC_ALIAS_ZERO'],
  ['payload format 2', properties({ payloadFormatIndicator: 2 }), 5, 'PROPERTY_NOT_BOOLEAN'],
  ['response topic with a wildcard', properties({ responseTopic: '+' }), 5, 'RESPONSE_TOPIC_WILDCARD'],
  ['empty response topic', properties({ responseTopic: '' }), 5, 'TOPIC_EMPTY'],
  [
    'two identifiers in a SUBSCRIBE',
    { ...subscribe, properties: { subscriptionIdentifier: [1, 2] } },
    5,
    'PROPERTY_DUPLICATE',
  ],
  ['no filters', { ...subscribe, subscriptions: [] }, 5, 'NO_FILTERS'],
  ['bad filter', { ...subscribe, subscriptions: [{ topicFilter: 'a#', qos: 0 }] }, 4, 'FILTER_WILDCARD_MISPLACED'],
  [
    'options in 3.1.1',
    { ...subscribe, subscriptions: [{ ...subscription, noLocal: true }] },
    4,
    'SUBSCRIPTION_OPTIONS_RESERVED',
  ],
  ['reason code in 3.1.1', { type: 'puback', packetId: 1, reasonCode: 0x80 }, 4, 'REASON_CODE_INVALID'],
  ['unknown reason code', { type: 'disconnect', reasonCode: 1 }, 5, 'REASON_CODE_INVALID'],
  ['codes in an UNSUBACK of 3.1.1', { type: 'unsuback', packetId: 1, reasonCodes: [0] }, 4, 'TRAILING_BYTES'],
  ['AUTH in 3.1.1', { type: 'auth', reasonCode: 0 }, 4, 'PACKET_TYPE_RESERVED'],
  ['AUTH without a method', { type: 'auth', reasonCode: 0x18 }, 5, 'AUTHENTICATION_METHOD_MISSING'],
  ['password alone', { ...connect, protocolVersion: 4, password: bytes }, 4, 'PASSWORD_WITHOUT_USER_NAME'],
  ['empty client id', { ...connect, protocolVersion: 4, clientId: '', cleanStart: false }, 4, 'CLIENT_ID_REQUIRED'],
  ['will QoS 3', { ...connect, will: { ...will, qos: 3 } }, 5, 'WILL_QOS_INVALID'],
  ['session present', { type: 'connack', sessionPresent: true, reasonCode: 0x87 }, 5, 'SESSION_PRESENT_WITH_ERROR'],
  ['client id too long', { ...connect, clientId: 'x'.repeat(65_536) }, 5, 'STRING_TOO_LONG'],
  ['password too long', { ...connect, password: Buffer.alloc(65_536) }, 5, 'STRING_TOO_LONG'],
  ['user property too long', properties({ userProperty: [['x'.repeat(65_536), '']] }), 5, 'STRING_TOO_LONG'],
  [
    'filter too long',
    { ...subscribe, subscriptions: [{ topicFilter: 'x'.repeat(65_536), qos: 0 }] },
    5,
    'STRING_TOO_LONG',
  ],
];

describe('encodePacket: broken rules of the standard are an MqttError', () => {
  it.each(broken)('%s', (_, packet, version, codeName) => {
    const problem = error(packet, version);
    expect(problem).toBeInstanceOf(MqttError);
    expect(problem).toMatchObject({ codeName, byteOffset: -1, packets: [] });
    expect((problem as MqttError).statement).not.toBe('');
    expect(problem.message).toMatch(/^cannot encode /);
  });
});

describe('encodePacket: half of a surrogate pair is refused in every text', () => {
  const half = 'a\ud83d';
  const packets: [string, unknown][] = [
    ['topic', { ...publish, topic: half }],
    ['client id', { ...connect, clientId: half }],
    ['user name', { ...connect, userName: half }],
    ['will topic', { ...connect, will: { ...will, topic: half } }],
    ['filter', { ...subscribe, subscriptions: [{ topicFilter: half, qos: 0 }] }],
    ['filter to unsubscribe', { type: 'unsubscribe', packetId: 1, topicFilters: [half] }],
    ['property', properties({ contentType: half })],
    ['user property name', properties({ userProperty: [[half, '']] })],
    ['user property value', properties({ userProperty: [['', half]] })],
  ];

  it.each(packets)('%s', (_, packet) => {
    const problem = error(packet);
    expect(problem).toBeInstanceOf(MqttError);
    expect(problem).toMatchObject({ codeName: 'UTF8_INVALID', statement: 'MQTT-1.5.4-1' });
  });

  it('keeps a whole pair', () => {
    const packet = { ...publish, topic: '\ud83d\ude00', properties: {} } as Packet;
    expect(new PacketDecoder({ protocolVersion: 5 }).push(encodePacket(packet, 5))).toEqual([packet]);
  });
});

describe('encodePacket: members that may be left out', () => {
  it('default to false for flags and to none for properties; QoS 0 needs no packet id', () => {
    const packet = { type: 'publish', topic: 'a', payload: bytes, qos: 0 } as unknown as Packet;
    expect(encodePacket(packet, 5).toString('hex')).toBe('3005000161' + '00' + '78');
    expect(encodePacket({ ...packet, properties: undefined } as Packet, 4).toString('hex')).toBe('3004000161' + '78');
    const plain = { ...publish, properties: { contentType: undefined } } as Packet;
    expect(encodePacket(plain, 4).toString('hex')).toBe('3206000161000178');
    expect(encodePacket(plain, 5).toString('hex')).toBe('3207000161' + '0001' + '00' + '78');
  });

  it('include properties before MQTT 5, which may only be an empty object', () => {
    expect(error(properties('x'), 4).message).toContain('publish: properties must be an object');
    expect(error(properties({ contentType: undefined, responseTopic: 'a' }), 4)).toMatchObject({
      codeName: 'PROPERTY_FOREIGN',
    });
  });

  it('leave no trace of an error in the next packet', () => {
    error({ ...publish, topic: '#' });
    error({ ...publish, payload: 5 });
    expect(encodePacket({ type: 'pingreq' }, 4).toString('hex')).toBe('c000');
  });
});
