import { describe, expect, it } from 'vitest';
import type { Packet } from '../../host/core/index.js';
import { Client, message, refusal, subscribe, unsubscribe } from './session-rig.js';

const disconnect: Packet = { type: 'disconnect', reasonCode: 0 };
const SESSION_STATE = 'SESSION_STATE';

describe('enhanced authentication (4.12)', () => {
  const own = { authenticationMethod: 'm' };
  const auth = (reasonCode: number, authenticationMethod = 'm'): Packet => ({
    type: 'auth',
    reasonCode,
    properties: { authenticationMethod },
  });
  const changed = { codeName: 'AUTHENTICATION_METHOD_CHANGED', statement: 'MQTT-4.12.0-5', reasonCode: 0x82 };

  it('before CONNACK there are only AUTH and DISCONNECT (MQTT-3.1.2-30)', () => {
    const client = new Client(5);
    client.begin({ own });
    const others = [message(0), message(1), message(2), subscribe, unsubscribe, { type: 'pingreq' } as const];
    for (const packet of others) expect(refusal(() => client.send(packet)).codeName).toBe(SESSION_STATE);
    client.receive(auth(0x18));
    for (const packet of others) expect(refusal(() => client.send(packet)).codeName).toBe(SESSION_STATE);
    expect(client.sent()).toEqual([]);
    client.send(auth(0x18));
    client.send(disconnect);
    expect(client.sent().map(({ type }) => type)).toEqual(['auth', 'disconnect']);
  });

  it('AUTH of the server is answered with AUTH 0x18 and nothing else (MQTT-4.12.0-3)', () => {
    const client = new Client(5);
    client.begin({ own });
    expect(client.receive(auth(0x18))).toEqual(['authenticate']);
    for (const packet of [auth(0), auth(0x19)]) expect(refusal(() => client.send(packet)).codeName).toBe(SESSION_STATE);
    client.send(auth(0x18));
    expect(refusal(() => client.send(auth(0x18))).codeName).toBe(SESSION_STATE);
    expect(client.sent()).toMatchObject([
      { type: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'm' } },
    ]);
  });

  it('all AUTH, and CONNACK, name the method of CONNECT (MQTT-4.12.0-5)', () => {
    const client = new Client(5);
    client.begin({ own });
    expect(refusal(() => client.receive(auth(0x18, 'n')))).toMatchObject(changed);
    client.receive(auth(0x18));
    expect(refusal(() => client.send(auth(0x18, 'n')))).toMatchObject(changed);
    client.send(auth(0x18));
    for (const properties of [undefined, { authenticationMethod: 'n' }]) {
      const connack: Packet = { type: 'connack', sessionPresent: false, reasonCode: 0, properties };
      expect(refusal(() => client.receive(connack))).toMatchObject(changed);
    }
    expect(client.receive({ type: 'connack', sessionPresent: false, reasonCode: 0, properties: own })).toEqual([
      'connected',
    ]);
  });

  it('without a method in CONNECT there is no AUTH (MQTT-4.12.0-7)', () => {
    const client = new Client(5);
    client.begin();
    for (const code of [0x18, 0x19]) expect(refusal(() => client.send(auth(code))).codeName).toBe(SESSION_STATE);
    client.receive({ type: 'connack', sessionPresent: false, reasonCode: 0 });
    for (const code of [0x18, 0x19]) expect(refusal(() => client.send(auth(code))).codeName).toBe(SESSION_STATE);
    expect(client.sent()).toEqual([]);
  });

  it('re-authentication begins with AUTH 0x19 and the same method (MQTT-4.12.1-1)', () => {
    const client = new Client(5).connect({ own, server: own });
    expect(refusal(() => client.send(auth(0x18))).codeName).toBe(SESSION_STATE);
    expect(refusal(() => client.send(auth(0x19, 'n')))).toMatchObject(changed);
    client.send(auth(0x19));
    expect(client.sent()).toMatchObject([{ type: 'auth', reasonCode: 0x19, properties: own }]);
    expect(client.receive(auth(0x18))).toEqual(['authenticate']);
    client.send(auth(0x18));
    expect(client.receive(auth(0))).toEqual(['authenticated']);
  });

  it('re-authentication that fails on either side ends the connection (MQTT-4.12.1-2)', () => {
    const refusing = new Client(5).connect({ own, server: own });
    refusing.send(auth(0x19));
    expect(refusing.receive({ type: 'disconnect', reasonCode: 0x87 })).toEqual(['disconnected']);
    expect(refusing.session.state).toBe('closed');
    const refused = new Client(5).connect({ own, server: own });
    refused.send(auth(0x19));
    const { reasonCode = 0 } = refusal(() => refused.receive(auth(0, 'n')));
    refused.send({ type: 'disconnect', reasonCode });
    expect(refused.sent().at(-1)).toMatchObject({ type: 'disconnect', reasonCode: 0x82 });
    expect(refused.session.state).toBe('closed');
  });
});
