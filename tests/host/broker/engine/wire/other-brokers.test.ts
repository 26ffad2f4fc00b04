import { describe, expect, it } from 'vitest';
import {
  ALLOW,
  type ConnectRequest,
  type ListenerInfo,
  type ListenerSettings,
  type Rules,
  refuse,
} from '../../../../../host/broker/index.js';
import { text, World } from '../../world.js';

const listenerWith = (settings: Partial<ListenerSettings>, rules: Rules = {}): ListenerInfo => ({
  name: 'mqtt://127.0.0.1:1',
  rules,
  settings,
});

describe('a listener that does as another broker does', () => {
  it.each([
    [0, 1200],
    [5, 30],
    [60, 60],
    [5000, 1200],
  ])('keeps a client alive that asks for %i s for %i s, and tells MQTT 5 (3.2.2.3.14)', (asked, lasting) => {
    const world = new World();
    const settings = { minimumKeepAlive: 30, maximumKeepAlive: 1200, longKeepAlive: 'lower' } as const;
    const listener = listenerWith(settings);
    const five = world.connect({ protocolVersion: 5, keepAlive: asked, clientId: '5' }, { listener });
    expect(five.connack.properties?.serverKeepAlive).toBe(asked === lasting ? undefined : lasting);
    const old = world.connect({ keepAlive: asked }, { listener });
    world.advance(lasting * 1500 - 1);
    expect(old.isClosed).toBe(false);
    world.advance(1);
    expect([old.isClosed, five.isClosed]).toEqual([true, true]);
  });

  it('leaves a client without keep-alive alone where there is only a shortest one', () => {
    const world = new World();
    const client = world.connect({ keepAlive: 0 }, { listener: listenerWith({ minimumKeepAlive: 30 }) });
    world.advance(100_000_000);
    expect(client.isClosed).toBe(false);
  });

  it.each([4, 5] as const)('ends a connection for a SUBSCRIBE with too many filters, version %i', (protocolVersion) => {
    const world = new World();
    const client = world.connect({ protocolVersion }, { listener: listenerWith({ maximumFilters: 2 }) });
    const filters = (...names: string[]) => names.map((topicFilter) => ({ topicFilter, qos: 0 as const }));
    client.send({ type: 'subscribe', packetId: 1, subscriptions: filters('a', 'b') });
    client.next('suback');
    client.send({ type: 'subscribe', packetId: 2, subscriptions: filters('c', 'd', 'e') });
    if (protocolVersion === 5) expect(client.next('disconnect').reasonCode).toBe(0x97);
    expect(client.received).toEqual([]);
    expect(client.isClosed).toBe(true);
    expect(world.engine.counts.subscriptions).toBe(0);
  });

  it('sends retained messages to filters without wildcards alone, where it says so', () => {
    const world = new World();
    world.engine.publish('a/b', 'x', { retain: true });
    const client = world.connect({}, { listener: listenerWith({ retainedOnWildcards: false }) });
    for (const filter of ['a/+', '#', 'a/b']) client.subscribe(filter);
    expect(client.messages()).toEqual(['a/b=x']);
  });

  it.each(['a/#', '$share/g/a/#'])('does not match the parent of # in %s, where it says so (4.7.1.2)', (filter) => {
    const world = new World();
    const topicsOf = (settings: Partial<ListenerSettings>) => {
      const client = world.connect({}, { listener: listenerWith(settings) });
      client.subscribe(filter);
      for (const topic of ['a', 'a/', 'a/b', 'a/b/c']) world.engine.publish(topic, 'x');
      return client.messages();
    };
    expect(topicsOf({})).toEqual(['a=x', 'a/=x', 'a/b=x', 'a/b/c=x']);
    expect(topicsOf({ hashMatchesParent: false })).toEqual(['a/=x', 'a/b=x', 'a/b/c=x']);
  });

  it('brings no retained message of the parent of # either, where it says so', () => {
    const world = new World();
    for (const topic of ['a', 'a/b']) world.engine.publish(topic, 'x', { retain: true });
    const client = world.connect({}, { listener: listenerWith({ hashMatchesParent: false }) });
    client.subscribe('a/#');
    expect(client.messages()).toEqual(['a/b=x']);
    client.subscribe('a');
    world.engine.publish('a', 'y');
    expect(client.messages()).toEqual(['a=x', 'a=y']);
  });

  it.each([
    [0, 1],
    [5, 5],
    [700_000, 604_800],
    [undefined, undefined],
  ])('lets a message live within its bounds: %s s are %s s, of a will too', (messageExpiryInterval, expected) => {
    const world = new World();
    const listener = listenerWith({ minimumMessageExpiry: 1, maximumMessageExpiry: 604_800 });
    const reader = world.connect({ protocolVersion: 5, clientId: 'reader' });
    reader.subscribe('a');
    const properties = { messageExpiryInterval };
    const will = { topic: 'a', payload: text('will'), qos: 0, retain: false, properties } as const;
    const writer = world.connect({ protocolVersion: 5, will }, { listener });
    writer.publish('a', 'x', { properties });
    writer.drop();
    for (const packet of [reader.next('publish'), reader.next('publish')]) {
      expect(packet.properties?.messageExpiryInterval).toBe(expected);
    }
  });

  it('does not say that nobody has subscribed, where it says so (3.4.2.1, 3.11.3)', () => {
    const world = new World();
    const answers = (settings: Partial<ListenerSettings>) => {
      const client = world.connect({ protocolVersion: 5 }, { listener: listenerWith(settings) });
      client.publish('nobody', 'x', { qos: 1 });
      client.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['nothing'] });
      return [client.next('puback').reasonCode, ...client.next('unsuback').reasonCodes];
    };
    expect(answers({})).toEqual([0x10, 0x11]);
    expect(answers({ reportsNoMatch: false })).toEqual([0, 0]);
  });

  it.each([
    [4, 5],
    [5, 4],
  ] as const)('does not resume a session of version %i in version %i, where it says so', (first, second) => {
    const world = new World();
    const listener = listenerWith({ resumesAcrossVersions: false });
    const properties = { sessionExpiryInterval: 100 };
    const come = (protocolVersion: 4 | 5) => {
      const own = protocolVersion === 5 ? { properties } : {};
      const client = world.connect({ protocolVersion, cleanStart: false, ...own }, { listener });
      client.disconnect();
      return client.connack.sessionPresent;
    };
    expect([come(first), come(first), come(second), come(second)]).toEqual([false, true, false, true]);
  });

  it('closes without CONNACK when it refuses, before MQTT 5, where it says so', () => {
    const world = new World();
    const listener = listenerWith({ refusesSilently: true }, { connect: () => refuse('no') });
    const old = world.begin({}, { listener });
    expect(old.received).toEqual([]);
    expect(old.isClosed).toBe(true);
    expect(world.begin({ protocolVersion: 5 }, { listener }).next('connack').reasonCode).toBe(0x87);
    expect(world.eventsOf('refused')).toMatchObject([{ reason: 'no' }, { reason: 'no' }]);
  });
});

