import type { BrokerRow } from './broker-row.js';
import { measureBrokers } from './measure-brokers.js';
import { scenarios } from './scenarios.js';

/** The rows of the load generator: each with every broker by turns. */
export const loadRows: readonly BrokerRow[] = scenarios.map((scenario) => ({
  benches: [scenario.bench],
  measure: (bench) => measureBrokers(scenario, bench),
}));
