import { describe, expect, it } from 'vitest';
import type { Packet, Properties } from '../../host/core/index.js';
import { ClientSession } from '../../host/core/session/client-session.js';
import { answer, Client, message, refusal, subscribe, unsubscribe } from './session-rig.js';

const disconnect: Packet = { type: 'disconnect', reasonCode: 0 };
const SESSION_STATE = 'SESSION_STATE';

describe.each([4, 5] as const)('the state of the session, protocol version %i', (version) => {
  it('CONNECT comes first, and only once (MQTT-3.1.0-1)', () => {
    const client = new Client(version);
    for (const packet of [message(0), message(1), subscribe, unsubscribe, { type: 'pingreq' } as const, disconnect]) {
      expect(refusal(() => client.send(packet)).codeName).toBe(SESSION_STATE);
    }
    expect(client.sent()).toEqual([]);
    client.connect();
    expect(refusal(() => client.begin()).codeName).toBe(SESSION_STATE);
  });

  it('a clean start discards what was in flight both ways (MQTT-3.1.2-4; 3.1.1: MQTT-3.1.2-6)', () => {
    const client = new Client(version).connect();
    client.send(message(2));
    client.receive(message(2, 9));
    client.session.close();
    client.begin({ cleanStart: true });
    const present: Packet = { type: 'connack', sessionPresent: true, reasonCode: 0 };
    expect(refusal(() => client.receive(present)).codeName).toBe('SESSION_PRESENT_UNEXPECTED');
    client.session.close();
    client.connect({ cleanStart: true });
    expect(client.resent()).toEqual([]);
    expect(client.receive(message(2, 9))).toEqual(['message']);
  });

  it('the session of a clean start is not continued by a later connection (3.1.1: MQTT-3.1.2-6)', () => {
    const client = new Client(version).connect({ cleanStart: true, own: { sessionExpiryInterval: 0 } });
    client.send(message(1));
    client.receive(message(2, 9));
    client.session.close();
    client.connect({ sessionPresent: false });
    client.sent();
    expect(client.resent()).toEqual([]);
    expect(client.receive(message(2, 9))).toEqual(['message']);
  });

  it('what is in flight both ways outlives the connection and a restart of the program (MQTT-3.1.2-23; 3.1.1: MQTT-3.1.2-4, MQTT-4.1.0-1)', () => {
    const client = new Client(version).connect();
    const kept = [message(1, client.send(message(1))), message(2, client.send(message(2)))];
    client.receive(message(2, 9));
    client.session = ClientSession.restore(client.session.save());
    client.connect({ sessionPresent: true });
    client.sent();
    expect(client.resent(...kept)).toMatchObject(kept.map(({ packetId }) => ({ type: 'publish', packetId })));
    expect(client.receive(message(2, 9, { dup: true }))).toEqual(['duplicate']);
  });

  it('is kept while the connection is open, whatever is sent and refused (MQTT-4.1.0-1; 3.1.1: MQTT-4.1.0-2)', () => {
    const client = new Client(version).connect();
    const id = client.send(message(2));
    client.receive(message(2, 9));
    for (let round = 0; round < 500; round++) {
      client.now += 30_000;
      client.receive(answer('puback', client.send(message(1))), message(1, 10), message(0));
      client.session.tick(client.now);
      client.receive({ type: 'pingresp' });
      expect(client.receive(answer('puback', 4_000))).toEqual(['none']);
      refusal(() => client.receive(answer('pubcomp', id)));
      refusal(() => client.send(message(1, id)));
    }
    expect(client.receive(message(2, 9, { dup: true }))).toEqual(['duplicate']);
    expect(client.receive(answer('pubrec', id))).toEqual(['accepted']);
  });

  it('a session that only the server has is refused (MQTT-3.2.2-4)', () => {
    const client = new Client(version);
    client.begin();
    const connack: Packet = { type: 'connack', sessionPresent: true, reasonCode: 0 };
    expect(refusal(() => client.receive(connack)).codeName).toBe('SESSION_PRESENT_UNEXPECTED');
    expect(client.session.state).not.toBe('connected');
  });

  it('a session that the server does not have is discarded (MQTT-3.2.2-5)', () => {
    const client = new Client(version).connect();
    client.send(message(1));
    client.send(message(2));
    client.receive(message(2, 9));
    client.reconnect({ sessionPresent: false });
    client.sent();
    expect(client.resent()).toEqual([]);
    expect(client.receive(message(2, 9))).toEqual(['message']);
  });

  it('after DISCONNECT nothing more is sent (MQTT-3.14.4-1; 3.1.1: MQTT-3.14.4-2)', () => {
    const client = new Client(version, { manualAcknowledgement: true }).connect();
    client.send(message(2));
    client.receive(message(2, 9));
    client.send(disconnect);
    expect(client.sent().at(-1)).toMatchObject({ type: 'disconnect' });
    const packets = [message(0), message(1), subscribe, unsubscribe, { type: 'pingreq' } as const, disconnect];
    for (const packet of packets) expect(refusal(() => client.send(packet)).codeName).toBe(SESSION_STATE);
    client.send(answer('pubrec', 9)); // kept for the next connection
    for (const packet of [message(1, 10), answer('pubrel', 9), answer('pubrec', 1)])
      refusal(() => client.receive(packet));
    client.now = 200_000;
    client.session.tick(client.now);
    expect(client.sent()).toEqual([]);
  });

  it('PINGREQ is sent when nothing was sent for the keep-alive time (MQTT-3.1.2-20; 3.1.1: MQTT-3.1.2-23)', () => {
    const client = new Client(version).connect();
    client.sent();
    client.now = 59_999;
    client.session.tick(client.now);
    expect(client.sent()).toEqual([]);
    client.now = 60_000;
    client.session.tick(client.now);
    expect(client.sent()).toEqual([{ type: 'pingreq' }]);
  });

  it.each([
    ['text that is not UTF-8', '3004000261ff'],
    ['text with a surrogate', '30050003eda080'],
    ['text with U+0000', '300400026100'],
    ['flags that the packet may not have', 'd100'],
    ['PUBLISH of QoS 3', '36050001610001'],
  ])(
    'after %s nothing more is accepted on the connection (3.1.1: MQTT-1.5.3-1, -2, MQTT-2.2.2-2, MQTT-3.3.1-4, MQTT-4.8.0-1)',
    (_, hex) => {
      const client = new Client(version).connect();
      const bytes = Buffer.from(hex, 'hex');
      // A PUBLISH of MQTT 5 also has a Property Length.
      const hasMore = version === 5 && bytes[0] >> 4 === 3;
      if (hasMore) bytes[1]++;
      const broken = hasMore ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes;
      expect(refusal(() => client.session.receive(broken, 0)).reasonCode).toBe(0x81);
      refusal(() => client.receive(message(1, 9)));
      refusal(() => client.receive(message(0)));
      expect(client.sent()).toEqual([]);
      client.reconnect();
      expect(client.receive(message(1, 9))).toEqual(['message']);
    },
  );

  it('a message for which there is no room is refused and not acknowledged (3.1.1: MQTT-4.8.0-2)', () => {
    const client = new Client(version, { receiveCapacity: 1 }).connect();
    client.receive(message(2, 9));
    client.sent();
    expect(refusal(() => client.receive(message(2, 10)))).toMatchObject({ codeName: 'NO_MEMORY', reasonCode: 0x97 });
    expect(client.sent()).toEqual([]);
  });
});

