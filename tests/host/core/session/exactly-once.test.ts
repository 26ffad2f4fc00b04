import { describe, expect, it } from 'vitest';
import type { ProtocolVersion, QoS } from '../../../../host/core/index.js';
import { PATIENCE } from '../../../patience.js';
import type { Message } from './model-server.js';
import { randomOptions } from './random-options.js';
import { Simulation } from './simulation.js';
import type { SimulationOptions } from './simulation-options.js';

/** Number of seeds of a run, which takes some seconds; WASMQTT_SESSION_SEEDS changes it. */
const SEEDS = Number(process.env.WASMQTT_SESSION_SEEDS ?? 10_000);

const plain: Omit<SimulationOptions, 'seed' | 'version' | 'up' | 'down' | 'losses'> = {
  receiveMaximum: 10,
  topicAliasMaximum: 0,
  repeats: false,
  manual: false,
  adopt: false,
  clientReceiveMaximum: 10,
  sendCapacity: 10,
  clientAliases: false,
  latency: 5,
  fragment: 1,
  restarts: false,
};

/** QoS 2 once each and in order; QoS 1 at least once, first copies in order; QoS 0 at most once, in order. */
function expectDelivered(received: Message[], sent: Message[], where: string): void {
  const numbers = (list: Message[], qos: QoS) =>
    list.filter((message) => message.qos === qos).map(({ number }) => number);
  expect(numbers(received, 2), `${where}: QoS 2`).toEqual(numbers(sent, 2));
  expect([...new Set(numbers(received, 1))], `${where}: QoS 1`).toEqual(numbers(sent, 1));
  const once = numbers(received, 0);
  expect(
    [...new Set(once)].sort((a, b) => a - b),
    `${where}: QoS 0`,
  ).toEqual(once);
}

function run(options: SimulationOptions): Simulation {
  const simulation = new Simulation(options);
  try {
    simulation.run();
  } catch (error) {
    throw new Error(`seed ${options.seed}, ${JSON.stringify(options)}: ${(error as Error).message}`, { cause: error });
  }
  expectDelivered(simulation.server.received, options.up, `seed ${options.seed}, to the server`);
  expectDelivered(simulation.received, options.down, `seed ${options.seed}, to the client`);
  return simulation;
}

/** One message of QoS 2 each way. */
const exchange = { up: [{ number: 0, qos: 2 as QoS }], down: [{ number: 0, qos: 2 as QoS }] };
const never = Number.POSITIVE_INFINITY;

describe('a QoS 2 exchange both ways (4.3.3, 4.4)', () => {
  for (const version of [4, 5] as ProtocolVersion[]) {
    for (const manual of [false, true]) {
      const name = `version ${version}, acknowledged ${manual ? 'by hand' : 'by the session'}`;
      /** Bytes of the exchange each way, from CONNECT to the last answer, when nothing is lost. */
      const { up: bytesUp, down: bytesDown } = run({
        ...plain,
        ...exchange,
        seed: 1,
        version,
        manual,
        losses: [],
      }).carried;

      it(`is exactly once when the connection is lost after any of ${bytesUp} bytes to the server: ${name}`, () => {
        expect(bytesUp).toBeGreaterThan(50);
        for (let up = 1; up <= bytesUp; up++) {
          for (const restarts of [false, true]) {
            const { connections } = run({
              ...plain,
              ...exchange,
              seed: up,
              version,
              manual,
              restarts,
              losses: [{ up, down: never }],
            });
            // The last byte may end the exchange.
            if (up < bytesUp) expect(connections, `lost after ${up} bytes`).toBe(2);
          }
        }
      });

      it(`is exactly once when the connection is lost after any of ${bytesDown} bytes to the client: ${name}`, () => {
        expect(bytesDown).toBeGreaterThan(30);
        for (let down = 1; down <= bytesDown; down++) {
          for (const restarts of [false, true]) {
            const { connections } = run({
              ...plain,
              ...exchange,
              seed: down,
              version,
              manual,
              restarts,
              losses: [{ up: never, down }],
            });
            if (down < bytesDown) expect(connections, `lost after ${down} bytes`).toBeGreaterThan(1);
          }
        }
      });

      it(`is exactly once when the connection is lost a second time during the reconnect: ${name}`, () => {
        for (let first = 40; first <= 90; first += 3) {
          for (let down = 1; down <= 40; down++) {
            const losses = [
              { up: first, down: never },
              { up: never, down },
            ];
            run({ ...plain, ...exchange, seed: first * 100 + down, version, manual, losses });
          }
        }
      });
    }
  }
});

describe('a client and a server with loss, delay, repeated packets and reconnects', () => {
  it(
    `agree over ${SEEDS} seeds: QoS 2 exactly once and in order, QoS 1 at least once, QoS 0 at most once`,
    () => {
      let connections = 0;
      for (let seed = 1; seed <= SEEDS; seed++) connections += run(randomOptions(seed)).connections;
      expect(connections).toBeGreaterThan(SEEDS);
    },
    PATIENCE + SEEDS * 10,
  );
});
