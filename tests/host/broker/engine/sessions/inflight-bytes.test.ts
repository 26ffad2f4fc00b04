import { describe, expect, it } from 'vitest';
import { type TestClient, World } from '../../world.js';

function subscriber(qos: 1 | 2): { world: World; client: TestClient; publish(...sizes: number[]): void } {
  const world = new World({ limits: { inflightBytes: 100 } });
  const client = world.connect({ protocolVersion: 5 });
  client.subscribe('a', { qos });
  const publish = (...sizes: number[]) => {
    for (const size of sizes) world.engine.publish('a', new Uint8Array(size), { qos });
  };
  return { world, client, publish };
}

const sizes = (client: TestClient) =>
  client.received.splice(0).map((packet) => (packet.type === 'publish' ? packet.payload.length : packet.type));

describe('messages in flight to a client', () => {
  it('are sent until there are as many bytes as the limit', () => {
    const { client, publish } = subscriber(1);
    publish(49, 49, 49);
    expect(sizes(client)).toEqual([49, 49]);
    client.send({ type: 'puback', packetId: 1, reasonCode: 0 });
    expect(sizes(client)).toEqual([49]);
  });

  it('may be of any size, one at a time', () => {
    const { client, publish } = subscriber(1);
    publish(5000, 5000);
    expect(sizes(client)).toEqual([5000]);
    client.send({ type: 'puback', packetId: 1, reasonCode: 0 });
    expect(sizes(client)).toEqual([5000]);
  });

  it('count until the client has them, which of QoS 2 PUBREC says', () => {
    const { client, publish } = subscriber(2);
    publish(200, 200);
    expect(sizes(client)).toEqual([200]);
    client.send({ type: 'pubrec', packetId: 1, reasonCode: 0 });
    expect(sizes(client)).toEqual(['pubrel']);
    client.send({ type: 'pubcomp', packetId: 1, reasonCode: 0 });
    expect(sizes(client)).toEqual([200]);
  });

  it('do not hold back those of QoS 0', () => {
    const { world, client, publish } = subscriber(1);
    client.subscribe('zero');
    publish(200, 200);
    world.engine.publish('zero', 'x');
    expect(sizes(client)).toEqual([200, 1]);
  });

  it('refuse a limit of none, which would hold back everything', () => {
    expect(() => new World({ limits: { inflightBytes: 0 } })).toThrow('limits: inflightBytes is 0');
  });
});
