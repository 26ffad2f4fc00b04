import { readFileSync } from 'node:fs';
import fc, { type Arbitrary } from 'fast-check';
import type {
  ConnectPacket,
  Packet,
  Properties,
  ProtocolVersion,
  PublishPacket,
  QoS,
  Subscription,
  Will,
} from '../../../../host/core/index.js';

/** Arbitrary valid packets, as decoding returns them. The ABI description says which packet has which property and reason code. */

interface PropertyRule {
  name: keyof Properties;
  type: 'byte' | 'u16' | 'u32' | 'varint' | 'binary' | 'utf8' | 'pair';
  rule?: 'boolean' | 'nonzero' | 'topic';
  packets: string[];
}

interface Tables {
  properties: PropertyRule[];
  reasonCodes: { code: number; packets: string[] }[];
}

const tables: Tables = JSON.parse(readFileSync(new URL('../../../../assembly/abi/mqtt.json', import.meta.url), 'utf8'));

const LARGEST_VARINT = 268_435_455;

/** Any text without U+0000; sometimes too long for the views and loops for short text. */
export const text = (minLength = 0): Arbitrary<string> =>
  fc
    .oneof(
      { weight: 3, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength }) },
      { weight: 3, arbitrary: fc.string({ unit: 'binary', minLength }) },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: Math.max(minLength, 20), maxLength: 150 }) },
    )
    .map((value) => value.replaceAll('\0', '\ufeff'));

export const bytes: Arbitrary<Buffer> = fc
  .oneof(
    { weight: 4, arbitrary: fc.uint8Array() },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 100, maxLength: 400 }) },
  )
  .map((value) => Buffer.from(value));

/** An integer; the ends of its range, and those of fewer bytes, are frequent. */
function integer(min: number, max: number): Arbitrary<number> {
  const edges = [0, 1, 127, 128, 255, 256, 16_383, 16_384, 65_535, 65_536, 0x7fffffff, 0x80000000, 0xffffffff];
  const within = edges.filter((edge) => edge >= min && edge <= max);
  return fc.oneof(fc.constantFrom(min, max, ...within), fc.integer({ min, max }));
}

