import type { ProtocolVersion, QoS } from '../../../../host/core/index.js';
import type { Message } from './model-server.js';
import { Random } from './seeded-random.js';
import type { SimulationOptions } from './simulation-options.js';

const never = Number.POSITIVE_INFINITY;

function messages(random: Random): Message[] {
  const length = random.integer(0, 12);
  return Array.from({ length }, (_, number) => ({ number, qos: random.integer(0, 2) as QoS }));
}

/** Options of a simulation that depend on the seed alone. */
export function randomOptions(seed: number): SimulationOptions {
  const random = new Random(seed ^ 0x5eed);
  const version: ProtocolVersion = random.chance(0.5) ? 5 : 4;
  const losses = Array.from({ length: random.integer(0, 6) }, () => ({
    up: random.chance(0.5) ? random.integer(1, 300) : never,
    down: random.chance(0.5) ? random.integer(1, 200) : never,
  }));
  return {
    seed,
    version,
    up: messages(random),
    down: messages(random),
    losses,
    receiveMaximum: random.integer(1, 6),
    topicAliasMaximum: random.integer(0, 4),
    serverKeepAlive: random.chance(0.3) ? 4 : undefined,
    repeats: version === 4 && random.chance(0.5),
    manual: random.chance(0.5),
    adopt: random.chance(0.3),
    clientReceiveMaximum: version === 5 ? random.integer(1, 6) : 12,
    sendCapacity: random.integer(1, 8),
    clientAliases: random.chance(0.5),
    latency: random.integer(1, 400),
    fragment: random.chance(0.3) ? 1 : random.integer(1, 200),
    restarts: random.chance(0.3),
  };
}
