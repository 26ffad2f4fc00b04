import { describe, expect, it } from 'vitest';
import { type Admission, ALLOW, refuse } from '../../../../host/broker/index.js';
import { certificateOf, World } from '../world.js';

describe.each([4, 5] as const)('rules, protocol version %i', (protocolVersion) => {
  it('see which client asks', () => {
    const seen: unknown[] = [];
    const world = new World({
      rules: {
        connect: (request) => {
          seen.push(request);
          return ALLOW;
        },
        publish: (client) => {
          seen.push(client);
          return ALLOW;
        },
      },
    });
    const certificate = certificateOf('cn');
    const client = world.connect({ protocolVersion, userName: 'u', keepAlive: 9 }, { tls: { certificate } });
    client.publish('a', 'x');
    const listener = expect.objectContaining({ name: 'default' });
    const identity = { clientId: 'client', userName: 'u', certificate, remote: 'test:1', protocolVersion, listener };
    expect(seen).toEqual([{ ...identity, cleanStart: true, keepAlive: 9, sessionExpiryInterval: 0 }, identity]);
  });

  it('may refuse the connection', () => {
    const world = new World({ rules: { connect: () => refuse('no', 0x8a) } });
    expect(world.connect({ protocolVersion }).connack.reasonCode).toBe(protocolVersion === 5 ? 0x8a : 5);
  });

  it('may limit how long the connection lasts, whatever comes on it', () => {
    const world = new World({ rules: { connect: () => ({ allow: true, maximumConnectTime: 5000 }) } });
    const client = world.connect({ protocolVersion, keepAlive: 60 });
    world.advance(4999);
    client.send({ type: 'pingreq' });
    client.next('pingresp');
    expect(client.isClosed).toBe(false);
    world.advance(1);
    if (protocolVersion === 5) expect(client.next('disconnect').reasonCode).toBe(0xa0);
    expect(client.isClosed).toBe(true);
    const reason = 'the connection has lasted for 5 s, which is its time; connect again';
    expect(world.eventsOf('disconnected')).toMatchObject([{ reasonCode: 0xa0, reason }]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'may not limit it to %s ms: that refuses',
    (maximumConnectTime) => {
      const world = new World({ rules: { connect: () => ({ allow: true, maximumConnectTime }) } });
      expect(world.connect({ protocolVersion }).connack.reasonCode).toBe(protocolVersion === 5 ? 0x83 : 3);
      const [{ error }] = world.eventsOf('failed');
      expect(String(error)).toContain('use milliseconds above 0');
    },
  );

  it.each([1, 2] as const)(
    'may deny a publish of QoS %i: no client gets the message, and only MQTT 5 says so',
    (qos) => {
      const world = new World({ rules: { publish: (_, { topic }) => (topic === 'no' ? refuse('no') : ALLOW) } });
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
      rules: {
        publish: (_, { topic }) => {
          asked.push(topic);
          return refuse('no');
        },
      },
    });
    const client = world.connect({ protocolVersion });
    client.publish('one', 'x', { qos: 2, packetId: 1 });
    client.publish('two', 'x', { qos: 2, packetId: 1 });
    expect(asked).toEqual(protocolVersion === 5 ? ['one', 'two'] : ['one']);
  });

  it('may end the connection for a publish or a subscription', () => {
    const end = () => refuse('no', 0x87, 'disconnect');
    const world = new World({ rules: { publish: end, subscribe: end } });
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
    const world = new World({
      rules: { subscribe: (_, { topicFilter }) => (topicFilter === 'no' ? refuse('no') : ALLOW) },
    });
    const client = world.connect({ protocolVersion });
    expect(client.subscribe('no')).toEqual([protocolVersion === 5 ? 0x87 : 0x80]);
    expect(client.subscribe('yes')).toEqual([0]);
    world.engine.publish('no', 'x');
    expect(client.received).toEqual([]);
  });

  it('may filter at delivery, retained messages too', () => {
    const world = new World({
      rules: { receive: (_, { topic }) => (topic === 'a/secret' ? refuse('secret') : ALLOW) },
    });
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
    const world = new World({ rules: { publish: fail, receive: fail } });
    const client = world.connect({ protocolVersion });
    client.subscribe('#');
    client.publish('a', 'x', { qos: 1 });
    expect(client.next('puback').reasonCode).toBe(protocolVersion === 5 ? 0x87 : 0);
    world.engine.publish('a', 'x');
    expect(client.received).toEqual([]);
    expect(world.eventsOf('failed').length).toBe(2);
  });
});