export const topic: Arbitrary<string> = fc
  .array(text(), { minLength: 1, maxLength: 4 })
  .map((levels) => levels.join('/').replaceAll(/[#+]/g, '$') || '/');

const plainFilter: Arbitrary<string> = fc
  .tuple(
    fc.array(
      fc.oneof(
        fc.constant('+'),
        text().map((level) => level.replaceAll(/[#+/]/g, '$')),
      ),
      { maxLength: 4 },
    ),
    fc.boolean(),
  )
  .map(([levels, all]) => (all ? [...levels, '#'] : levels).join('/') || '#');

export function filter(version: ProtocolVersion): Arbitrary<string> {
  if (version < 5) return plainFilter;
  const name = text(1).map((value) => value.replaceAll(/[#+/]/g, '$'));
  const shared = fc.tuple(name, plainFilter).map(([group, rest]) => `$share/${group}/${rest}`);
  return fc.oneof(
    { weight: 5, arbitrary: plainFilter.filter((f) => !f.startsWith('$share/')) },
    { weight: 1, arbitrary: shared },
  );
}

function valueFor({ type, rule }: PropertyRule): Arbitrary<unknown> {
  const lowest = rule === 'nonzero' ? 1 : 0;
  switch (type) {
    case 'byte':
      return integer(0, rule === 'boolean' ? 1 : 255);
    case 'u16':
      return integer(lowest, 0xffff);
    case 'u32':
      return integer(lowest, 0xffffffff);
    case 'varint':
      return integer(lowest, LARGEST_VARINT).map((value) => [value]);
    case 'binary':
      return bytes;
    case 'utf8':
      return rule === 'topic' ? topic : text();
    case 'pair':
      return fc.array(fc.tuple(text(), text()), { minLength: 1, maxLength: 4 });
  }
}

/** Some of the properties that a packet may have; Authentication Data only with a method. */
function properties(packet: string): Arbitrary<Properties> {
  const rules = tables.properties.filter(({ packets }) => packets.includes(packet));
  const values: Record<string, Arbitrary<unknown>> = Object.fromEntries(
    rules.map((rule) => [rule.name, valueFor(rule)]),
  );
  if (packet === 'PUBLISH')
    values.subscriptionIdentifier = fc.array(integer(1, LARGEST_VARINT), { minLength: 1, maxLength: 3 });
  const some = fc.record(values, { requiredKeys: [], noNullPrototype: true }) as Arbitrary<Properties>;
  const none = fc.constant<Properties>({});
  return fc.oneof({ weight: 3, arbitrary: some }, { weight: 1, arbitrary: none }).map((given) => {
    const lacksMethod = given.authenticationData && given.authenticationMethod === undefined;
    return lacksMethod ? { ...given, authenticationMethod: 'm' } : given;
  });
}

/** The member `properties`, which only packets of MQTT 5 have. */
const withProperties = (version: ProtocolVersion, packet: string): Arbitrary<{ properties?: Properties }> =>
  version === 5 ? properties(packet).map((given) => ({ properties: given })) : fc.constant({});

const reasonCode = (packet: string): Arbitrary<number> =>
  fc.constantFrom(...tables.reasonCodes.filter(({ packets }) => packets.includes(packet)).map(({ code }) => code));

const packetId = integer(1, 0xffff);
const qos = fc.constantFrom<QoS>(0, 1, 2);

function will(version: ProtocolVersion): Arbitrary<Will> {
  const fixed = fc.record({ topic, payload: bytes, qos, retain: fc.boolean() }, { noNullPrototype: true });
  return fc.tuple(fixed, withProperties(version, 'WILL')).map(([some, more]) => ({ ...some, ...more }));
}

function connect(version: ProtocolVersion): Arbitrary<Packet> {
  const fixed = fc.record(
    {
      cleanStart: fc.boolean(),
      keepAlive: integer(0, 0xffff),
      clientId: text(),
      will: will(version),
      userName: text(),
      password: bytes,
    },
    { requiredKeys: ['cleanStart', 'keepAlive', 'clientId'], noNullPrototype: true },
  );
  return fc.tuple(fixed, withProperties(version, 'CONNECT')).map(([some, more]) => {
    const packet: ConnectPacket = { type: 'connect', protocolVersion: version, ...some, ...more };
    if (version < 5) {
      packet.cleanStart ||= packet.clientId === '';
      if (packet.userName === undefined) delete packet.password;
    }
    return packet;
  });
}

function connack(version: ProtocolVersion): Arbitrary<Packet> {
  const code = version === 5 ? reasonCode('CONNACK') : integer(0, 5);
  return fc.tuple(code, fc.boolean(), withProperties(version, 'CONNACK')).map(([reason, present, more]) => ({
    type: 'connack',
    sessionPresent: present && reason === 0,
    reasonCode: reason,
    ...more,
  }));
}

function publish(version: ProtocolVersion): Arbitrary<Packet> {
  const fixed = fc.record(
    { topic, payload: bytes, qos, retain: fc.boolean(), dup: fc.boolean() },
    { noNullPrototype: true },
  );
  return fc
    .tuple(fixed, packetId, withProperties(version, 'PUBLISH'), fc.boolean())
    .map(([some, id, more, byAlias]) => {
      const packet: PublishPacket = { type: 'publish', ...some, dup: some.dup && some.qos > 0, ...more };
      if (packet.qos > 0) packet.packetId = id;
      if (byAlias && more.properties?.topicAlias !== undefined) packet.topic = '';
      return packet;
    });
}

function acknowledgement(
  type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp',
  version: ProtocolVersion,
): Arbitrary<Packet> {
  const name = type.toUpperCase();
  const code = version === 5 ? reasonCode(name) : fc.constant(0);
  return fc
    .tuple(packetId, code, withProperties(version, name))
    .map(([id, reason, more]) => ({ type, packetId: id, reasonCode: reason, ...more }));
}

function subscribe(version: ProtocolVersion): Arbitrary<Packet> {
  const retainHandling = fc.constantFrom<0 | 1 | 2>(0, 1, 2);
  const subscription = fc
    .tuple(filter(version), qos, fc.boolean(), fc.boolean(), retainHandling)
    .map((parts): Subscription => {
      const [topicFilter, granted, noLocal, retainAsPublished, handling] = parts;
      if (version < 5) return { topicFilter, qos: granted };
      const own = noLocal && !topicFilter.startsWith('$share/');
      return { topicFilter, qos: granted, noLocal: own, retainAsPublished, retainHandling: handling };
    });
  return fc
    .tuple(packetId, fc.array(subscription, { minLength: 1, maxLength: 4 }), withProperties(version, 'SUBSCRIBE'))
    .map(([id, subscriptions, more]) => ({ type: 'subscribe', packetId: id, subscriptions, ...more }));
}

function unsubscribe(version: ProtocolVersion): Arbitrary<Packet> {
  return fc
    .tuple(packetId, fc.array(filter(version), { minLength: 1, maxLength: 4 }), withProperties(version, 'UNSUBSCRIBE'))
    .map(([id, topicFilters, more]) => ({ type: 'unsubscribe', packetId: id, topicFilters, ...more }));
}

function subscriptionAnswer(type: 'suback' | 'unsuback', version: ProtocolVersion): Arbitrary<Packet> {
  const name = type.toUpperCase();
  const code = version === 5 ? reasonCode(name) : fc.constantFrom(0, 1, 2, 0x80);
  const codes = fc.array(code, { minLength: 1, maxLength: 6 });
  return fc
    .tuple(
      packetId,
      version < 5 && type === 'unsuback' ? fc.constant<number[]>([]) : codes,
      withProperties(version, name),
    )
    .map(([id, reasonCodes, more]) => ({ type, packetId: id, reasonCodes, ...more }));
}

function disconnect(version: ProtocolVersion): Arbitrary<Packet> {
  const code = version === 5 ? reasonCode('DISCONNECT') : fc.constant(0);
  return fc
    .tuple(code, withProperties(version, 'DISCONNECT'))
    .map(([reason, more]) => ({ type: 'disconnect', reasonCode: reason, ...more }));
}

/** An AUTH names its method, unless it is the shortest one (3.15.2.1). */
function auth(): Arbitrary<Packet> {
  const shortest = fc.constant<Packet>({ type: 'auth', reasonCode: 0, properties: {} });
  const full = fc.tuple(reasonCode('AUTH'), properties('AUTH'), text()).map(
    ([code, given, authenticationMethod]): Packet => ({
      type: 'auth',
      reasonCode: code,
      properties: { authenticationMethod, ...given },
    }),
  );
  return fc.oneof({ weight: 5, arbitrary: full }, { weight: 1, arbitrary: shortest });
}

/** Every type of packet that a version has. */
export function packetsByType(version: 4 | 5): Record<string, Arbitrary<Packet>> {
  return {
    connect: connect(version),
    connack: connack(version),
    publish: publish(version),
    puback: acknowledgement('puback', version),
    pubrec: acknowledgement('pubrec', version),
    pubrel: acknowledgement('pubrel', version),
    pubcomp: acknowledgement('pubcomp', version),
    subscribe: subscribe(version),
    suback: subscriptionAnswer('suback', version),
    unsubscribe: unsubscribe(version),
    unsuback: subscriptionAnswer('unsuback', version),
    pingreq: fc.constant({ type: 'pingreq' }),
    pingresp: fc.constant({ type: 'pingresp' }),
    disconnect: disconnect(version),
    ...(version === 5 ? { auth: auth() } : {}),
  };
}

/** A packet of any type; PUBLISH comes most often. */
export function anyPacket(version: 4 | 5): Arbitrary<Packet> {
  const byType = packetsByType(version);
  return fc.oneof({ weight: 3, arbitrary: byType.publish }, ...Object.values(byType));
}

/** The packets of a seed. */
export const samplePackets = (version: 4 | 5, count: number, seed: number): Packet[] =>
  fc.sample(anyPacket(version), { numRuns: count, seed });
