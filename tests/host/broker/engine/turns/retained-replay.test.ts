import { describe, expect, it } from 'vitest';
import { textOf, World } from '../../world.js';
import { neighbourOf, turnsOf } from './turns.js';

const lasting = { protocolVersion: 5, cleanStart: false, properties: { sessionExpiryInterval: 100 } } as const;

describe('retained messages for a new subscription', () => {
  const fill = (world: World, count: number, qos: 0 | 1 | 2 = 1) => {
    for (let n = 0; n < count; n++) world.engine.publish(`r/${n}`, 'x', { qos, retain: true });
  };

  it.each([1, 2] as const)('of QoS %i come at the pace of the client: all of 3,000, and none is dropped', (qos) => {
    const world = new World();
    fill(world, 3000, qos);
    const client = world.connect();
    client.subscribe('#', { qos });
    const topics = new Set<string>();
    while (client.received.length > 0) {
      expect(client.received.length).toBeLessThanOrEqual(20);
      for (const packet of client.received.splice(0)) {
        if (packet.type === 'publish') topics.add(packet.topic);
        const { packetId } = packet as { packetId: number };
        if (packet.type === 'publish') {
          client.send({ type: qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode: 0 });
        } else client.send({ type: 'pubcomp', packetId, reasonCode: 0 });
      }
      turnsOf(world);
    }
    expect(topics.size).toBe(3000);
    expect(world.eventsOf('dropped')).toEqual([]);
  });

  it('of QoS 0 wait while the network is slow, and none is dropped', () => {
    const world = new World({ limits: { backlogBytes: 100, queuedMessages: 10 } });
    fill(world, 300, 0);
    world.backlog = 101;
    const client = world.connect();
    client.subscribe('#');
    expect(client.received).toEqual([]);
    world.backlog = 0;
    world.engine.drained(client.id);
    expect(client.messages()).toHaveLength(300);
    expect(world.eventsOf('dropped')).toEqual([]);
  });

  it('go on when the client comes back, and end with UNSUBSCRIBE (3.10.4-2)', () => {
    const world = new World({ limits: { inflightMessages: 2 } });
    fill(world, 10);
    const client = world.connect(lasting);
    client.subscribe('#', { qos: 1 });
    const first = client.received.splice(0).map((packet) => packet.type === 'publish' && packet.topic);
    client.drop();
    const back = world.connect(lasting);
    const again = back.received.splice(0);
    expect(again.map((packet) => packet.type === 'publish' && packet.topic)).toEqual(first);
    back.send({ type: 'puback', packetId: (again[0] as { packetId: number }).packetId, reasonCode: 0 });
    expect(back.messages()).toHaveLength(1);
    back.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['#'] });
    back.next('unsuback');
    back.send({ type: 'puback', packetId: (again[1] as { packetId: number }).packetId, reasonCode: 0 });
    expect(back.received).toEqual([]);
  });

  it('come before a newer message of the same topic (4.6.0-6), which comes before those of other topics', () => {
    const world = new World({ limits: { inflightMessages: 2 } });
    fill(world, 10);
    const client = world.connect();
    client.subscribe('#', { qos: 1 });
    world.engine.publish('r/7', 'newer', { qos: 1 });
    world.engine.publish('r/0', 'newer', { qos: 1 });
    const got: string[] = [];
    for (let packet = client.received.shift(); packet; packet = client.received.shift()) {
      if (packet.type !== 'publish') continue;
      got.push(`${packet.topic}=${textOf(packet)}`);
      client.send({ type: 'puback', packetId: packet.packetId!, reasonCode: 0 });
    }
    expect(got.slice(2, 5)).toEqual(['r/7=x', 'r/7=newer', 'r/0=newer']);
    expect(got.filter((message) => message.endsWith('=x'))).toHaveLength(10);
    expect(got.indexOf('r/0=x')).toBeLessThan(got.indexOf('r/0=newer'));
  });

  it('that are replaced while others are sent come once, as what they are now', () => {
    const world = new World({ limits: { inflightMessages: 1 } });
    fill(world, 3);
    const client = world.connect();
    client.subscribe('#', { qos: 1 });
    world.engine.publish('r/2', 'changed', { qos: 1, retain: true });
    world.engine.publish('r/1', '', { retain: true });
    const got: string[] = [];
    for (let packet = client.received.shift(); packet; packet = client.received.shift()) {
      if (packet.type !== 'publish') continue;
      got.push(`${packet.topic}=${textOf(packet)}`);
      if (packet.qos > 0) client.send({ type: 'puback', packetId: packet.packetId!, reasonCode: 0 });
    }
    expect(got).toEqual(['r/0=x', 'r/1=', 'r/2=changed']);
  });

  it('take one turn after the other for a wildcard that finds nothing in a large tree, and others are served', () => {
    const world = new World({ limits: { workPerTurn: 500 } });
    fill(world, 5000);
    const neighbour = neighbourOf(world);
    turnsOf(world);
    const client = world.connect({ clientId: 'client' });
    client.subscribe('+/+/none');
    const waits: number[] = [];
    const turns = turnsOf(world, () => waits.push(neighbour.turnsUntilServed()));
    expect(turns).toBeGreaterThan(8);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1);
  });
});
