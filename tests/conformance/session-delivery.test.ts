import { describe, expect, it } from 'vitest';
import type { Packet } from '../../host/core/index.js';
import { answer, Client, message, refusal, subscribe, unsubscribe } from './session-rig.js';

/** Statements of 3.1.1 follow "3.1.1:" where their ids differ. */
describe.each([4, 5] as const)('messages of the client, protocol version %i', (version) => {
  it.each([1, 2] as const)(
    'QoS %i is sent with an unused packet id and DUP 0 (MQTT-2.2.1-3, MQTT-4.3.2-1, -2, MQTT-4.3.3-1, -2; 3.1.1: MQTT-2.3.1-2, MQTT-4.3.2-1, MQTT-4.3.3-1)',
    (qos) => {
      const client = new Client(version).connect();
      const ids = [
        client.send(message(qos)),
        client.send(message(qos)),
        client.send(subscribe),
        client.send(unsubscribe),
      ];
      expect(new Set(ids).size).toBe(4);
      for (const id of ids) expect(id).toBeGreaterThan(0);
      expect(client.sent().slice(0, 2)).toMatchObject([
        { type: 'publish', qos, dup: false, packetId: ids[0] },
        { type: 'publish', qos, dup: false, packetId: ids[1] },
      ]);
      const taken = refusal(() => client.send(message(qos, ids[0])));
      expect(taken).toMatchObject({ codeName: 'PACKET_ID_COLLISION' });
      expect(taken.statement).toBe(version === 5 ? 'MQTT-2.2.1-3' : 'MQTT-2.3.1-2');
      expect(refusal(() => client.send(message(qos, 77, { dup: true }))).codeName).toBe('PACKET_ID_UNKNOWN');
      expect(client.sent()).toEqual([]);
    },
  );

  it('QoS 0 is sent with QoS 0 and DUP 0, and never again (MQTT-4.3.1-1)', () => {
    const client = new Client(version).connect();
    expect(client.send(message(0))).toBe(0);
    expect(client.sent()).toMatchObject([{ qos: 0, dup: false }]);
    client.reconnect();
    expect(client.resent()).toEqual([]);
  });

  it('QoS 1 is unacknowledged until its PUBACK, and the id is free after it (MQTT-4.3.2-3; 3.1.1: MQTT-4.3.2-1, MQTT-2.3.1-3)', () => {
    const client = new Client(version).connect();
    const id = client.send(message(1));
    client.reconnect();
    client.sent();
    expect(client.resent(message(1, id))).toMatchObject([{ type: 'publish', packetId: id, qos: 1, dup: true }]);
    expect(client.receive(answer('puback', id))).toEqual(['published']);
    client.reconnect();
    client.sent();
    expect(client.resent()).toEqual([]);
    expect(client.send(message(1, id))).toBe(id);
  });

  it('QoS 2 is unacknowledged until PUBREC, its PUBREL until PUBCOMP, and there is no PUBLISH after PUBREL (MQTT-4.3.3-3, -4, -5, -6; 3.1.1: MQTT-4.3.3-1)', () => {
    const client = new Client(version).connect();
    const id = client.send(message(2));
    client.reconnect();
    client.sent();
    expect(client.resent(message(2, id))).toMatchObject([{ type: 'publish', packetId: id, qos: 2, dup: true }]);
    expect(client.receive(answer('pubrec', id))).toEqual(['accepted']);
    expect(client.sent()).toMatchObject([{ type: 'pubrel', packetId: id }]);
    expect(refusal(() => client.send(message(2, id, { dup: true }))).codeName).toBe('TRANSITION_ILLEGAL');
    for (let connection = 0; connection < 2; connection++) {
      client.reconnect();
      client.sent();
      expect(client.resent()).toMatchObject([{ type: 'pubrel', packetId: id }]);
    }
    expect(client.receive(answer('pubcomp', id))).toEqual(['published']);
    client.reconnect();
    client.sent();
    expect(client.resent()).toEqual([]);
    expect(client.send(message(2, id))).toBe(id);
  });

  it('what is sent again has DUP 1 and its first id, and nothing else is sent before it (MQTT-3.3.1-1, MQTT-4.4.0-1, MQTT-4.6.0-1; 3.1.1: MQTT-2.3.1-3)', () => {
    const client = new Client(version).connect();
    const kept = ([1, 2, 1, 2] as const).map((qos, at) =>
      message(qos, client.send(message(qos)), { topic: `t/${at}` }),
    );
    client.reconnect();
    client.sent();
    expect(refusal(() => client.send(message(1)))).toMatchObject({
      codeName: 'RESEND_PENDING',
      statement: 'MQTT-4.6.0-1',
    });
    expect(refusal(() => client.send({ ...kept[0], dup: false })).codeName).toBe('RESEND_PENDING');
    expect(refusal(() => client.send({ ...kept[1], dup: true })).codeName).toBe('TRANSITION_ILLEGAL');
    expect(client.resent(...kept)).toMatchObject(
      kept.map(({ packetId, qos, topic }) => ({ packetId, qos, topic, dup: true })),
    );
  });

  it('nothing is sent again while the connection lasts (MQTT-4.4.0-1)', () => {
    const client = new Client(version).connect();
    const kept = [message(1, client.send(message(1))), message(2, client.send(message(2)))];
    client.sent();
    for (const packet of kept) {
      expect(refusal(() => client.send({ ...packet, dup: true })).codeName).toBe('TRANSITION_ILLEGAL');
    }
    client.now = 59_000;
    expect(client.resent(...kept)).toEqual([]);
  });

  it('PUBRELs are sent, and sent again, in the order of the PUBRECs (MQTT-4.6.0-4)', () => {
    const client = new Client(version).connect();
    const ids = [2, 2, 2].map(() => client.send(message(2)));
    const order = [ids[2], ids[0], ids[1]];
    client.sent();
    client.receive(...order.map((id) => answer('pubrec', id)));
    const expected = order.map((packetId) => ({ type: 'pubrel', packetId }));
    expect(client.sent()).toMatchObject(expected);
    client.reconnect();
    client.sent();
    expect(client.resent()).toMatchObject(expected);
  });
});

