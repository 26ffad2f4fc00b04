import { describe, expect, it } from 'vitest';
import {
  completeSettings,
  DEFAULT_LIMITS,
  type ListenerInfo,
  type ListenerSettings,
  type Rules,
} from '../../../../../host/broker/index.js';
import type { ConnectPacket, ProtocolVersion } from '../../../../../host/core/index.js';
import { text, World } from '../../world.js';

const listenerWith = (settings: Partial<ListenerSettings>, rules: Rules = {}): ListenerInfo => ({
  name: 'mqtt://127.0.0.1:1',
  rules,
  settings,
});

/** A connection by a listener with these settings, beside one by the engine's own. */
function come(settings: Partial<ListenerSettings>, options: Partial<ConnectPacket> = {}) {
  const world = new World();
  const client = world.connect(options, { listener: listenerWith(settings) });
  const other = world.connect({ ...options, clientId: 'other' });
  return { world, client, other };
}

describe('settings of a listener', () => {
  it('are announced to its clients and to no others (3.2.2.3)', () => {
    const announced = {
      maximumPacketSize: 5000,
      receiveMaximum: 7,
      topicAliasMaximum: 3,
      maximumQoS: 1,
    } as const;
    const missing = {
      retainAvailable: false,
      wildcardSubscriptionAvailable: false,
      subscriptionIdentifierAvailable: false,
      sharedSubscriptionAvailable: false,
    };
    const { client, other } = come({ ...announced, ...missing }, { protocolVersion: 5 });
    const unavailable = Object.fromEntries(Object.keys(missing).map((name) => [name, 0]));
    expect(client.connack.properties).toEqual({ ...announced, ...unavailable });
    expect(other.connack.properties).toMatchObject({ maximumPacketSize: 1_048_576, receiveMaximum: 100 });
    expect(other.connack.properties).not.toHaveProperty('retainAvailable');
  });

  it('leave Reason Strings out of every refusal when they say so', () => {
    const { client, other } = come({ reasonStrings: false, maximumPayloadSize: 1 }, { protocolVersion: 5 });
    client.publish('a', 'xx', { qos: 1 });
    expect(client.next('puback')).toMatchObject({ reasonCode: 0x97, properties: {} });
    for (const each of [client, other]) each.publish('a', 'x', { properties: { topicAlias: 999 } });
    expect(client.next('disconnect')).toMatchObject({ reasonCode: 0x94, properties: {} });
    expect(other.next('disconnect').properties?.reasonString).toContain('999');
  });

  it('limit the packets of its clients, before CONNECT too (3.2.2.3.6)', () => {
    const world = new World();
    const listener = listenerWith({ maximumPacketSize: 60 });
    const early = world.open(5, { listener });
    early.send({
      type: 'connect',
      protocolVersion: 5,
      cleanStart: true,
      keepAlive: 0,
      clientId: 'x'.repeat(60),
    });
    expect(early.next('connack').reasonCode).toBe(0x95);
    const client = world.connect({ protocolVersion: 5 }, { listener });
    client.publish('a', 'x'.repeat(60));
    expect(client.next('disconnect').reasonCode).toBe(0x95);
  });

  it('limit QoS, aliases and receive maximum', () => {
    const { client } = come({ maximumQoS: 1 }, { protocolVersion: 5 });
    expect(client.subscribe('a', { qos: 2 })).toEqual([1]);
    client.publish('a', 'x', { qos: 2 });
    expect(client.next('disconnect').reasonCode).toBe(0x9b);
    const { client: second } = come({ topicAliasMaximum: 2 }, { protocolVersion: 5 });
    second.publish('a', 'x', { properties: { topicAlias: 3 } });
    expect(second.next('disconnect').reasonCode).toBe(0x94);
    const { client: third } = come({ receiveMaximum: 1 }, { protocolVersion: 5 });
    for (const packetId of [1, 2]) third.publish('a', 'x', { qos: 2, packetId });
    expect(third.received).toMatchObject([{ type: 'pubrec' }, { type: 'disconnect', reasonCode: 0x93 }]);
  });

  it.each([4, 5] as const)(
    'limit the payload: a larger one is refused and the connection stays, version %i',
    (version) => {
      const { world, client, other } = come({ maximumPayloadSize: 3 }, { protocolVersion: version });
      other.subscribe('#');
      client.publish('a', 'long', { qos: 1 });
      client.publish('a', 'abc', { qos: 1 });
      client.publish('a', 'long');
      const [refused, accepted] = [client.next('puback'), client.next('puback')];
      expect(refused.reasonCode).toBe(version === 5 ? 0x97 : 0);
      if (version === 5) expect(refused.properties?.reasonString).toBe('a payload of 4 bytes; send at most 3');
      expect(accepted.reasonCode).toBe(0);
      expect(other.messages()).toEqual(['a=abc']);
      expect(client.isClosed).toBe(false);
      expect(world.eventsOf('dropped')).toMatchObject(Array(2).fill({ topic: 'a', reason: 'payload too large' }));
    },
  );

  it.each([
    [4, 5],
    [5, 0x95],
  ] as const)('limit the payload of a will: version %i is refused with %i', (protocolVersion, reasonCode) => {
    const will = { topic: 'a', payload: text('long'), qos: 0, retain: false } as const;
    expect(come({ maximumPayloadSize: 3 }, { protocolVersion, will }).client.connack.reasonCode).toBe(reasonCode);
    expect(come({ maximumPayloadSize: 4 }, { protocolVersion, will }).client.connack.reasonCode).toBe(0);
  });

  it('without retained messages refuse RETAIN in PUBLISH and in a will (MQTT-3.2.2-13, MQTT-3.2.2-14)', () => {
    const settings = { retainAvailable: false };
    const { client } = come(settings, { protocolVersion: 5 });
    client.publish('a', 'x', { retain: true });
    expect(client.next('disconnect').reasonCode).toBe(0x9a);
    expect(client.isClosed).toBe(true);
    const will = { topic: 'a', payload: text('x'), qos: 0, retain: true } as const;
    const refused = come(settings, { protocolVersion: 5, will }).client;
    expect(refused.connack.reasonCode).toBe(0x9a);
    expect(refused.isClosed).toBe(true);
  });

  it('without wildcards refuse filters with them with 0x80 before MQTT 5, and keep the connection (3.1.1: MQTT-3.8.3-2)', () => {
    const { client } = come({ wildcardSubscriptionAvailable: false }, { protocolVersion: 4 });
    expect(['a/+', '#', 'a'].map((filter) => client.subscribe(filter))).toEqual([[0x80], [0x80], [0]]);
    expect(client.isClosed).toBe(false);
  });

  it('count the clients of this listener: one too many is refused, and who takes over his own session is not', () => {
    const world = new World();
    const listener = listenerWith({ maximumConnections: 2 });
    const join = (clientId: string) => world.connect({ protocolVersion: 5, clientId }, { listener });
    const [one, two] = [join('1'), join('2')];
    const refused = join('3');
    expect(refused.connack.reasonCode).toBe(0x97);
    expect(world.eventsOf('refused')).toMatchObject([
      { clientId: '3', reason: '2 clients are connected to mqtt://127.0.0.1:1, which is its maximum' },
    ]);
    expect(world.connect({ protocolVersion: 4, clientId: '3' }, { listener }).connack.reasonCode).toBe(3);
    expect(world.connect({ clientId: 'elsewhere' }).connack.reasonCode).toBe(0);
    expect(join('2').connack.reasonCode).toBe(0);
    expect(two.isClosed).toBe(true);
    one.drop();
    expect(join('3').connack.reasonCode).toBe(0);
    expect(join('4').connack.reasonCode).toBe(0x97);
  });

  it.each<[ProtocolVersion, number]>([
    [3, 1],
    [4, 1],
    [5, 0x84],
  ])('may leave out protocol version %i, which is refused with code %i', (protocolVersion, reasonCode) => {
    const protocolVersions = ([3, 4, 5] as const).filter((version) => version !== protocolVersion);
    const { client } = come({ protocolVersions }, { protocolVersion });
    expect(client.connack.reasonCode).toBe(reasonCode);
    expect(client.isClosed).toBe(true);
  });

  it('upgrade the QoS of messages for its clients to that of the subscription', () => {
    const { world, client, other } = come({ upgradeOutgoingQoS: true });
    client.subscribe('a', { qos: 2 });
    other.subscribe('a', { qos: 2 });
    world.engine.publish('a', 'x', { qos: 0 });
    expect([client.next('publish').qos, other.next('publish').qos]).toEqual([2, 0]);
  });

  it('may be put in the place of others: they hold for those who come after', () => {
    const world = new World();
    const listener = { name: 'l', rules: {}, settings: { maximumQoS: 1 } as Partial<ListenerSettings> };
    const before = world.connect({ protocolVersion: 5, clientId: 'before' }, { listener });
    listener.settings = { maximumConnections: 2 };
    const after = world.connect({ protocolVersion: 5, clientId: 'after' }, { listener });
    expect([before, after].map(({ connack }) => connack.properties?.maximumQoS)).toEqual([1, undefined]);
    expect(before.subscribe('a', { qos: 2 })).toEqual([1]);
    expect(world.connect({ clientId: 'third' }, { listener }).connack.reasonCode).toBe(3);
  });
});

