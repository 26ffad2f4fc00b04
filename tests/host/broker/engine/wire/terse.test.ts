import { describe, expect, it } from 'vitest';
import { refuse } from '../../../../../host/broker/index.js';
import { encodePacket, type Packet } from '../../../../../host/core/index.js';
import { type TestClient, World } from '../../world.js';

const listener = { name: 'terse', rules: {}, settings: { terse: true } };

/** What a client of this listener got, and whether it is still connected. */
const left = (client: TestClient) => [client.received.map(({ type }) => type), client.isClosed];

/** CONNECT with a client id that holds U+0000. */
const malformed = () => {
  const bytes = encodePacket(
    { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'aa' },
    5,
  );
  bytes[bytes.length - 1] = 0;
  return bytes;
};

describe('a terse listener', () => {
  it('closes without CONNACK on a malformed CONNECT, where others say so (4.13.1)', () => {
    const world = new World();
    const clients = [world.open(5, { listener }), world.open(5)];
    for (const client of clients) client.raw(malformed());
    expect(clients.map(left)).toEqual([
      [[], true],
      [['connack'], true],
    ]);
  });

  it('answers a CONNECT that is refused', () => {
    const world = new World();
    const refusing = { ...listener, rules: { connect: () => refuse('no') } };
    const client = world.connect({ protocolVersion: 5 }, { listener: refusing });
    expect(client.connack.reasonCode).toBe(0x87);
    const unknown = world.open(5, { listener });
    unknown.raw(Buffer.from([16, 13, 0, 4, ...Buffer.from('MQTT'), 7, 2, 0, 60, 0, 0, 0]));
    expect(left(unknown)).toEqual([['connack'], true]);
  });

  const faults: [string, Packet, string[], string[]][] = [
    [
      'a second CONNECT',
      { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'a' },
      [],
      ['disconnect'],
    ],
    ['a packet of servers', { type: 'pingresp' }, [], ['disconnect']],
    [
      'PUBLISH with an alias that was never set',
      {
        type: 'publish',
        topic: '',
        payload: Buffer.alloc(0),
        qos: 0,
        retain: false,
        dup: false,
        properties: { topicAlias: 1 },
      },
      ['disconnect'],
      ['disconnect'],
    ],
    ['PUBREL of an unknown id', { type: 'pubrel', packetId: 9, reasonCode: 0 }, ['pubcomp'], ['pubcomp']],
  ];

  it.each(faults)('says no more than is asked for: %s', (_, packet, terse, usual) => {
    const world = new World();
    const clients = [listener, undefined].map((each, n) =>
      world.connect({ protocolVersion: 5, clientId: `c${n}` }, { listener: each }),
    );
    for (const client of clients) client.send(packet);
    expect(clients.map((client) => client.received.map(({ type }) => type))).toEqual([terse, usual]);
  });

  it.each([
    ['pubrel', 'pubcomp'],
    ['pubrec', 'pubrel'],
  ] as const)('answers %s of an unknown id with 0x00, others with 0x92', (type, answer) => {
    const world = new World();
    const [terse, usual] = [listener, undefined].map((each, n) =>
      world.connect({ protocolVersion: 5, clientId: `c${n}` }, { listener: each }),
    );
    for (const client of [terse, usual]) client.send({ type, packetId: 9, reasonCode: 0 });
    expect([terse.next(answer).reasonCode, usual.next(answer).reasonCode]).toEqual([0, 0x92]);
  });
});
