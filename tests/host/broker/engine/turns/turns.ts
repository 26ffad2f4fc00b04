import type { World } from '../../world.js';

/** A client that publishes to itself: how many turns of the engine it waits for its own message while others have work. */
export function neighbourOf(world: World) {
  const client = world.connect({ clientId: 'neighbour' });
  client.subscribe('neighbour/self', { qos: 1 });
  let count = 0;
  return {
    turnsUntilServed(): number {
      const payload = `${++count}`;
      client.publish('neighbour/self', payload, { qos: 1 });
      for (let turns = 0; ; turns++) {
        const types = client.received.map(({ type }) => type);
        if (types.includes('publish') && types.includes('puback')) {
          const got = client.received.splice(0).find((packet) => packet.type === 'publish')!;
          client.send({ type: 'puback', packetId: got.packetId!, reasonCode: 0 });
          return turns;
        }
        if (turns > 100) throw new Error('the neighbour waits for more than 100 turns');
        world.engine.tick(world.now);
      }
    },
  };
}

/** Runs turns until nothing is left to do now; returns how many, calling `between` after each. */
export function turnsOf(world: World, between: () => void = () => {}): number {
  let turns = 0;
  for (; world.engine.nextDeadline(world.now) === world.now; turns++) {
    world.engine.tick(world.now);
    between();
    if (turns > 1_000_000) throw new Error('the work never ends');
  }
  return turns;
}
