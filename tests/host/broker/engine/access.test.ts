import { describe, expect, it } from 'vitest';
import { World } from '../world.js';

describe.each([4, 5] as const)('access rules, protocol version %i', (protocolVersion) => {
  it('see which client asks', () => {
    const seen: unknown[] = [];
    const world = new World({
      access: {
        connect: (client) => {
          seen.push(client);
          return 0;
        },
      },
    });
    world.connect({ protocolVersion, userName: 'u' }, { tls: { certificateCommonName: 'cn' } });
    expect(seen).toEqual([
      { clientId: 'client', userName: 'u', certificateCommonName: 'cn', remote: 'test:1', protocolVersion },
    ]);
  });

  it('may refuse the connection', () => {
    const world = new World({ access: { connect: () => 0x8a } });
    expect(world.connect({ protocolVersion }).connack.reasonCode).toBe(protocolVersion === 5 ? 0x8a : 5);
  });

  it.each([1, 2] as const)(
    'may deny a publish of QoS %i: no client gets the message, and only MQTT 5 says so',
    (qos) => {
      const world = new World({ access: { publish: (_, topic) => (topic === 'no' ? 'deny' : 'allow') } });
      const client = world.connect({ protocolVersion });
      client.subscribe('#');
      client.publish('no', 'x', { qos });
      const { reasonCode } = client.next(qos === 1 ? 'puback' : 'pubrec');
      expect(reasonCode).toBe(protocolVersion === 5 ? 0x87 : 0);
      expect(client.received).toEqual([]);
      expect(client.isClosed).toBe(false);
    },
  );

  it('that deny a QoS 2 publish end the exchange in MQTT 5 only, so that the packet id is free again (4.3.3)', () => {
    const asked: string[] = [];
    const world = new World({
      access: {
        publish: (_, topic) => {
          asked.push(topic);
          return 'deny';
        },
      },
    });
    const client = world.connect({ protocolVersion });
    client.publish('one', 'x', { qos: 2, packetId: 1 });
    client.publish('two', 'x', { qos: 2, packetId: 1 });
    expect(asked).toEqual(protocolVersion === 5 ? ['one', 'two'] : ['one']);
  });

  it('may end the connection for a publish or a subscription', () => {
    const world = new World({ access: { publish: () => 'disconnect', subscribe: () => 'disconnect' } });
    const one = world.connect({ protocolVersion });
    one.publish('a', 'x');
    const two = world.connect({ protocolVersion });
    two.send({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'a', qos: 0 }] });
    for (const client of [one, two]) {
      if (protocolVersion === 5) expect(client.next('disconnect').reasonCode).toBe(0x87);
      expect(client.received).toEqual([]);
      expect(client.isClosed).toBe(true);
    }
  });

  it('may deny a subscription', () => {
    const world = new World({ access: { subscribe: (_, filter) => (filter === 'no' ? 'deny' : 'allow') } });
    const client = world.connect({ protocolVersion });
    expect(client.subscribe('no')).toEqual([protocolVersion === 5 ? 0x87 : 0x80]);
    expect(client.subscribe('yes')).toEqual([0]);
    world.engine.publish('no', 'x');
    expect(client.received).toEqual([]);
  });

  it('may filter at delivery, retained messages too', () => {
    const world = new World({ access: { receive: (_, topic) => topic !== 'a/secret' } });
    world.engine.publish('a/secret', 'kept', { retain: true });
    world.engine.publish('a/open', 'kept', { retain: true });
    const client = world.connect({ protocolVersion });
    client.subscribe('a/#');
    world.engine.publish('a/secret', 'live');
    world.engine.publish('a/open', 'live');
    expect(client.messages()).toEqual(['a/open=kept', 'a/open=live']);
  });

  it('refuse when they throw, and the connection stays', () => {
    const fail = (): never => {
      throw new Error('rule broken');
    };
    const world = new World({ access: { publish: fail, receive: fail } });
    const client = world.connect({ protocolVersion });
    client.subscribe('#');
    client.publish('a', 'x', { qos: 1 });
    expect(client.next('puback').reasonCode).toBe(protocolVersion === 5 ? 0x87 : 0);
    world.engine.publish('a', 'x');
    expect(client.received).toEqual([]);
    expect(world.eventsOf('failed').length).toBe(2);
  });
});

describe.each([4, 5] as const)('authentication, protocol version %i', (protocolVersion) => {
  it('an authentication callback that throws refuses, and the broker continues', () => {
    const world = new World({
      authenticate: ({ clientId }) => {
        if (clientId === 'bad') throw new Error('no database');
        return { reasonCode: 0 };
      },
    });
    expect(world.connect({ protocolVersion, clientId: 'bad' }).connack.reasonCode).toBe(
      protocolVersion === 5 ? 0x83 : 3,
    );
    expect(world.eventsOf('failed')).toMatchObject([{ error: new Error('no database') }]);
    expect(world.connect({ protocolVersion, clientId: 'good' }).connack.reasonCode).toBe(0);
  });
});
