import { describe, expect, it } from 'vitest';
import { ClientSession, encodePacket, MqttError, type Packet, SessionError } from '../../../../host/core/index.js';
import { Random } from './seeded-random.js';

const message = { type: 'publish', topic: 'a', payload: Buffer.from('x'), retain: false, dup: false } as const;

/** Packets that a server may send, in an order that depends on the seed. */
const packets: Packet[] = [
  { type: 'connack', sessionPresent: false, reasonCode: 0, properties: { topicAliasMaximum: 3, receiveMaximum: 2 } },
  { ...message, qos: 0, properties: { topicAlias: 1 } },
  { ...message, qos: 0, topic: '', properties: { topicAlias: 1 } },
  { ...message, qos: 1, packetId: 1 },
  { ...message, qos: 2, packetId: 2 },
  { type: 'pubrel', packetId: 2, reasonCode: 0 },
  { type: 'puback', packetId: 1, reasonCode: 0 },
  { type: 'pubrec', packetId: 2, reasonCode: 0 },
  { type: 'pubcomp', packetId: 2, reasonCode: 0 },
  { type: 'suback', packetId: 3, reasonCodes: [0] },
  { type: 'unsuback', packetId: 3, reasonCodes: [0] },
  { type: 'pingresp' },
  { type: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'm' } },
];

/** What the client does in between; refusals are expected. */
function act(session: ClientSession, random: Random): void {
  const choices: Packet[] = [
    { ...message, qos: 1 },
    { ...message, qos: 2 },
    { ...message, qos: 1, dup: true, packetId: 1 },
    { type: 'subscribe', packetId: 0, subscriptions: [{ topicFilter: 'a', qos: 0 }] },
    { type: 'puback', packetId: 1, reasonCode: 0 },
    { type: 'pubrec', packetId: 2, reasonCode: 0 },
    { type: 'auth', reasonCode: 0x19, properties: { authenticationMethod: 'm' } },
  ];
  const packet = choices[random.integer(0, choices.length - 1)];
  if (random.chance(0.05)) session.close();
  if (session.state === 'closed') {
    const properties = { topicAliasMaximum: 2, authenticationMethod: random.chance(0.5) ? 'm' : undefined };
    session.send(
      { type: 'connect', protocolVersion: 5, cleanStart: false, keepAlive: 60, clientId: 'd', properties },
      random.integer(0, 0xffffffff),
    );
  } else {
    session.send(packet, random.integer(0, 0xffffffff));
  }
  session.tick(random.integer(0, 0xffffffff));
}

function expected(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (!(error instanceof SessionError || error instanceof MqttError)) throw error;
    return false;
  }
}

describe('any packets in any order, and broken ones,', () => {
  it('yield events or a typed error, and the context stays within its bounds', () => {
    let accepted = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed);
      const options = { sendCapacity: 2, receiveCapacity: 2, aliasBytes: 6, manualAcknowledgement: random.chance(0.5) };
      const session = new ClientSession(options);
      for (let step = 0; step < 60; step++) {
        expected(() => act(session, random));
        const bytes = encodePacket(packets[random.integer(0, packets.length - 1)], 5);
        if (random.chance(0.1)) bytes[random.integer(0, bytes.length - 1)] ^= 1 << random.integer(0, 7);
        // A packet that a mutation made incomplete would block the stream.
        if (expected(() => session.receive(bytes, step))) accepted++;
        else if (random.chance(0.3)) session.close();
      }
      // Within its bounds: the saved bytes are a session.
      ClientSession.restore(session.save());
    }
    expect(accepted).toBeGreaterThan(300);
  });
});
