import { expect, it } from 'vitest';
import type { Packet, Properties } from '../../../host/core/index.js';
import { Client, message, refusal } from '../session-rig.js';

type Outcome = { codeName: string; reasonCode: number | undefined };
const disconnect = (properties: Properties): Packet => ({ type: 'disconnect', reasonCode: 0, properties });
const subscribe = (properties: Properties): Packet => ({
  type: 'subscribe',
  packetId: 0,
  subscriptions: [{ topicFilter: 'a', qos: 0 }],
  properties,
});
const auth = (authenticationMethod: string): Packet => ({
  type: 'auth',
  reasonCode: 0x18,
  properties: { authenticationMethod },
});

/** Sentences that depend on earlier packets: the id, what CONNECT says, what the server then sends, and what comes of it. */
const received: [sentence: string, own: Properties, packets: Packet[], Outcome][] = [
  [
    '3.1.2.11.4-b',
    { maximumPacketSize: 20 },
    [message(0, undefined, { payload: Buffer.alloc(20) })],
    { codeName: 'PACKET_TOO_LARGE', reasonCode: 0x95 },
  ],
  [
    '3.3.4-c, above the maximum',
    { topicAliasMaximum: 1 },
    [message(0, undefined, { properties: { topicAlias: 2 } })],
    { codeName: 'TOPIC_ALIAS_EXCEEDED', reasonCode: 0x94 },
  ],
  [
    '3.3.4-d',
    { topicAliasMaximum: 1 },
    [message(0, undefined, { topic: '', properties: { topicAlias: 1 } })],
    { codeName: 'TOPIC_ALIAS_UNKNOWN', reasonCode: 0x82 },
  ],
  [
    '3.3.4-f',
    { receiveMaximum: 1 },
    [message(2, 1), message(2, 2)],
    { codeName: 'RECEIVE_MAXIMUM_EXCEEDED', reasonCode: 0x93 },
  ],
  ['3.15-a', {}, [auth('m')], { codeName: 'PACKET_UNEXPECTED', reasonCode: 0x82 }],
];

it.each(received)('the client session refuses what the server may not send: %s', (_, own, packets, outcome) => {
  const client = new Client(5, { aliasBytes: 100 });
  client.connect({ own });
  expect(refusal(() => client.receive(...packets))).toMatchObject(outcome);
});

/** Sentences that bind a client which sends: the id, what CONNECT and CONNACK say, the packet, and what comes of it. */
const sent: [sentence: string, own: Properties, server: Properties, Packet, Outcome][] = [
  ['3.2.2.3.4-b', {}, { maximumQoS: 0 }, message(1), { codeName: 'QOS_NOT_SUPPORTED', reasonCode: 0x9b }],
  [
    '3.2.2.3.5-b',
    {},
    { retainAvailable: 0 },
    message(0, undefined, { retain: true }),
    { codeName: 'RETAIN_NOT_SUPPORTED', reasonCode: 0x9a },
  ],
  [
    '3.2.2.3.6-b',
    {},
    { maximumPacketSize: 20 },
    message(0, undefined, { payload: Buffer.alloc(20) }),
    { codeName: 'PACKET_TOO_LARGE', reasonCode: 0x95 },
  ],
  [
    '3.2.2.3.12-b',
    {},
    { subscriptionIdentifierAvailable: 0 },
    subscribe({ subscriptionIdentifier: [1] }),
    { codeName: 'SUBSCRIPTION_IDENTIFIER_NOT_SUPPORTED', reasonCode: 0xa1 },
  ],
  [
    '3.3.4-b',
    {},
    {},
    message(0, undefined, { properties: { subscriptionIdentifier: [1] } }),
    { codeName: 'SUBSCRIPTION_IDENTIFIER_NOT_SUPPORTED', reasonCode: 0x82 },
  ],
  [
    '3.14.2.2.2-b',
    { sessionExpiryInterval: 0 },
    {},
    disconnect({ sessionExpiryInterval: 1 }),
    { codeName: 'SESSION_EXPIRY_RAISED', reasonCode: 0x82 },
  ],
];

it.each(sent)(
  'the client session does not send what the server has to refuse: %s',
  (_, own, server, packet, outcome) => {
    const client = new Client(5).connect({ own, server });
    client.sent();
    expect(refusal(() => client.send(packet))).toMatchObject(outcome);
    expect(client.sent()).toEqual([]);
  },
);

it('a server that does not answer PINGREQ is given up (3.1.2.10-a)', () => {
  const client = new Client(5).connect();
  client.session.tick(60_000);
  expect(client.sent()).toMatchObject([{ type: 'pingreq' }]);
  const deadline = client.session.nextDeadline(60_000)!;
  expect(refusal(() => client.session.tick(deadline))).toMatchObject({
    codeName: 'RESPONSE_TIMEOUT',
    reasonCode: 0x83,
  });
});
