import { describe, expect, it } from 'vitest';
import {
  type Admission,
  ALLOW,
  type ConnectRequest,
  ownSessions,
  type Rules,
  redirect,
  refuse,
} from '../../../../host/broker/index.js';
import { text, World } from '../world.js';

const later = () => new Promise(setImmediate);

describe.each([4, 5] as const)('disconnecting a client, protocol version %i', (protocolVersion) => {
  const properties = protocolVersion === 5 ? { sessionExpiryInterval: 100 } : undefined;

  it('ends its connection with the reason, publishes its will and keeps its session', () => {
    const world = new World();
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('gone');
    const will = { topic: 'gone', payload: text('x'), qos: 0, retain: false } as const;
    const client = world.connect({ protocolVersion, cleanStart: false, properties, will });
    expect(world.engine.disconnect('client', 0x98, 'maintenance')).toBe(true);
    if (protocolVersion === 5) {
      expect(client.next('disconnect')).toMatchObject({
        reasonCode: 0x98,
        properties: { reasonString: 'maintenance' },
      });
    }
    expect(client.received).toEqual([]);
    expect(client.isClosed).toBe(true);
    expect(watcher.messages()).toEqual(['gone=x']);
    expect(world.eventsOf('disconnected')).toMatchObject([{ reasonCode: 0x98, reason: 'maintenance' }]);
    expect(world.engine.counts).toMatchObject({ connections: 1, sessions: 2 });
  });

  it('answers that there is none by this name, or that it is away', () => {
    const world = new World();
    expect(world.engine.disconnect('nobody')).toBe(false);
    world.connect({ protocolVersion, cleanStart: false, properties }).drop();
    expect(world.engine.disconnect('client')).toBe(false);
  });

  it('may be done by a listener of events', () => {
    const world = new World();
    world.engine.on('published', ({ clientId }) => world.engine.disconnect(clientId!));
    const client = world.connect({ protocolVersion });
    client.publish('a', 'x');
    expect(client.isClosed).toBe(true);
  });
});

describe('disconnecting a client', () => {
  it('may send it to another server (4.11)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    world.engine.disconnect('client', 0x9c, 'balance', 'b.example.com');
    expect(client.next('disconnect').properties).toEqual({
      reasonString: 'balance',
      serverReference: 'b.example.com',
    });
  });

  it('with a code that DISCONNECT cannot carry uses the nearest, and one that is not an error is refused', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    for (const code of [0, 4, 0x7f, 256, 0.5])
      expect(() => world.engine.disconnect('client', code)).toThrow(RangeError);
    world.engine.disconnect('client', 0x8a);
    expect(client.next('disconnect').reasonCode).toBe(0x98);
  });
});

