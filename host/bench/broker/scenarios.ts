/**
 * What is compared; less is better. `cpu`: processor time of the broker for a message that is received; `time`: of the clock for one;
 * `p99`: from publisher to subscriber; `memory`: resident.
 */
export type Measure = 'cpu' | 'time' | 'p99' | 'memory';

export interface Scenario {
  bench: string;
  measure: Measure;
  /** Arguments of the load generator. */
  load: string[];
  /** Which configuration the brokers get; default: plain TCP without persistence. */
  kind?: 'tls' | 'durable';
  /** Most that ours may be, as a ratio to the peer. A peer that has no target is measured all the same. */
  targets: { mosquitto?: number; aedes?: number };
  /** Most that ours may be in the unit of the measure. */
  most?: number;
  /** Rounds, each with every broker in turn. */
  rounds: number;
}

const fan = (...more: string[]) => ['--fan', '--subscribers', '1000', ...more];

export const scenarios: readonly Scenario[] = [
  {
    bench: 'broker.qos0',
    measure: 'cpu',
    load: ['--messages', '100000', '--window', '100'],
    targets: { mosquitto: 0.5, aedes: 0.3 },
    rounds: 5,
  },
  {
    bench: 'broker.qos1',
    measure: 'cpu',
    load: ['--messages', '50000', '--qos', '1', '--window', '100'],
    targets: { mosquitto: 0.5, aedes: 0.3 },
    rounds: 5,
  },
  {
    bench: 'broker.fanout.64',
    measure: 'cpu',
    load: fan('--messages', '60', '--window', '4'),
    targets: { mosquitto: 1 },
    rounds: 5,
  },
  {
    bench: 'broker.fanout.64.qos1',
    measure: 'cpu',
    load: fan('--messages', '30', '--qos', '1', '--window', '4'),
    targets: { mosquitto: 1 },
    rounds: 5,
  },
  {
    bench: 'broker.fanout.64k',
    measure: 'cpu',
    load: fan('--messages', '8', '--size', '65536', '--window', '1'),
    targets: { mosquitto: 1.5 },
    rounds: 5,
  },
  {
    bench: 'broker.tls',
    measure: 'cpu',
    load: ['--messages', '100000', '--size', '1024', '--window', '100'],
    kind: 'tls',
    targets: { mosquitto: 1.5 },
    rounds: 5,
  },
  {
    bench: 'broker.p99',
    measure: 'p99',
    load: ['--messages', '4000', '--rate', '2000', '--qos', '1'],
    targets: { mosquitto: 2 },
    // One that the system disturbs, or in which V8 still compiles, must not decide.
    rounds: 11,
  },
  {
    bench: 'broker.idle.10k',
    measure: 'memory',
    load: ['--idle', '10000', '--deadline', '120'],
    targets: {},
    most: 160,
    rounds: 1,
  },
  {
    bench: 'broker.durable.qos1',
    measure: 'time',
    load: ['--publishers', '100', '--subscribers', '100', '--messages', '300', '--qos', '1', '--durable'],
    kind: 'durable',
    targets: {},
    // 15,000 messages a second.
    most: 66.7,
    rounds: 3,
  },
];
