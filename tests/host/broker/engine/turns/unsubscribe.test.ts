import { describe, expect, it } from 'vitest';
import { World } from '../../world.js';
import { neighbourOf, turnsOf } from './turns.js';

const topicFilters = Array.from({ length: 3000 }, (_, n) => `f/${n}`);

describe('one UNSUBSCRIBE with 3,000 filters', () => {
  it('is answered when none of them gets messages any more, and others are served meanwhile', () => {
    const world = new World({ limits: { workPerTurn: 1000 } });
    const neighbour = neighbourOf(world);
    const client = world.connect({ protocolVersion: 5, clientId: 'client' });
    client.subscribe('f/0');
    client.subscribe('f/2999');
    client.send({ type: 'unsubscribe', packetId: 2, topicFilters });
    client.publish('f/2999', 'x', { qos: 1 });
    const waits = [neighbour.turnsUntilServed()];
    const turns = turnsOf(world, () => waits.push(neighbour.turnsUntilServed()));
    expect(turns).toBeGreaterThan(20);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1);
    const { reasonCodes } = client.next('unsuback');
    expect(reasonCodes.flatMap((code, at) => (code === 0 ? [at] : []))).toEqual([0, 2999]);
    expect(client.next('puback').reasonCode).toBe(0x10);
    expect(world.eventsOf('unsubscribed')[0].topicFilters).toEqual(topicFilters);
  });

  it('of a client that does not wait for the answer ends with the connection', () => {
    const world = new World({ limits: { workPerTurn: 1000 } });
    const client = world.connect({ protocolVersion: 5, cleanStart: false, properties: { sessionExpiryInterval: 100 } });
    client.subscribe('f/2999');
    client.send({ type: 'unsubscribe', packetId: 2, topicFilters });
    client.drop();
    expect(turnsOf(world)).toBeLessThan(5);
    expect(world.engine.counts.subscriptions).toBe(1);
    expect(world.eventsOf('failed')).toEqual([]);
  });
});
