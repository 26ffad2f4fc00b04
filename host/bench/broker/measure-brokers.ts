import { median } from '../statistics.js';
import { type BrokerBench, type BrokerResult, brokerResult, limitResult } from './broker-row.js';
import { type BrokerName, type BrokerProcess, startBrokerProcess } from './brokers.js';
import type { LoadResult } from './load-generator.js';
import type { Measure, Scenario } from './scenarios.js';

const NAMES: readonly BrokerName[] = ['wasmqtt', 'mosquitto', 'aedes'];
const UNITS: Readonly<Record<Measure, string>> = { cpu: 'us', time: 'us', p99: 'ms', memory: 'MB' };

/** Runs one scenario with every broker by turns. Takes seconds. @throws Error when a broker or the load fails */
export async function measureBrokers(scenario: Scenario, bench: BrokerBench): Promise<BrokerResult[]> {
  const brokers: BrokerProcess[] = [];
  const runs = new Map<BrokerName, LoadResult[]>();
  try {
    for (const name of NAMES) {
      const broker = await startBrokerProcess(name, scenario.kind ?? 'plain', bench.cli, bench.tls);
      if (broker) brokers.push(broker);
    }
    // The first round warms up: engines compile, tables grow.
    for (let round = 0; round <= scenario.rounds; round++) {
      for (const { name, pid, port } of brokers) {
        bench.progress(`${scenario.bench} ${round}/${scenario.rounds} ${name}`);
        const security = scenario.kind === 'tls' ? ['--ca', bench.tls.ca] : [];
        const args = ['--port', String(port), '--pid', String(pid), ...security, ...scenario.load];
        const result = await bench.load.run(args);
        if (round > 0) runs.set(name, [...(runs.get(name) ?? []), result]);
      }
    }
  } finally {
    for (const broker of brokers) await broker.stop();
  }
  return resultsOf(scenario, runs);
}

function resultsOf(scenario: Scenario, runs: ReadonlyMap<BrokerName, LoadResult[]>): BrokerResult[] {
  const { bench, measure, targets, most } = scenario;
  const medianOf = (name: BrokerName) => median((runs.get(name) ?? []).map((run) => measured(run, measure)));
  const ours = medianOf('wasmqtt');
  const unit = UNITS[measure];
  const peers = (['mosquitto', 'aedes'] as const).filter((name) => runs.has(name));
  return [
    ...peers.map((name) => brokerResult(bench, unit, ours, name, medianOf(name), targets[name] ?? null)),
    ...(most === undefined ? [] : [limitResult(bench, unit, ours, most)]),
  ];
}

/** In the unit of the measure; for each message received where that makes sense. */
function measured(run: LoadResult, measure: Measure): number {
  if (measure === 'cpu') return (run.cpu_ms * 1000) / run.received;
  if (measure === 'time') return (run.elapsed_ms * 1000) / run.received;
  return measure === 'p99' ? run.p99_ms : run.rss_kb / 1000;
}
