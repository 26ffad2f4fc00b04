import { describe, expect, it } from 'vitest';
import { ALLOW } from '../../../../../host/broker/index.js';
import type { Packet } from '../../../../../host/core/index.js';
import { text, World } from '../../world.js';
import { auth, begin, ChallengeRules, connected, hex, METHOD, proof, respond, turn } from './challenge.js';

describe('authenticating again (4.12.1)', () => {
  it('goes by AUTH 0x19, 0x18 and 0x00 with the method of CONNECT, and other packets go on meanwhile (MQTT-4.12.1-1)', () => {
    const rules = new ChallengeRules();
    const { world, client } = connected(rules);
    client.send(auth(0x19, text('ann')));
    client.send({ type: 'pingreq' });
    const challenge = client.next('auth');
    expect(challenge).toMatchObject({ reasonCode: 0x18, properties: { authenticationMethod: METHOD } });
    client.next('pingresp');
    const answer = proof('ann', challenge.properties!.authenticationData!);
    client.send(auth(0x18, answer));
    const { reasonCode, properties } = client.next('auth');
    expect(reasonCode).toBe(0);
    expect(properties).toMatchObject({ authenticationMethod: METHOD });
    expect(hex(properties!.authenticationData)).toBe(hex(proof('ann', answer)));
    expect(rules.requests.map(({ isRepeated }) => isRepeated)).toEqual([false, true]);
    expect(rules.requests[1].client).toMatchObject({ clientId: 'client', userName: 'ann' });
    world.advance(60_000);
    expect(client.isClosed).toBe(false);
    client.send(auth(0x19, text('ann')));
    expect(client.next('auth').reasonCode).toBe(0x18);
  });

  it.each<[string, Packet[], number]>([
    ['AUTH of another method (MQTT-4.12.1-1)', [auth(0x19, text('ann'), 'OTHER')], 0x82],
    ['AUTH 0x18 that answers nothing', [auth(0x18, text('x'))], 0x82],
    ['AUTH 0x00 of a client', [auth(0)], 0x82],
    ['AUTH 0x19 before the last one is over', [auth(0x19, text('ann')), auth(0x19, text('ann'))], 0x82],
    ['a wrong answer (MQTT-4.12.1-2)', [auth(0x19, text('ann')), auth(0x18, text('guess'))], 0x87],
  ])('ends the connection by %s', (_, packets, reasonCode) => {
    const { world, client } = connected();
    for (const packet of packets) client.send(packet);
    expect(client.received.at(-1)).toMatchObject({ type: 'disconnect', reasonCode });
    expect(client.isClosed).toBe(true);
    expect(world.eventsOf('failed')).toEqual([]);
  });

  it('does not make somebody else of the client', () => {
    const { world, client } = connected();
    client.send(auth(0x19, text('bob')));
    respond(client, 'bob');
    expect(client.next('disconnect').reasonCode).toBe(0x87);
    expect(world.eventsOf('disconnected')[0].reason).toContain('"ann" authenticated again as "bob"');
  });

  it('has its time, and the connection ends with it (MQTT-4.12.1-2)', () => {
    const rules = new ChallengeRules();
    const { world, client } = connected(rules);
    client.send(auth(0x19, text('ann')));
    client.next('auth');
    world.advance(world.engine.limits.connectTimeout);
    expect(client.next('disconnect').reasonCode).toBe(0x87);
    expect(rules.cancelled).toBe(1);
  });

  it('may wait for the rules while other packets go on; an AUTH before they have answered is a protocol error', async () => {
    const rules = new ChallengeRules();
    const { client } = connected(rules);
    rules.later = [];
    client.send(auth(0x19, text('ann')));
    client.send({ type: 'pingreq' });
    client.next('pingresp');
    rules.later.shift()!();
    await turn();
    respond(client);
    rules.later.shift()!();
    await turn();
    expect(client.next('auth').reasonCode).toBe(0);
    client.send(auth(0x19, text('ann')));
    client.send(auth(0x18, text('too early')));
    expect(client.next('disconnect').reasonCode).toBe(0x82);
  });
});

describe('rules that fail in an authentication', () => {
  const nonsense: unknown[] = [
    undefined,
    ALLOW,
    'yes',
    { next: 'on' },
    { next: 'continue', data: 'text' },
    { allow: false, reasonCode: 3, reason: 'no', effect: 'drop' },
    () => Promise.resolve({}),
    () => Promise.reject(new Error('no database')),
  ];

  it.each(nonsense.map((answer) => [answer]))('by answering nonsense refuse with 0x83: %j', async (answer) => {
    const world = new World({
      rules: { authenticate: () => ({ step: () => (typeof answer === 'function' ? answer() : answer) as never }) },
    });
    const client = begin(world);
    await turn();
    expect(client.next('connack').reasonCode).toBe(0x83);
    expect(world.eventsOf('failed')).toHaveLength(1);
  });

  it('by throwing refuse with 0x83, wherever they throw', () => {
    const fail = (): never => {
      throw new Error('no database');
    };
    const step = () => ({ next: 'continue' }) as const;
    for (const authenticate of [fail, () => ({ step: fail }), () => 7 as never, () => ({ step, cancel: fail })]) {
      const world = new World({ rules: { authenticate } });
      const client = begin(world);
      client.send({ type: 'pingreq' });
      expect(client.isClosed).toBe(true);
      expect(world.eventsOf('failed')).toHaveLength(1);
      expect(world.eventsOf('refused')).toHaveLength(1);
    }
  });
});