describe('keep-alive (3.2.2.3.14)', () => {
  const settings = { maximumKeepAlive: 60 };

  it.each([
    [0, 60],
    [61, 60],
    [65_535, 60],
    [60, undefined],
    [10, undefined],
  ])(
    'of %i s under a maximum of 60 s: Server Keep Alive is %s, and holds (MQTT-3.1.2-21, MQTT-3.2.2-22)',
    (keepAlive, told) => {
      const { world, client } = come(settings, { protocolVersion: 5, keepAlive });
      expect(client.connack.properties?.serverKeepAlive).toBe(told);
      const holds = told ?? keepAlive;
      expect(world.eventsOf('connected')[0].keepAlive).toBe(holds);
      world.advance(holds * 1500 - 1);
      expect(client.isClosed).toBe(false);
      world.advance(1);
      expect(client.next('disconnect').reasonCode).toBe(0x8d);
    },
  );

  it.each([0, 61])('of %i s is refused before MQTT 5, which has no way to shorten it', (keepAlive) => {
    const { world, client } = come(settings, { protocolVersion: 4, keepAlive });
    expect(client.connack.reasonCode).toBe(2);
    const asked = keepAlive === 0 ? 'no keep-alive' : 'a keep-alive of 61 s';
    expect(world.eventsOf('refused')).toMatchObject([{ reason: `${asked}; use 1 to 60 s` }]);
  });

  it('of any length is let in before MQTT 5 where the listener lowers it, and cut off in its time', () => {
    const { world, client } = come({ ...settings, longKeepAlive: 'lower' }, { protocolVersion: 4 });
    expect(client.connack.reasonCode).toBe(0);
    world.advance(89_999);
    expect(client.isClosed).toBe(false);
    world.advance(1);
    expect(client.isClosed).toBe(true);
  });
});