describe.each([4, 5] as const)('rules that have changed, protocol version %i', (protocolVersion) => {
  it('are asked about each connected client again, with what it said in CONNECT: who is refused has to go', () => {
    const passwords = new Map([
      ['ann', 'one'],
      ['bob', 'two'],
    ]);
    const connect = ({ userName, password }: ConnectRequest): Admission =>
      passwords.get(userName!) === Buffer.from(password ?? []).toString()
        ? ALLOW
        : refuse('the password has changed', 0x86);
    const world = new World({ rules: { connect } });
    const join = (userName: string, password: string) =>
      world.connect({ protocolVersion, clientId: userName, userName, password: text(password) });
    const [ann, bob] = [join('ann', 'one'), join('bob', 'two')];
    world.engine.reconsider();
    expect([ann.isClosed, bob.isClosed]).toEqual([false, false]);
    passwords.set('bob', 'three');
    world.engine.reconsider();
    expect([ann.isClosed, bob.isClosed]).toEqual([false, true]);
    // 0x86 is of CONNACK alone.
    if (protocolVersion === 5) expect(bob.next('disconnect').reasonCode).toBe(0x87);
    expect(world.eventsOf('disconnected')).toMatchObject([{ clientId: 'bob', reason: 'the password has changed' }]);
  });

  it('may answer later', async () => {
    let isOpen = true;
    const world = new World({ rules: { connect: async () => (isOpen ? ALLOW : refuse('closed')) } });
    const client = world.open(protocolVersion);
    client.send({ type: 'connect', protocolVersion, cleanStart: true, keepAlive: 0, clientId: 'client' });
    await later();
    client.next('connack');
    isOpen = false;
    world.engine.reconsider();
    client.send({ type: 'pingreq' });
    client.next('pingresp');
    await later();
    expect(client.isClosed).toBe(true);
  });

  it('may give it another name, which holds for what it publishes from then on', () => {
    let userName = 'old';
    const seen: unknown[] = [];
    const world = new World({
      rules: {
        connect: () => ({ allow: true, userName }),
        publish: (client) => {
          seen.push(client.userName);
          return ALLOW;
        },
      },
    });
    const client = world.connect({ protocolVersion });
    client.publish('a', 'x');
    userName = 'new';
    world.engine.reconsider();
    client.publish('a', 'x');
    expect(seen).toEqual(['old', 'new']);
    expect(client.isClosed).toBe(false);
  });

  it('refuse whom they fail for, and the broker goes on', () => {
    let fails = false;
    const connect = () => {
      if (fails) throw new Error('no database');
      return ALLOW;
    };
    const world = new World({ rules: { connect } });
    const client = world.connect({ protocolVersion });
    fails = true;
    world.engine.reconsider();
    expect(client.isClosed).toBe(true);
    expect(world.eventsOf('failed')).toMatchObject([{ error: new Error('no database') }]);
    fails = false;
    expect(world.connect({ protocolVersion }).connack.reasonCode).toBe(0);
  });

  it('see the session of the client as its own', () => {
    const seen: unknown[] = [];
    const connect = ({ sessionOf }: ConnectRequest) => {
      seen.push(sessionOf);
      return ALLOW;
    };
    const world = new World({ rules: { connect } });
    world.connect({ protocolVersion, userName: 'ann' });
    world.engine.reconsider();
    expect(seen).toEqual([undefined, { userName: 'ann' }]);
  });

  it('may send clients to another server', () => {
    let rules: Rules = {};
    const connect = (request: ConnectRequest) => rules.connect?.(request) ?? ALLOW;
    const world = new World({ rules: { connect } });
    const client = world.connect({ protocolVersion });
    rules = { connect: () => redirect('b.example.com') };
    world.engine.reconsider();
    if (protocolVersion === 5) {
      expect(client.next('disconnect')).toMatchObject({
        reasonCode: 0x9c,
        properties: { serverReference: 'b.example.com' },
      });
    }
    expect(client.isClosed).toBe(true);
  });
});

describe.each([4, 5] as const)('a session and its user, protocol version %i (5.4.2)', (protocolVersion) => {
  const properties = protocolVersion === 5 ? { sessionExpiryInterval: 100 } : undefined;
  const lasting = { protocolVersion, cleanStart: false, properties };

  const afterAnn = (world: World) => {
    const ann = world.connect({ ...lasting, userName: 'ann' });
    ann.subscribe('a', { qos: 1 });
    ann.drop();
    world.engine.publish('a', 'for ann', { qos: 1 });
  };

  it.each([['bob'], [undefined]])('is not resumed by %s: what was queued for another user is discarded', (userName) => {
    const world = new World();
    afterAnn(world);
    const bob = world.connect({ ...lasting, userName });
    expect(bob.connack.sessionPresent).toBe(false);
    expect(bob.received).toEqual([]);
    world.engine.publish('a', 'later', { qos: 1 });
    expect(bob.received).toEqual([]);
  });

  it('is resumed by the same user', () => {
    const world = new World();
    afterAnn(world);
    const ann = world.connect({ ...lasting, userName: 'ann' });
    expect(ann.connack.sessionPresent).toBe(true);
    expect(ann.messages()).toEqual(['a=for ann']);
  });

  it('can be kept from other users by the rules, connected or not', () => {
    const world = new World({ rules: ownSessions({}) });
    const ann = world.connect({ ...lasting, userName: 'ann' });
    expect(world.connect({ ...lasting, userName: 'bob' }).connack.reasonCode).toBe(protocolVersion === 5 ? 0x85 : 2);
    expect(ann.isClosed).toBe(false);
    ann.drop();
    const bob = world.connect({ ...lasting, cleanStart: true, userName: 'bob' });
    expect(bob.isClosed).toBe(true);
    expect(world.connect({ ...lasting, userName: 'ann' }).connack.sessionPresent).toBe(true);
  });
});