describe('what CONNACK of MQTT 5 allows', () => {
  it('the Server Keep Alive replaces the keep-alive of the client (MQTT-3.1.2-21, MQTT-3.2.2-21)', () => {
    const client = new Client(5).connect({ server: { serverKeepAlive: 7 } });
    expect(client.session.keepAlive).toBe(7_000);
    expect(client.session.nextDeadline(0)).toBe(7_000);
  });

  it('no QoS above Maximum QoS, no RETAIN where it is not available, nothing above Maximum Packet Size (MQTT-3.2.2-11, -14, -15)', () => {
    const client = new Client(5).connect({ server: { maximumQoS: 0, retainAvailable: 0, maximumPacketSize: 12 } });
    expect(refusal(() => client.send(message(1))).statement).toBe('MQTT-3.2.2-11');
    expect(refusal(() => client.send(message(0, undefined, { retain: true }))).statement).toBe('MQTT-3.2.2-14');
    const payload = Buffer.alloc(7);
    expect(refusal(() => client.send(message(0, undefined, { payload }))).codeName).toBe('PACKET_TOO_LARGE');
    expect(client.sent()).toEqual([]);
    client.send(message(0, undefined, { payload: payload.subarray(1) }));
    expect(client.sent()).toHaveLength(1);
  });

  it('topic aliases up to the maximum of the server, and none above (MQTT-3.2.2-17, MQTT-3.3.2-9)', () => {
    const client = new Client(5).connect({ server: { topicAliasMaximum: 2 } });
    const alias = (topicAlias: number) => message(0, undefined, { properties: { topicAlias } });
    client.send(alias(1));
    client.send(alias(2));
    expect(refusal(() => client.send(alias(3)))).toMatchObject({
      codeName: 'TOPIC_ALIAS_INVALID',
      statement: 'MQTT-3.3.2-9',
    });
    expect(client.sent()).toHaveLength(2);
  });

  it.each([{}, { topicAliasMaximum: 0 }])('with %o there are no topic aliases at all (MQTT-3.2.2-18)', (server) => {
    const client = new Client(5).connect({ server });
    const packet = message(0, undefined, { properties: { topicAlias: 1 } });
    expect(refusal(() => client.send(packet)).codeName).toBe('TOPIC_ALIAS_INVALID');
    expect(client.sent()).toEqual([]);
  });

  it('every topic alias from 1 to its own maximum is accepted, and none above (MQTT-3.3.2-10, -11)', () => {
    const client = new Client(5, { aliasBytes: 300 * 4 }).connect({ own: { topicAliasMaximum: 300 } });
    const alias = (topicAlias: number, topic: string) => message(0, undefined, { topic, properties: { topicAlias } });
    for (let n = 1; n <= 300; n++) expect(client.receive(alias(n, n % 2 ? 'a' : 'bc'))).toEqual(['message']);
    for (let n = 300; n >= 1; n--) expect(client.receive(alias(n, ''))).toEqual(['message']);
    expect(refusal(() => client.receive(alias(301, 'a')))).toMatchObject({
      statement: 'MQTT-3.3.2-11',
      reasonCode: 0x94,
    });
  });

  it('topic aliases of the server end with the connection (MQTT-3.3.2-7)', () => {
    const own = { topicAliasMaximum: 1 };
    const client = new Client(5, { aliasBytes: 10 }).connect({ own });
    const alias = (topic: string) => message(0, undefined, { topic, properties: { topicAlias: 1 } });
    client.receive(alias('a'));
    expect(client.receive(alias(''))).toEqual(['message']);
    client.reconnect({ own });
    expect(refusal(() => client.receive(alias(''))).codeName).toBe('TOPIC_ALIAS_UNKNOWN');
  });
});