describe.each([4, 5] as const)('messages of the server, protocol version %i', (version) => {
  it('QoS 1 is answered with PUBACK of its id, and is a new message each time, DUP or not (MQTT-2.2.1-5, MQTT-3.3.4-1, MQTT-4.3.2-4, -5, MQTT-4.5.0-2; 3.1.1: MQTT-2.3.1-6, MQTT-4.3.2-2)', () => {
    const client = new Client(version).connect();
    for (const dup of [false, true, true]) {
      expect(client.receive(message(1, 9, { dup }))).toEqual(['message']);
      expect(client.sent()).toMatchObject([{ type: 'puback', packetId: 9 }]);
    }
  });

  it('QoS 2 is answered with PUBREC and handed out once until PUBREL, then the id is free (MQTT-4.3.3-8, -10, -11, -12; 3.1.1: MQTT-4.3.3-2)', () => {
    const client = new Client(version).connect();
    for (let round = 0; round < 2; round++) {
      expect(client.receive(message(2, 9))).toEqual(['message']);
      expect(client.receive(message(2, 9, { dup: true }))).toEqual(['duplicate']);
      client.reconnect();
      expect(client.receive(message(2, 9, { dup: true }))).toEqual(['duplicate']);
      expect(client.sent()).toMatchObject([{ type: 'pubrec', packetId: 9 }]);
      expect(client.receive(answer('pubrel', 9))).toEqual(['released']);
      expect(client.receive(answer('pubrel', 9))).toEqual(['none']);
      expect(client.sent()).toMatchObject([
        { type: 'pubcomp', packetId: 9 },
        { type: 'pubcomp', packetId: 9 },
      ]);
    }
  });

  it('PUBACKs and PUBRECs are sent in the order in which the messages came (MQTT-4.6.0-2, -3)', () => {
    const messages = ([1, 2, 1, 2, 2, 1] as const).map((qos, at) => message(qos, 10 + at));
    const expected = messages.map(({ qos, packetId }) => ({ type: qos === 1 ? 'puback' : 'pubrec', packetId }));
    const client = new Client(version).connect();
    client.receive(...messages);
    expect(client.sent()).toMatchObject(expected);
    const byHand = new Client(version, { manualAcknowledgement: true }).connect();
    byHand.receive(...messages);
    const late = [answer('puback', 12), answer('pubrec', 13)].map((packet) => refusal(() => byHand.send(packet)));
    expect(late).toMatchObject([{ statement: 'MQTT-4.6.0-2' }, { statement: 'MQTT-4.6.0-3' }]);
    for (const { type, packetId } of expected) byHand.send(answer(type as 'puback', packetId ?? 0));
    expect(byHand.sent()).toMatchObject(expected);
  });
});

