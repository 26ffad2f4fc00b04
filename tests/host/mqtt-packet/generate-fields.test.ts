import { describe, expect, it } from 'vitest';
import type { Packet } from '../../../host/mqtt-packet/index.js';
import { ours, theirs } from './peers.js';

type Fields = Record<string, unknown>;

const bytes = Buffer.from('x');
const reason = { reasonString: 'r', userProperties: { a: 'b' } };
const authentication = { authenticationMethod: 'm', authenticationData: bytes };
const message = {
  payloadFormatIndicator: true,
  messageExpiryInterval: 1,
  contentType: 't',
  responseTopic: 'r',
  correlationData: bytes,
  userProperties: { a: 'b' },
};
const session = {
  ...authentication,
  sessionExpiryInterval: 1,
  receiveMaximum: 1,
  maximumPacketSize: 100,
  topicAliasMaximum: 1,
  userProperties: { a: 'b' },
};
const acknowledgement = (cmd: string, reasonCode: number) => ({ cmd, messageId: 1, reasonCode, properties: reason });

/** A packet of each type with every field that it may have. */
const packets: Fields[] = [
  {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 5,
    clean: false,
    keepalive: 1,
    clientId: 'c',
    username: 'u',
    password: bytes,
    will: { topic: 'w', payload: bytes, qos: 1, retain: true, properties: { ...message, willDelayInterval: 1 } },
    properties: { ...session, requestResponseInformation: true, requestProblemInformation: true },
  },
  {
    cmd: 'connack',
    sessionPresent: false,
    reasonCode: 0,
    properties: {
      ...session,
      maximumQoS: 1,
      retainAvailable: true,
      assignedClientIdentifier: 'a',
      reasonString: 'r',
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifiersAvailable: true,
      sharedSubscriptionAvailable: true,
      serverKeepAlive: 1,
      responseInformation: 'r',
      serverReference: 's',
    },
  },
  {
    cmd: 'publish',
    topic: 't',
    payload: bytes,
    qos: 1,
    dup: false,
    retain: false,
    messageId: 1,
    properties: { ...message, topicAlias: 1 },
  },
  acknowledgement('puback', 0x10),
  acknowledgement('pubrec', 0x10),
  acknowledgement('pubrel', 0x92),
  acknowledgement('pubcomp', 0x92),
  {
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: [{ topic: 'a', qos: 1, nl: true, rap: true, rh: 1 }],
    properties: { subscriptionIdentifier: 1, userProperties: { a: 'b' } },
  },
  { cmd: 'suback', messageId: 1, granted: [0], properties: reason },
  { cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['a'], properties: { userProperties: { a: 'b' } } },
  { cmd: 'unsuback', messageId: 1, granted: [0], properties: reason },
  {
    cmd: 'disconnect',
    reasonCode: 4,
    properties: { ...reason, sessionExpiryInterval: 1, serverReference: 's' },
  },
  { cmd: 'auth', reasonCode: 0x18, properties: { ...reason, ...authentication } },
];

/** The values that a field may wrongly have; `undefined` means that it is missing. */
const wrongValues: unknown[] = [
  undefined,
  null,
  7,
  -1,
  1.5,
  Number.NaN,
  true,
  '',
  'x',
  'a\0',
  'a\ud800',
  'x'.repeat(65_536),
  Buffer.alloc(65_536),
  {},
  [],
  [null],
  Object.create(null),
  Symbol('s'),
  1n,
  () => 1,
];

/** Fields that mqtt-packet calls by another name, and a field that names another one that it needs. */
const OTHER_NAMES: Record<string, RegExp> = {
  protocolVersion: /protocol version/,
  granted: /qos vector|granted/,
  reasonCode: /return code|reason code/i,
  nl: /No Local/,
  rap: /Retain as Published/,
  rh: /Retain Handling/,
  authenticationMethod: /Authentication ?Method/i,
};

function* pathsOf(fields: Fields, before: string[] = []): Generator<string[]> {
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'cmd' || name === 'properties') {
      if (typeof value === 'object') yield* pathsOf(value as Fields, [...before, name]);
      continue;
    }
    yield [...before, name];
    const isList = typeof value === 'object' && value !== null && !Buffer.isBuffer(value);
    if (isList && name !== 'userProperties') yield* pathsOf(value as Fields, [...before, name]);
  }
}

/** The packet with another value at the path. */
function changed(packet: Fields, [name, ...rest]: string[], value: unknown): Fields {
  const copy = (Array.isArray(packet) ? [...packet] : { ...packet }) as Fields;
  copy[name] = rest.length > 0 ? changed(copy[name] as Fields, rest, value) : value;
  return copy;
}

const options = { protocolVersion: 5 };

