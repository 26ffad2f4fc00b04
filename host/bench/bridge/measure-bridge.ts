import { type BrokerResult, limitResult } from '../broker/broker-row.js';
import type { BrokerName } from '../broker/brokers.js';
import { median } from '../statistics.js';
import { carryRounds, memoryWithoutKafka } from './carry-messages.js';

export interface BridgeBench {
  /** the program `wasmqtt` */
  cli: string;
  /** addresses of Kafka */
  kafka: readonly string[];
  /** its processes, which stand still for a while; none when they are not to */
  kafkaPids: readonly number[];
  /** only rows whose name contains this */
  filter: string;
  /** called before each part */
  progress(text: string): void;
}

/** Messages a second that are to be reached. */
const MESSAGES = 20_000;
/** Of a round, and of one before the first: engines compile hot code meanwhile. */
const ROUND = 60_000;
const ROUNDS = 5;
/** Seconds that Kafka stands still, and megabytes that the bridge may take meanwhile. */
const AWAY = 60;
const AWAY_MEMORY = 64;

const SOURCES: readonly { bench: string; broker: BrokerName }[] = [
  { bench: 'bridge.v2k', broker: 'wasmqtt' },
  { bench: 'bridge.v2k.mosquitto', broker: 'mosquitto' },
];
const AWAY_ROW = 'bridge.away';

/** Names of all rows. */
export const bridgeRows: readonly string[] = [...SOURCES.flatMap(({ bench }) => [bench, `${bench}.cpu`]), AWAY_ROW];

/**
 * What messages of 200 bytes from an MQTT broker to Kafka take, three nodes of it beside the bridge; and its memory while Kafka stands still.
 *
 * @throws Error when a broker does not start, or Kafka cannot be reached
 */
export async function measureBridge({ cli, kafka, kafkaPids, filter, progress }: BridgeBench): Promise<BrokerResult[]> {
  const results: BrokerResult[] = [];
  for (const { bench, broker } of SOURCES) {
    if (![bench, `${bench}.cpu`].some((name) => name.includes(filter))) continue;
    progress(bench);
    const [, ...costs] = await carryRounds({ cli, broker, kafka }, Array(ROUNDS + 1).fill(ROUND));
    const limit = 1e6 / MESSAGES;
    results.push(limitResult(bench, 'us', median(costs.map(({ clock }) => clock)), limit));
    results.push(limitResult(`${bench}.cpu`, 'us', median(costs.map(({ cpu }) => cpu)), limit));
  }
  if (kafkaPids.length > 0 && AWAY_ROW.includes(filter)) {
    progress(AWAY_ROW);
    const bytes = await memoryWithoutKafka({ cli, broker: 'mosquitto', kafka }, kafkaPids, AWAY);
    results.push(limitResult(AWAY_ROW, 'MB', bytes / 1024 / 1024, AWAY_MEMORY));
  }
  return results.filter(({ bench }) => bench.includes(filter));
}