describe('client ids', () => {
  it('that the broker assigns begin as the listener says, and MQTT 5 clients are told (MQTT-3.2.2-16)', () => {
    const { world, client } = come({ autoIdPrefix: 'site-' }, { protocolVersion: 5, clientId: '' });
    const { assignedClientIdentifier } = client.connack.properties!;
    expect(assignedClientIdentifier).toMatch(/^site-[0-9a-f-]{36}$/);
    expect(world.eventsOf('connected')[0].clientId).toBe(assignedClientIdentifier);
  });

  it.each([
    [4, 2],
    [5, 0x85],
  ] as const)(
    'must be sent where the listener assigns none: version %i is refused with %i',
    (protocolVersion, code) => {
      const { client } = come({ allowZeroLengthClientId: false }, { protocolVersion, clientId: '' });
      expect(client.connack.reasonCode).toBe(code);
      expect(client.isClosed).toBe(true);
    },
  );
});

describe('Response Information (3.1.2.11.6, 3.2.2.3.15)', () => {
  const ask = (requestResponseInformation: number | undefined, rules: Rules, responseInformation?: string) => {
    const listener = listenerWith({ responseInformation }, rules);
    const options = { protocolVersion: 5, properties: { requestResponseInformation } } as const;
    return new World().connect(options, { listener }).connack.properties?.responseInformation;
  };

  it('is sent when the client asks for it, and only then (MQTT-3.1.2-28)', () => {
    expect([1, 0, undefined].map((asked) => ask(asked, {}, 'reply/'))).toEqual(['reply/', undefined, undefined]);
    expect(ask(1, {})).toBeUndefined();
  });

  it('is what the rules say for this client, where they say something', () => {
    const rules: Rules = {
      connect: ({ clientId }) => ({ allow: true, responseInformation: `reply/${clientId}` }),
    };
    expect(ask(1, rules, 'reply/')).toBe('reply/client');
  });
});

describe('settings that are wrong', () => {
  it.each<[string, object]>([
    ['maximumQoS is 3; use a whole number from 0 to 2', { maximumQoS: 3 }],
    ['receiveMaximum is 0; use a whole number from 1 to 65535', { receiveMaximum: 0 }],
    ['maximumKeepAlive is 0.5', { maximumKeepAlive: 0.5 }],
    ['maximumConnections is -1', { maximumConnections: -1 }],
    ['mountPoint "a/+/" cannot begin a topic name', { mountPoint: 'a/+/' }],
    ['autoIdPrefix is not a text of at most', { autoIdPrefix: 'x'.repeat(65_535) }],
    ['responseInformation is not a text', { responseInformation: 7 }],
    ['retainAvailable is of type string; use a boolean', { retainAvailable: 'no' }],
    ['longKeepAlive is "shorten"; use "refuse" or "lower"', { longKeepAlive: 'shorten' }],
    ['protocolVersions has something other than 3, 4 and 5', { protocolVersions: [6] }],
    ['there is no maxQos', { maxQos: 1 }],
  ])('are named: %s', (message, settings) => {
    expect(() => completeSettings(DEFAULT_LIMITS, settings)).toThrow(`settings: ${message}`);
  });

  it('let nobody in, and harm no other listener', () => {
    const world = new World();
    const listener = listenerWith({ maximumQoS: 3 as 2 });
    for (const protocolVersion of [4, 5] as const) {
      const client = world.connect({ protocolVersion }, { listener });
      expect(client.connack.reasonCode).toBe(protocolVersion === 5 ? 0x83 : 3);
      expect(client.isClosed).toBe(true);
    }
    expect(world.connect().connack.reasonCode).toBe(0);
    expect(world.eventsOf('failed')).toMatchObject([
      { error: { message: expect.stringContaining('maximumQoS is 3') } },
    ]);
    expect(world.eventsOf('refused')[0].reason).toContain('listener mqtt://127.0.0.1:1: settings: maximumQoS');
  });
});
