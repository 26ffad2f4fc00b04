/** One packet of each type, as an object and as the bytes that the standard prescribes. */
export interface Example {
  what: string;
  protocolVersion: 3 | 4 | 5;
  packet: Record<string, unknown>;
  bytes: string;
}

const example = (
  protocolVersion: 3 | 4 | 5,
  what: string,
  bytes: string,
  packet: Record<string, unknown>,
): Example => ({
  what,
  protocolVersion,
  packet,
  bytes: bytes.replaceAll(' ', ''),
});

const will = { topic: 'w', payload: Buffer.from('bye'), qos: 1, retain: true };

export const examples: Example[] = [
  example(3, 'CONNECT of 3.1', '100f 0006 4d5149736470 03 02 003c 0001 63', {
    cmd: 'connect',
    protocolId: 'MQIsdp',
    protocolVersion: 3,
    clean: true,
    keepalive: 60,
    clientId: 'c',
  }),
  example(
    4,
    'CONNECT with will and credentials',
    '101b 0004 4d515454 04 ee 003c 0001 63 0001 77 0003 627965 0001 75 0001 70',
    {
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
      clientId: 'c',
      will,
      username: 'u',
      password: Buffer.from('p'),
    },
  ),
  example(
    5,
    'CONNECT with properties',
    '101f 0004 4d515454 05 2e 0000 03 21 000a 0001 63 05 18 00000005 0001 77 0003 627965',
    {
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 5,
      clean: true,
      keepalive: 0,
      clientId: 'c',
      properties: { receiveMaximum: 10 },
      will: { ...will, properties: { willDelayInterval: 5 } },
    },
  ),
  example(4, 'CONNACK', '2002 0100', { cmd: 'connack', sessionPresent: true, returnCode: 0 }),
  example(5, 'CONNACK', '2007 00 87 04 1f 0001 6e', {
    cmd: 'connack',
    sessionPresent: false,
    reasonCode: 0x87,
    properties: { reasonString: 'n' },
  }),
  example(4, 'PUBLISH, QoS 0', '3005 0001 61 6869', { cmd: 'publish', topic: 'a', payload: Buffer.from('hi') }),
  example(4, 'PUBLISH, QoS 2, DUP, retained', '3d07 0001 61 0102 6869', {
    cmd: 'publish',
    topic: 'a',
    payload: Buffer.from('hi'),
    qos: 2,
    dup: true,
    retain: true,
    messageId: 0x102,
  }),
  example(5, 'PUBLISH with properties', '3210 0001 61 0007 0a 0101 23 0003 02 00000009', {
    cmd: 'publish',
    topic: 'a',
    payload: Buffer.alloc(0),
    qos: 1,
    messageId: 7,
    properties: { payloadFormatIndicator: true, topicAlias: 3, messageExpiryInterval: 9 },
  }),
  example(5, 'PUBLISH with two bytes of properties', '3007 0001 61 02 01 01 78', {
    cmd: 'publish',
    topic: 'a',
    payload: Buffer.from('x'),
    properties: { payloadFormatIndicator: true },
  }),
  example(
    5,
    'PUBLISH with user properties',
    '3020 0001 61 1b 26 0001 6b 0001 31 26 0001 6b 0001 32 26 0001 6b 0001 33 0b 07 0b 08 0b 09 01',
    {
      cmd: 'publish',
      topic: 'a',
      payload: Buffer.from([1]),
      properties: { userProperties: { k: ['1', '2', '3'] }, subscriptionIdentifier: [7, 8, 9] },
    },
  ),
  example(4, 'PUBACK', '4002 0007', { cmd: 'puback', messageId: 7 }),
  example(5, 'PUBACK, success in its shortest form', '4002 0007', { cmd: 'puback', messageId: 7, reasonCode: 0 }),
  example(5, 'PUBACK with a reason', '4004 0007 10 00', { cmd: 'puback', messageId: 7, reasonCode: 0x10 }),
  example(5, 'PUBACK, success with a reason string', '4008 0007 00 04 1f 0001 78', {
    cmd: 'puback',
    messageId: 7,
    reasonCode: 0,
    properties: { reasonString: 'x' },
  }),
  example(4, 'PUBREC', '5002 0007', { cmd: 'pubrec', messageId: 7 }),
  example(5, 'PUBREC', '5008 0007 80 04 1f 0001 78', {
    cmd: 'pubrec',
    messageId: 7,
    reasonCode: 0x80,
    properties: { reasonString: 'x' },
  }),
  example(4, 'PUBREL', '6202 0007', { cmd: 'pubrel', messageId: 7, qos: 1 }),
  example(5, 'PUBREL', '6208 0007 92 04 1f 0001 78', {
    cmd: 'pubrel',
    qos: 1,
    messageId: 7,
    reasonCode: 0x92,
    properties: { reasonString: 'x' },
  }),
  example(5, 'PUBCOMP', '7008 0007 92 04 1f 0001 78', {
    cmd: 'pubcomp',
    messageId: 7,
    reasonCode: 0x92,
    properties: { reasonString: 'x' },
  }),
  example(4, 'SUBSCRIBE', '820a 0007 0001 61 01 0001 23 00', {
    cmd: 'subscribe',
    qos: 1,
    messageId: 7,
    subscriptions: [
      { topic: 'a', qos: 1 },
      { topic: '#', qos: 0 },
    ],
  }),
  example(5, 'SUBSCRIBE with options', '8209 0007 02 0b 05 0001 61 2e', {
    cmd: 'subscribe',
    qos: 1,
    messageId: 7,
    properties: { subscriptionIdentifier: 5 },
    subscriptions: [{ topic: 'a', qos: 2, nl: true, rap: true, rh: 2 }],
  }),
  example(4, 'SUBACK', '9005 0007 01 02 80', { cmd: 'suback', messageId: 7, granted: [1, 2, 0x80] }),
  example(5, 'SUBACK', '9004 0007 00 9e', { cmd: 'suback', messageId: 7, granted: [0x9e] }),
  example(4, 'UNSUBSCRIBE', 'a205 0007 0001 61', { cmd: 'unsubscribe', qos: 1, messageId: 7, unsubscriptions: ['a'] }),
  example(4, 'UNSUBACK', 'b002 0007', { cmd: 'unsuback', messageId: 7 }),
  example(5, 'UNSUBACK', 'b004 0007 00 11', { cmd: 'unsuback', messageId: 7, granted: [0x11] }),
  example(4, 'PINGREQ', 'c000', { cmd: 'pingreq' }),
  example(4, 'PINGRESP', 'd000', { cmd: 'pingresp' }),
  example(4, 'DISCONNECT', 'e000', { cmd: 'disconnect' }),
  example(5, 'DISCONNECT', 'e007 04 05 11 0000003c', {
    cmd: 'disconnect',
    reasonCode: 4,
    properties: { sessionExpiryInterval: 60 },
  }),
  example(5, 'AUTH', 'f00a 18 08 15 0001 6d 16 0001 78', {
    cmd: 'auth',
    reasonCode: 0x18,
    properties: { authenticationMethod: 'm', authenticationData: Buffer.from('x') },
  }),
];
