import type { Broker } from '../../../broker/index.js';
import {
  addBridgeMetrics,
  type BridgeKind,
  type BridgeSettings,
  type RunningBridge,
} from '../../../dojot/bridge/index.js';
import type { Generation } from '../../../dojot/generation.js';
import { BridgeReporter } from '../../bridge/bridge-reporter.js';
import { bridgeWords, dojotSettings } from '../../bridge/dojot-settings.js';
import type { Report, Surroundings } from '../source/broker-source.js';
import { watchLostMessages } from './lost-messages.js';

/** For people. */
const THIS_BROKER = 'the broker of this process';
/** Events that somebody should look at. */
const WARNINGS = ['disconnected', 'not subscribed', 'kafka away', 'not sent', 'dead letter', 'not kept', 'lost'];
/** Events that end the wait for V2K's session: it is there, or the reason why not was said. */
const SETTLED = ['subscribed', 'not subscribed', 'disconnected'];

type Tell = Surroundings['tell'];

interface Running {
  readonly bridge: RunningBridge;
  readonly reporter: BridgeReporter;
  /** Messages that the broker has for it. */
  waiting(): number;
}

/** dojot's bridges in the process of a broker, with a connection to it that has no socket. */
export class BridgesInBroker {
  readonly #settings: ReadonlyMap<BridgeKind, BridgeSettings>;
  readonly #notes: readonly string[];
  readonly #generation: Generation;
  readonly #running = new Map<BridgeKind, Running>();
  #broker: Broker | undefined;

  /** Reads the variables of the bridges. @throws UsageError with all that is wrong with them */
  constructor(kinds: readonly BridgeKind[], generation: Generation, environment = process.env) {
    // HOSTNAME is one for all: the bridges would take each other's sessions.
    const own = { ...environment, HOSTNAME: undefined };
    const read = kinds.map((kind) => ({ kind, ...dojotSettings(own, kind, generation, 'broker') }));
    this.#settings = new Map(read.map(({ kind, settings }) => [kind, settings]));
    this.#notes = read.flatMap(({ notes }) => notes);
    this.#generation = generation;
  }

  /** For `--check`. */
  report(): Report {
    const all = [...this.#settings];
    return {
      warnings: this.#notes,
      lines: all.map(([kind, settings]) => `${kind.toUpperCase()}: ${bridgeWords(kind, settings, THIS_BROKER)}`),
      events: all.map(([bridge, { mqtt, ...settings }]) => ({ event: 'bridge', bridge, ...settings })),
    };
  }

  /** Starts them, before anybody else can connect: nothing that is published misses V2K. Kafka is not waited for. */
  async start(broker: Broker, tell: Tell): Promise<void> {
    this.#broker = broker;
    for (const text of this.#notes) tell({ event: 'bridge note', text }, { type: 'warning', text: `${text}.` });
    for (const [kind, settings] of this.#settings) await this.#start(broker, kind, settings, tell);
  }

  /** For the status server: metrics, and `/v1/bridges`. */
  get watched() {
    const all = [...this.#running];
    return {
      metrics: (metrics: Parameters<typeof addBridgeMetrics>[0]) => {
        const labelled = all.map(([name, { bridge }]): [{ bridge: string }, RunningBridge] => [
          { bridge: name },
          bridge,
        ]);
        addBridgeMetrics(metrics, ['bridge'], labelled);
        const help = 'Messages that the broker has for the bridge.';
        metrics.gauges('wasmqtt_bridge_waiting', help, ['bridge'], () =>
          all.map(([bridge, { waiting }]) => [{ bridge }, waiting()]),
        );
      },
      lists: {
        bridges: () =>
          all.map(
            ([
              name,
              {
                bridge: { mqttConnected, kafkaReady, counts },
                waiting,
              },
            ]) => {
              return { name, mqttConnected, kafkaReady, waiting: waiting(), ...counts };
            },
          ),
      },
    };
  }

  /** K2V ends; then the broker takes nothing more, and V2K carries what it has, for some seconds. What is left stays in its session. */
  async close(): Promise<void> {
    await this.#end('k2v');
    await this.#broker?.closeNetwork();
    await this.#end('v2k');
  }

  async #start(broker: Broker, kind: BridgeKind, settings: BridgeSettings, tell: Tell): Promise<void> {
    const { startDojotBridge } = await import('../../bridge/start-dojot-bridge.js');
    let settle = () => {};
    const settled = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const reporter = new BridgeReporter((event, text, fields) => {
      const type = WARNINGS.includes(event) ? 'warning' : 'notice';
      tell({ event: `bridge ${event}`, bridge: kind, ...fields }, { type, text: `Bridge ${kind}: ${text}` });
      if (SETTLED.includes(event)) settle();
    });
    const mqtt = endIn(broker, settings);
    const parts = { mqtt, settings, generation: this.#generation, deadLetters: `${kind}.dead-letters`, reporter };
    const bridge = await startDojotBridge(kind, parts);
    const waiting = () => broker.engine.inspection.pending(mqtt.clientId);
    this.#running.set(kind, { bridge, reporter, waiting });
    if (kind === 'v2k') {
      sayWhatIsNotKept(broker, settings, reporter);
      await settled;
    }
    reporter.say('started', `Carrying ${bridgeWords(kind, settings, THIS_BROKER)}.`);
  }

  async #end(kind: BridgeKind): Promise<void> {
    const running = this.#running.get(kind);
    if (!running) return;
    this.#running.delete(kind);
    const { bridge, reporter, waiting } = running;
    await bridge.close(() => waiting() === 0);
    reporter.stopped(bridge.counts);
  }
}

function endIn({ local }: Broker, { mqtt: { clientId, userName, cleanSession } }: BridgeSettings) {
  return {
    addresses: [{ host: THIS_BROKER, port: 0 }],
    dial: (events: Parameters<typeof local.dial>[0]) => local.dial(events),
    protocolVersion: 5 as const,
    clientId,
    userName,
    keepAlive: 0,
    cleanSession,
  };
}

function sayWhatIsNotKept(broker: Broker, { mqtt }: BridgeSettings, reporter: BridgeReporter): void {
  if (!broker.keepsState || mqtt.cleanSession) {
    const advice = 'keep its state on the disk, and the session of the bridge';
    reporter.say('not kept', `What Kafka does not have yet ends with the broker: ${advice}.`);
  }
  const lost = (count: number) => reporter.say('lost', lostText(count), { count });
  watchLostMessages(broker, mqtt.clientId, lost, () => performance.now());
}

function lostText(count: number): string {
  const messages = count === 1 ? '1 message' : `${count} messages`;
  return `${messages} of devices, acknowledged before, will not reach Kafka: the broker keeps as many as it may.`;
}
