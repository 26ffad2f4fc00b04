import { describe, expect, it } from 'vitest';
import { ALLOW, passwordRules, type Rules, refuse } from '../../../../../host/broker/index.js';
import { encodePacket, type Packet } from '../../../../../host/core/index.js';
import { text, World } from '../../world.js';
import { auth, begin, ChallengeRules, connected, hex, METHOD, proof, respond, turn } from './challenge.js';

describe('enhanced authentication at CONNECT (4.12)', () => {
  it('asks with AUTH 0x18 and ends with CONNACK, both with the method and the data of the rules (MQTT-4.12.0-2, -5)', () => {
    const world = new World({ rules: new ChallengeRules() });
    const client = begin(world);
    expect(client.received).toMatchObject([
      { type: 'auth', reasonCode: 0x18, properties: { authenticationMethod: METHOD } },
    ]);
    const answer = respond(client);
    const { reasonCode, properties } = client.next('connack');
    expect(reasonCode).toBe(0);
    expect(properties).toMatchObject({ authenticationMethod: METHOD });
    expect(hex(properties!.authenticationData)).toBe(hex(proof('ann', answer)));
    expect(world.eventsOf('connected')).toMatchObject([{ clientId: 'client', userName: 'ann' }]);
  });

  it('may succeed at the first step: CONNACK comes without AUTH', () => {
    const authenticate = () => ({ step: () => ({ next: 'success', userName: 'u' }) as const });
    const world = new World({ rules: { authenticate } });
    const { properties } = begin(world).next('connack');
    expect(properties).toMatchObject({ authenticationMethod: METHOD });
    expect(properties).not.toHaveProperty('authenticationData');
  });

  it('that the rules refuse ends with CONNACK and their reason, and nothing of the client is kept (MQTT-4.12.0-4)', () => {
    const world = new World({ rules: new ChallengeRules() });
    const client = begin(world);
    client.next('auth');
    client.send(auth(0x18, text('guess')));
    expect(client.next('connack')).toMatchObject({
      reasonCode: 0x87,
      properties: { reasonString: 'the answer is wrong' },
    });
    expect(client.isClosed).toBe(true);
    expect(world.engine.counts).toMatchObject({ connections: 0, sessions: 0 });
    expect(world.eventsOf('refused')).toMatchObject([{ clientId: 'client', reason: 'the answer is wrong' }]);
  });

  it('by a method that the rules do not have is refused with 0x8C (MQTT-4.12.0-1)', () => {
    const world = new World({ rules: new ChallengeRules() });
    const { connack, isClosed } = world.connect({ protocolVersion: 5, properties: { authenticationMethod: 'OTHER' } });
    expect(connack.reasonCode).toBe(0x8c);
    expect(isClosed).toBe(true);
  });

  it('is followed by the rule for CONNECT, which sees who it is by now, and may refuse (3.1.4)', () => {
    const rules = new ChallengeRules() as Rules;
    rules.connect = ({ userName, authentication }) =>
      authentication?.method === METHOD && userName === 'ann' ? ALLOW : refuse('only ann', 0x8a);
    const world = new World({ rules });
    for (const [user, code] of [
      ['ann', 0],
      ['bob', 0x8a],
    ] as const) {
      const client = begin(world, user, { userName: 'from CONNECT' });
      respond(client, user);
      expect(client.next('connack').reasonCode).toBe(code);
    }
  });

  it('takes the place of a password', () => {
    const rules: Rules = { ...passwordRules({ users: new Map([['ann', 'secret']]) }) };
    const challenge = new ChallengeRules();
    rules.authenticate = (request) => challenge.authenticate(request);
    const world = new World({ rules });
    const client = begin(world);
    respond(client);
    expect(client.next('connack').reasonCode).toBe(0);
    expect(world.connect({ protocolVersion: 5, userName: 'ann' }).connack.reasonCode).toBe(0x87);
  });

  it.each<[string, Packet, number]>([
    ['PINGREQ (MQTT-3.1.2-30)', { type: 'pingreq' }, 0x82],
    ['a second CONNECT', { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'c' }, 0x82],
    ['AUTH of another method (MQTT-4.12.0-5)', auth(0x18, text('x'), 'OTHER'), 0x82],
    ['AUTH 0x19 before CONNACK', auth(0x19), 0x82],
    ['AUTH 0x00 of a client', auth(0), 0x82],
  ])('is broken off with CONNACK and a protocol error by %s', (_, packet, reasonCode) => {
    const rules = new ChallengeRules();
    const world = new World({ rules });
    const client = begin(world);
    client.next('auth');
    client.send(packet);
    expect(client.next('connack').reasonCode).toBe(reasonCode);
    expect(client.received).toEqual([]);
    expect(client.isClosed).toBe(true);
    expect(rules.cancelled).toBe(1);
    expect(world.eventsOf('failed')).toEqual([]);
  });

  it('may be given up by the client with DISCONNECT, without an answer and without its will', () => {
    const rules = new ChallengeRules();
    const world = new World({ rules });
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('#');
    const client = begin(world, 'ann', { will: { topic: 'gone', payload: text('x'), qos: 0, retain: false } });
    client.next('auth');
    client.disconnect(4);
    expect(client.received).toEqual([]);
    expect(client.isClosed).toBe(true);
    expect(watcher.received).toEqual([]);
    expect(rules.cancelled).toBe(1);
    expect(world.eventsOf('refused')).toMatchObject([{ clientId: 'client', reasonCode: 4 }]);
  });

  it('ends with the time for CONNECT when the client does not answer', () => {
    const rules = new ChallengeRules();
    const world = new World({ rules });
    const client = begin(world);
    client.next('auth');
    world.advance(world.engine.limits.connectTimeout);
    expect(client.next('connack').reasonCode).toBe(0x87);
    expect(world.eventsOf('refused')).toMatchObject([{ reason: 'no AUTH within 10 s (4.12)' }]);
    expect(rules.cancelled).toBe(1);
  });

  it('ends when the network does', () => {
    const rules = new ChallengeRules();
    const world = new World({ rules });
    begin(world).drop();
    expect(rules.cancelled).toBe(1);
  });

  it('that needs a larger AUTH than the client accepts is refused with 0x95 (MQTT-3.1.2-24)', () => {
    const world = new World({ rules: new ChallengeRules() });
    const client = begin(world, 'ann', {}, { maximumPacketSize: 20 });
    expect(client.next('connack').reasonCode).toBe(0x95);
  });

  it('keeps the will of CONNECT as it was, whatever becomes of the buffer that it came in', () => {
    const world = new World({ rules: new ChallengeRules() });
    const watcher = world.connect({ protocolVersion: 5, clientId: 'watcher' });
    watcher.subscribe('#');
    const client = world.open(5);
    const connect: Packet = {
      type: 'connect',
      protocolVersion: 5,
      cleanStart: true,
      keepAlive: 0,
      clientId: 'client',
      will: {
        topic: 'gone',
        payload: text('the will'),
        qos: 0,
        retain: false,
        properties: { correlationData: text('for this') },
      },
      properties: { authenticationMethod: METHOD, authenticationData: text('ann') },
    };
    const bytes = encodePacket(connect, 5);
    client.raw(bytes);
    bytes.fill(0);
    respond(client);
    client.drop();
    const { payload, properties: ofWill } = watcher.next('publish');
    expect(Buffer.from(payload).toString()).toBe('the will');
    expect(Buffer.from(ofWill!.correlationData!).toString()).toBe('for this');
  });

  it('leaves the session of the client id alone until it has succeeded', () => {
    const { world, client } = connected();
    const intruder = begin(world, 'ann');
    intruder.next('auth');
    intruder.send(auth(0x18, text('guess')));
    expect(intruder.isClosed).toBe(true);
    expect(client.isClosed).toBe(false);
  });
});

