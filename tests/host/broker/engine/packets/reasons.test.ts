import { describe, expect, it } from 'vitest';
import { ALLOW, type Rules, redirect, refuse } from '../../../../../host/broker/index.js';
import { text, World } from '../../world.js';

const rules: Rules = {
  publish: (_, { topic }) => (topic.startsWith('no') ? refuse(`${topic} is closed`, 0x97) : ALLOW),
  subscribe: (_, { topicFilter }) => (topicFilter.startsWith('no') ? refuse(`${topicFilter} is closed`) : ALLOW),
};

describe('the reason of a refusal', () => {
  it('reaches the client in PUBACK and PUBREC, and the event, for QoS 0 the event alone', () => {
    const world = new World({ rules });
    const client = world.connect({ protocolVersion: 5 });
    for (const qos of [0, 1, 2] as const) client.publish(`no/${qos}`, 'x', { qos });
    expect(client.received).toMatchObject([
      { type: 'puback', reasonCode: 0x97, properties: { reasonString: 'no/1 is closed' } },
      { type: 'pubrec', reasonCode: 0x97, properties: { reasonString: 'no/2 is closed' } },
    ]);
    const dropped = [0, 1, 2].map((qos) => ({
      type: 'dropped',
      clientId: 'client',
      topic: `no/${qos}`,
      reason: 'not authorised',
      reasonCode: 0x97,
      detail: `no/${qos} is closed`,
    }));
    expect(world.eventsOf('dropped')).toEqual(dropped);
  });

  it('reaches the client in SUBACK, with its filter where there are several, and the event', () => {
    const world = new World({ rules });
    const client = world.connect({ protocolVersion: 5 });
    const subscribe = (...topicFilters: string[]) => {
      const subscriptions = topicFilters.map((topicFilter) => ({ topicFilter, qos: 0 as const }));
      client.send({ type: 'subscribe', packetId: 1, subscriptions });
      return client.next('suback').properties?.reasonString;
    };
    expect(subscribe('no')).toBe('no is closed');
    expect(subscribe('no/1', 'yes', 'no/2', 'no/1')).toBe('"no/1": no/1 is closed; "no/2": no/2 is closed');
    expect(subscribe('yes')).toBeUndefined();
    const many = Array.from({ length: 5000 }, (_, n) => `no/${n}`);
    expect(subscribe(...many)).toMatch(/^"no\/0": no\/0 is closed; .{900,1100}; and more$/);
    expect(world.eventsOf('subscribed')[0].subscriptions).toEqual([
      { topicFilter: 'no', reasonCode: 0x87, reason: 'no is closed' },
    ]);
  });

  it('reaches the client in CONNACK and DISCONNECT, unless it wants none (3.1.2.11.7)', () => {
    const end: Rules = {
      connect: ({ clientId }) => (clientId === 'bad' ? refuse('not this one') : ALLOW),
      publish: () => refuse('closed', 0x87, 'disconnect'),
    };
    for (const requestProblemInformation of [undefined, 1, 0]) {
      const world = new World({ rules: end });
      const options = { protocolVersion: 5, properties: { requestProblemInformation } } as const;
      const wants = requestProblemInformation !== 0;
      const refused = world.connect({ ...options, clientId: 'bad' });
      expect(refused.connack.properties?.reasonString).toBe(wants ? 'not this one' : undefined);
      const client = world.connect(options);
      client.publish('a', 'x');
      expect(client.next('disconnect').properties?.reasonString).toBe(wants ? 'closed' : undefined);
      expect(world.eventsOf('refused')).toMatchObject([{ clientId: 'bad', reason: 'not this one' }]);
      expect(world.eventsOf('dropped')).toMatchObject([{ detail: 'closed', reasonCode: 0x87 }]);
      expect(world.eventsOf('disconnected')).toMatchObject([{ reason: 'closed' }]);
    }
  });

  it('of a will reaches the event', () => {
    const world = new World({ rules });
    const will = { topic: 'no/will', payload: text('x'), qos: 0, retain: false } as const;
    world.connect({ will }).drop();
    expect(world.eventsOf('dropped')).toMatchObject([{ topic: 'no/will', detail: 'no/will is closed' }]);
  });

  it.each(['a\0', '\ud800', 'x'.repeat(65_536)])('that cannot be sent is left out, and the answer goes', (reason) => {
    const no = () => refuse(reason);
    const world = new World({ rules: { publish: no, subscribe: no } });
    const client = world.connect({ protocolVersion: 5 });
    expect(client.subscribe('a')).toEqual([0x87]);
    client.publish('a', 'x', { qos: 1 });
    expect(client.next('puback')).toMatchObject({ reasonCode: 0x87, properties: {} });
    expect(world.eventsOf('failed')).toEqual([]);
  });
});

describe('another server (4.11)', () => {
  const away = redirect('b.example.com:8883');
  const moved = redirect('c.example.com', true);

  it.each([
    [away, 0x9c, 'b.example.com:8883'],
    [moved, 0x9d, 'c.example.com'],
  ])('is named in CONNACK and in DISCONNECT with its reason code', (refusal, reasonCode, serverReference) => {
    const world = new World({
      rules: { connect: ({ clientId }) => (clientId === 'bad' ? refusal : ALLOW), publish: () => refusal },
    });
    const refused = world.connect({ protocolVersion: 5, clientId: 'bad' });
    expect(refused.connack).toMatchObject({ reasonCode, properties: { serverReference } });
    expect(refused.isClosed).toBe(true);
    const client = world.connect({ protocolVersion: 5 });
    client.publish('a', 'x');
    expect(client.next('disconnect')).toMatchObject({ reasonCode, properties: { serverReference } });
    expect(world.connect({ protocolVersion: 4, clientId: 'bad' }).connack.reasonCode).toBe(3);
  });

  it('is kept before the reason where the client has no room for both', () => {
    const world = new World({ rules: { connect: () => away } });
    const properties = { maximumPacketSize: 40 };
    const { connack } = world.connect({ protocolVersion: 5, properties });
    expect(connack.properties).toEqual({ serverReference: 'b.example.com:8883' });
  });

  it.each([
    { ...away, reasonCode: 0x87 },
    { ...away, serverReference: 7 as never },
  ])('with another reason code, or not as a text, is a fault of the rules', (refusal) => {
    const world = new World({ rules: { connect: () => refusal } });
    expect(world.connect({ protocolVersion: 5 }).connack.reasonCode).toBe(0x83);
    expect(world.eventsOf('failed')).toMatchObject([
      { error: { message: expect.stringContaining('use redirect(…)') } },
    ]);
  });
});