describe('rules that refuse with a code that the answer cannot carry', () => {
  it('are answered with 0x80 Unspecified error, and the connection stays (MQTT-3.4.2-1, 3.5.2-1, 3.9.3-2)', () => {
    const no = () => refuse('no', 0x9d);
    const world = new World({ rules: { publish: no, subscribe: no } });
    const client = world.connect({ protocolVersion: 5 });
    expect(client.subscribe('a')).toEqual([0x80]);
    client.publish('a', 'x', { qos: 1 });
    client.publish('a', 'x', { qos: 2 });
    expect(client.next('puback').reasonCode).toBe(0x80);
    expect(client.next('pubrec').reasonCode).toBe(0x80);
    expect(client.isClosed).toBe(false);
    expect(world.eventsOf('failed')).toEqual([]);
  });
});

describe.each([4, 5] as const)('the rule for CONNECT, protocol version %i', (protocolVersion) => {
  it('refuses when it throws, and the broker continues', () => {
    const world = new World({
      rules: {
        connect: ({ clientId }) => {
          if (clientId === 'bad') throw new Error('no database');
          return ALLOW;
        },
      },
    });
    expect(world.connect({ protocolVersion, clientId: 'bad' }).connack.reasonCode).toBe(
      protocolVersion === 5 ? 0x83 : 3,
    );
    expect(world.eventsOf('failed')).toMatchObject([{ error: new Error('no database') }]);
    expect(world.connect({ protocolVersion, clientId: 'good' }).connack.reasonCode).toBe(0);
  });

  const answerLater = () => {
    const answers: ((admission: Admission | PromiseLike<Admission>) => void)[] = [];
    const connect = () => new Promise<Admission>((resolve) => answers.push(resolve));
    const world = new World({ rules: { connect } });
    const client = world.open(protocolVersion);
    client.send({ type: 'connect', protocolVersion, cleanStart: true, keepAlive: 0, clientId: 'client' });
    const answer = async (admission: Admission | Promise<Admission>) => {
      answers[0](admission);
      await new Promise(setImmediate);
    };
    return { world, client, answer };
  };

  it('may answer later: what the client sends in the meantime is handled after CONNACK, in its order (3.1.4)', async () => {
    const { client, answer } = answerLater();
    for (const value of ['1', '2']) client.publish('a', value, { qos: 1 });
    expect(client.received).toEqual([]);
    await answer(ALLOW);
    client.send({ type: 'pingreq' });
    expect(client.received.map(({ type }) => type)).toEqual(['connack', 'puback', 'puback', 'pingresp']);
  });

  it('may refuse later: nothing of what came in the meantime is done', async () => {
    const { world, client, answer } = answerLater();
    client.publish('a', '1', { qos: 1 });
    await answer(refuse('not today', 0x87));
    expect(client.next('connack').reasonCode).toBe(protocolVersion === 5 ? 0x87 : 5);
    expect(client.isClosed).toBe(true);
    expect(world.eventsOf('published')).toEqual([]);
    expect(world.eventsOf('refused')).toMatchObject([{ reasonCode: 0x87, reason: 'not today' }]);
  });

  it('may fail later: that refuses, and says so', async () => {
    const { world, client, answer } = answerLater();
    await answer(Promise.reject(new Error('no database')));
    expect(client.next('connack').reasonCode).toBe(protocolVersion === 5 ? 0x83 : 3);
    expect(world.eventsOf('failed')).toMatchObject([{ error: new Error('no database') }]);
  });

  it('may never answer: the client is refused when its time for CONNECT is over', () => {
    const { world, client } = answerLater();
    world.advance(world.engine.limits.connectTimeout);
    expect(client.next('connack').reasonCode).toBe(protocolVersion === 5 ? 0x89 : 3);
    expect(world.eventsOf('refused')).toMatchObject([{ reason: 'the rules did not answer within 10 s' }]);
  });

  it('may answer when the connection is gone: nothing comes of it', async () => {
    const { world, client, answer } = answerLater();
    client.drop();
    await answer(ALLOW);
    expect(world.engine.counts).toMatchObject({ connections: 0, sessions: 0 });
    expect(world.eventsOf('connected')).toEqual([]);
  });

  it('may take so long that too much waits behind the CONNECT: the connection ends', () => {
    const { world, client } = answerLater();
    const bytes = new Uint8Array(world.engine.limits.maximumPacketSize);
    client.raw(bytes);
    expect(client.isClosed).toBe(false);
    client.raw(new Uint8Array(1));
    expect(client.isClosed).toBe(true);
  });
});