describe('rules that answer and disconnect', () => {
  const no = () => refuse('no', 0x87, 'answer and disconnect');
  const rules: Rules = { publish: no, subscribe: (_, { topicFilter }) => (topicFilter === 'ok' ? ALLOW : no()) };

  it.each([0, 1, 2] as const)('do both for a PUBLISH of QoS %i in MQTT 5', (qos) => {
    const client = new World({ rules }).connect({ protocolVersion: 5 });
    client.publish('a', 'x', { qos });
    const answered = qos === 0 ? [] : [{ type: qos === 1 ? 'puback' : 'pubrec', reasonCode: 0x87 }];
    expect(client.received).toMatchObject([...answered, { type: 'disconnect', reasonCode: 0x87 }]);
    expect(client.isClosed).toBe(true);
  });

  it('do both for a SUBSCRIBE in MQTT 5, one of whose filters is refused', () => {
    const client = new World({ rules }).connect({ protocolVersion: 5 });
    const subscriptions = ['ok', 'no'].map((topicFilter) => ({ topicFilter, qos: 1 as const }));
    client.send({ type: 'subscribe', packetId: 1, subscriptions });
    expect(client.received).toMatchObject([
      { type: 'suback', reasonCodes: [1, 0x87] },
      { type: 'disconnect', reasonCode: 0x87 },
    ]);
    expect(client.isClosed).toBe(true);
  });

  it('close at once before MQTT 5', () => {
    const world = new World({ rules });
    const [one, two] = [world.connect({ clientId: '1' }), world.connect({ clientId: '2' })];
    one.publish('a', 'x', { qos: 1 });
    two.send({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'no', qos: 0 }] });
    expect([one.received, two.received]).toEqual([[], []]);
    expect([one.isClosed, two.isClosed]).toEqual([true, true]);
    expect(world.eventsOf('disconnected')).toMatchObject([{ reason: 'no' }, { reason: 'no' }]);
  });
});

it('rules for CONNECT see the will, how long the session lasts, and what TLS was asked for', () => {
  const seen: ConnectRequest[] = [];
  const publishers: unknown[] = [];
  const rules: Rules = {
    connect: (request) => {
      seen.push(request);
      return ALLOW;
    },
    publish: (client) => {
      publishers.push(client.serverName, client.applicationProtocol);
      return ALLOW;
    },
  };
  const world = new World();
  const will = { topic: 'w', payload: text('abc'), qos: 1, retain: true } as const;
  const listener = listenerWith({ mountPoint: 'm/' }, rules);
  const tls = { serverName: 'localhost', applicationProtocol: 'mqtt' };
  const properties = { sessionExpiryInterval: 77 };
  const client = world.connect({ protocolVersion: 5, will, properties }, { listener, tls });
  world.connect({ clientId: 'old', cleanStart: false }, { listener });
  world.connect({ clientId: 'clean' }, { listener });
  client.publish('a', 'x');
  expect(seen).toMatchObject([
    { sessionExpiryInterval: 77, will: { topic: 'm/w', qos: 1, retain: true, size: 3 }, ...tls },
    { sessionExpiryInterval: 0xffffffff },
    { sessionExpiryInterval: 0 },
  ]);
  expect(seen[1].will).toBe(undefined);
  expect(publishers).toEqual(['localhost', 'mqtt']);
});