describe('messages in MQTT 5', () => {
  const expiring = { properties: { messageExpiryInterval: 1 } };

  it('PUBACK or PUBREC of 0x80 and above ends a message: it is not sent again, its id is free (MQTT-4.4.0-2)', () => {
    const client = new Client(5).connect();
    const ids = [client.send(message(1)), client.send(message(2))];
    expect(client.receive(answer('puback', ids[0], 0x97), answer('pubrec', ids[1], 0x97))).toEqual([
      'published',
      'published',
    ]);
    client.sent();
    client.reconnect();
    client.sent();
    expect(client.resent()).toEqual([]);
    expect(client.send(message(2, ids[1]))).toBe(ids[1]);
  });

  it('after its own PUBREC of 0x80 and above the id means a new message (MQTT-4.3.3-9)', () => {
    const client = new Client(5, { manualAcknowledgement: true }).connect();
    expect(client.receive(message(2, 9))).toEqual(['message']);
    client.send(answer('pubrec', 9, 0x83));
    expect(client.receive(message(2, 9))).toEqual(['message']);
  });

  it('a message that was sent no longer expires (MQTT-4.3.3-7)', () => {
    const client = new Client(5).connect();
    const kept = [message(1, 0, expiring), message(2, 0, expiring)].map((packet) => ({
      ...packet,
      packetId: client.send(packet),
    }));
    client.sent();
    client.now = 3_600_000;
    client.reconnect();
    client.sent();
    expect(client.resent(...kept)).toMatchObject(
      kept.map(({ packetId }) => ({ type: 'publish', packetId, dup: true })),
    );
  });

  it('a received message that has expired is acknowledged to its end (MQTT-4.3.3-13)', () => {
    const client = new Client(5, { manualAcknowledgement: true }).connect();
    client.receive(message(2, 9, expiring));
    client.now = 50_000;
    client.send(answer('pubrec', 9));
    client.now = 3_600_000;
    expect(client.receive(message(2, 9, { dup: true, ...expiring }))).toEqual(['duplicate']);
    client.receive(answer('pubrel', 9));
    expect(client.sent()).toMatchObject([{ type: 'pubrec' }, { type: 'pubrec' }, { type: 'pubcomp', packetId: 9 }]);
  });

  it('no more messages are in flight than the Receive Maximum of the server (MQTT-3.3.4-7, MQTT-4.9.0-1, -2)', () => {
    const client = new Client(5).connect({ server: { receiveMaximum: 2 } });
    const ids = [client.send(message(2)), client.send(message(1))];
    const held = { codeName: 'RECEIVE_MAXIMUM_REACHED', statement: 'MQTT-3.3.4-7' };
    expect(refusal(() => client.send(message(1)))).toMatchObject(held);
    client.receive(answer('pubrec', ids[0]));
    expect(refusal(() => client.send(message(2)))).toMatchObject(held);
    client.receive(answer('pubcomp', ids[0]));
    client.send(message(2));
    expect(refusal(() => client.send(message(1)))).toMatchObject(held);
  });

  it('the Receive Maximum holds back nothing but messages above QoS 0 (MQTT-3.3.4-8, MQTT-4.9.0-3)', () => {
    const client = new Client(5).connect({
      server: { receiveMaximum: 1, authenticationMethod: 'm' },
      own: { authenticationMethod: 'm' },
    });
    const id = client.send(message(2));
    expect(refusal(() => client.send(message(1))).codeName).toBe('RECEIVE_MAXIMUM_REACHED');
    client.sent();
    client.send(message(0));
    client.send(subscribe);
    client.send(unsubscribe);
    client.send({ type: 'pingreq' });
    client.send({ type: 'auth', reasonCode: 0x19, properties: { authenticationMethod: 'm' } });
    client.receive(message(1, 5), message(2, 6), answer('pubrel', 6), answer('pubrec', id), { type: 'pingresp' });
    client.send({ type: 'disconnect', reasonCode: 0 });
    const types = client.sent().map((packet: Packet) => packet.type);
    const asked = ['publish', 'subscribe', 'unsubscribe', 'pingreq', 'auth'];
    expect(types).toEqual([...asked, 'puback', 'pubrec', 'pubcomp', 'pubrel', 'disconnect']);
  });

  it('a PUBLISH of the client has no Subscription Identifier (MQTT-3.3.4-6)', () => {
    const client = new Client(5).connect();
    const packet = message(0, undefined, { properties: { subscriptionIdentifier: [1] } });
    expect(refusal(() => client.send(packet)).statement).toBe('MQTT-3.3.4-6');
    expect(client.sent()).toEqual([]);
  });
});