describe('enhanced authentication whose rules answer later', () => {
  it('takes its steps in their order, and what the client sends early waits', async () => {
    const rules = new ChallengeRules();
    rules.later = [];
    const world = new World({ rules });
    const client = begin(world);
    expect(client.received).toEqual([]);
    rules.later.shift()!();
    await turn();
    const { properties } = client.next('auth');
    client.send(auth(0x18, proof('ann', properties!.authenticationData!)));
    client.send({ type: 'pingreq' });
    expect(client.received).toEqual([]);
    rules.later.shift()!();
    await turn();
    expect(client.received.map(({ type }) => type)).toEqual(['connack', 'pingresp']);
  });

  it('asks the rule for CONNECT, and that one may take its time as well', async () => {
    const rules = new ChallengeRules() as ChallengeRules & Rules;
    rules.connect = async () => ALLOW;
    const world = new World({ rules });
    const client = begin(world);
    respond(client);
    client.send({ type: 'pingreq' });
    expect(client.received).toEqual([]);
    await turn();
    expect(client.received.map(({ type }) => type)).toEqual(['connack', 'pingresp']);
  });

  it('does nothing with an answer for a connection that is gone', async () => {
    const rules = new ChallengeRules();
    rules.later = [];
    const world = new World({ rules });
    begin(world).drop();
    rules.later.shift()!();
    await turn();
    expect(world.eventsOf('failed')).toEqual([]);
    expect(world.engine.counts.connections).toBe(0);
  });
});