describe('what would be too large for the server', () => {
  const long = 'x'.repeat(30);
  const cases: [string, string, (properties: Properties) => Packet][] = [
    ['PUBACK', 'MQTT-3.4.2-2, -3', (properties) => answer('puback', 9, 0x10, properties)],
    ['PUBREC', 'MQTT-3.5.2-2, -3', (properties) => answer('pubrec', 10, 0x10, properties)],
    ['DISCONNECT', 'MQTT-3.14.2-3, -4', (properties) => ({ type: 'disconnect', reasonCode: 4, properties })],
    [
      'AUTH',
      'MQTT-3.15.2-2, -3',
      (properties) => ({ type: 'auth', reasonCode: 0x19, properties: { ...properties, authenticationMethod: 'm' } }),
    ],
  ];

  it.each(cases)(
    '%s is refused with a reason string or user properties, and sent without them (%s)',
    (_, __, packetOf) => {
      const server = { maximumPacketSize: 30, authenticationMethod: 'm' };
      const client = new Client(5, { manualAcknowledgement: true }).connect({
        server,
        own: { authenticationMethod: 'm' },
      });
      client.receive(message(1, 9), message(2, 10));
      for (const properties of [{ reasonString: long }, { userProperty: [['n', long]] as [string, string][] }]) {
        expect(refusal(() => client.send(packetOf(properties))).codeName).toBe('PACKET_TOO_LARGE');
      }
      expect(client.sent()).toEqual([]);
      client.send(packetOf({}));
      expect(client.sent()).toHaveLength(1);
    },
  );

  it('PUBREL and PUBCOMP of the session have neither (MQTT-3.6.2-2, -3, MQTT-3.7.2-2, -3)', () => {
    const client = new Client(5).connect({ server: { maximumPacketSize: 8 } });
    const id = client.send(message(2, undefined, { payload: Buffer.alloc(0) }));
    client.receive(
      answer('pubrec', id),
      answer('pubrec', 99),
      message(2, 9),
      answer('pubrel', 9),
      answer('pubrel', 98),
    );
    const answers = client.sent().filter(({ type }) => type === 'pubrel' || type === 'pubcomp');
    expect(answers).toEqual([
      { type: 'pubrel', packetId: id, reasonCode: 0, properties: {} },
      { type: 'pubrel', packetId: 99, reasonCode: 0x92, properties: {} },
      { type: 'pubcomp', packetId: 9, reasonCode: 0, properties: {} },
      { type: 'pubcomp', packetId: 98, reasonCode: 0x92, properties: {} },
    ]);
    for (const type of ['pubrel', 'pubcomp'] as const) {
      expect(refusal(() => client.send(answer(type, id, 0, { reasonString: 'x' }))).codeName).toBe(SESSION_STATE);
    }
  });
});