function refusal(packet: Fields, lenient = false): Error | undefined {
  try {
    ours.generate(packet as unknown as Packet, { ...options, lenient });
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

const cases = packets.flatMap((packet) =>
  Array.from(pathsOf(packet), (path) => ({ cmd: packet.cmd, field: path.join('.'), packet, path })),
);

describe('an error of generate', () => {
  it.each(packets)('does not come for $cmd with every field that it may have', (packet) => {
    expect(refusal(packet)).toBeUndefined();
  });

  it.each(cases)('names $field of a $cmd when it is missing or wrong', ({ packet, path }) => {
    const name = path.filter((part) => !/^\d+$/.test(part)).at(-1) as string;
    for (const value of wrongValues) {
      for (const lenient of [false, true]) {
        const error = refusal(changed(packet, path, value), lenient);
        if (!error) continue;
        const text = `${lenient ? 'lenient' : 'strict'}, ${typeof value}: ${error.message}`;
        expect(error.name, text).toBe('PacketError');
        const isNamed = error.message.includes(name) || OTHER_NAMES[name]?.test(error.message);
        expect(isNamed, text).toBe(true);
      }
    }
  });

  it.each<[string, Fields, string]>([
    ['the method of an AUTH', { cmd: 'auth', reasonCode: 24 }, 'the Authentication Method is missing'],
    [
      'the method beside the data of an AUTH',
      { cmd: 'auth', reasonCode: 24, properties: { authenticationData: 'x' } },
      'the Authentication Method is missing',
    ],
    [
      'the method beside the data of a CONNECT',
      { cmd: 'connect', clientId: 'c', protocolVersion: 5, properties: { authenticationData: 'x' } },
      'the Authentication Method is missing',
    ],
    [
      'a property of the will',
      { ...packets[0], will: { topic: 'w', payload: '', properties: { contentType: 'a\0' } } },
      'will.contentType: ',
    ],
    ['the topic of the will', { ...packets[0], will: { topic: 'w/#', payload: '' } }, 'will.topic: a Topic Name holds'],
    [
      'the response topic, not the topic',
      { cmd: 'publish', topic: 't', properties: { responseTopic: '' } },
      'responseTopic: a Topic Name or Topic Filter is empty',
    ],
    [
      'the property of three that is zero',
      { cmd: 'connect', clientId: 'c', protocolVersion: 5, properties: { receiveMaximum: 1, maximumPacketSize: 0 } },
      'maximumPacketSize: ',
    ],
    [
      'the property that does not belong to the packet',
      { cmd: 'publish', topic: 't', properties: { contentType: 't', serverReference: 's' } },
      'serverReference: ',
    ],
    [
      'the property behind a long one',
      {
        cmd: 'publish',
        topic: 't',
        properties: { contentType: 'x'.repeat(20_000), responseTopic: 'a', topicAlias: 0 },
      },
      'topicAlias: ',
    ],
    [
      'the second of two filters',
      { cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['a', ''] },
      'unsubscriptions: a Topic Name or Topic Filter is empty',
    ],
    ['the packet id', { cmd: 'puback', messageId: 0 }, 'messageId: the Packet Identifier is zero'],
  ])('names %s', (_, packet, words) => {
    expect(refusal(packet)?.message).toContain(`cannot encode ${packet.cmd}: ${words}`);
  });

  it('stays one when the packet cannot be read a second time', () => {
    let count = 0;
    const packet = {
      cmd: 'publish',
      get topic() {
        return count++ === 0 ? 'a/#' : 7;
      },
    };
    expect(refusal(packet)).toMatchObject({ name: 'PacketError', codeName: 'TOPIC_WILDCARD' });
  });

  it('leaves nothing of the refused packet in the next one', () => {
    expect(refusal({ cmd: 'publish', topic: 'a/#' })?.message).toContain('topic: ');
    expect(ours.generate({ cmd: 'puback', messageId: 1 }).toString('hex')).toBe('40020001');
  });

  it('is destroyed with, not thrown, for a value that has no text', () => {
    const errors: Error[] = [];
    const stream = { write: () => true, destroy: (error: Error) => errors.push(error) };
    for (const value of [Symbol('s'), Object.create(null)]) {
      const packet = { cmd: 'publish', topic: 't', properties: { contentType: value } };
      expect(ours.writeToStream(packet as never, stream as never, options)).toBe(false);
    }
    expect(errors.map(({ message }) => message)).toEqual([
      'Invalid contentType: Symbol(s)',
      'Invalid contentType: object',
    ]);
  });
});

it('properties that are bytes or a list count as none, as in mqtt-packet', () => {
  for (const properties of [bytes, [], new Uint8Array(2)]) {
    const packet = { cmd: 'publish', topic: 't', payload: '', properties } as never;
    expect(ours.generate(packet, options)).toEqual(theirs.generate(packet, options));
  }
});
