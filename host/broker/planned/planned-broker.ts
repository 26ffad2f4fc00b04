import { isDeepStrictEqual } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import type { BridgeEvent } from '../bridges/bridge-setup.js';
import type { BrokerPlan, LimitsPlan, ListenerPlan, PlannedFile } from '../conf/plan.js';
import type { ReadPlan } from '../conf/read-plan.js';
import { type Broker, type BrokerOptions, createBroker } from '../create-broker.js';
import type { Limits } from '../engine/broker-limits.js';
import { BrokerError, type Listener } from '../listeners/listener.js';
import { startSysTopics } from '../observe/start-sys-topics.js';
import { TrafficCounter } from '../observe/traffic-counter.js';
import type { LmdbStore } from '../store/lmdb-store.js';
import { startBridges } from './planned-bridges.js';
import { addressesOf, clientSettings, listenOptions, type PlannedAddress } from './planned-listeners.js';
import { PlannedRules } from './planned-rules.js';
import { handOver, openStore, type PersistenceMode } from './planned-store.js';

/** What a program adds to a plan. */
export interface PlannedOptions extends Pick<BrokerOptions, 'logOccasional' | 'taps'> {
  /** Called with what happens to bridges. */
  bridgeLog?: (event: BridgeEvent) => void;
  /** Called before the first listener opens. What it throws ends the start. */
  beforeListening?: (broker: Broker) => Promise<void>;
  /** When state comes onto the disk, if the plan keeps it. Default `sync`. */
  persistence?: PersistenceMode;
  /** Called with the seconds that each commit of the state took. */
  onCommit?: (seconds: number) => void;
  /** For `$SYS/broker/version`. */
  version?: string;
}

/** What a reload did. */
export interface Reloaded {
  /** What the configuration says otherwise than before and takes a restart, in the words of the options. */
  readonly needsRestart: readonly string[];
  /** Listeners whose new certificates cannot be used: the old ones stay. */
  readonly failed: readonly string[];
}

/**
 * A broker of a plan.
 *
 * @example
 * ```ts
 * import { type PersistenceMode, PlannedBroker, type PlannedOptions, type PlanOptions } from 'wasmqtt/broker';
 * import { readBrokerPlan, type Reloaded } from 'wasmqtt/broker';
 *
 * const planned: PlanOptions = { ports: [0] };
 * const persistence: PersistenceMode = 'off';
 * const options: PlannedOptions = { persistence, version: '1' };
 * const broker = await PlannedBroker.start(readBrokerPlan(undefined, planned), options);
 * broker.listeners.every(({ port }) => port > 0); // => true
 * const reloaded: Reloaded = broker.reload(readBrokerPlan(undefined, planned));
 * reloaded.failed; // => []
 * await broker.close();
 * ```
 */
export class PlannedBroker {
  readonly broker: Broker;
  #plan: BrokerPlan;
  readonly #rules: PlannedRules;
  readonly #closeBridges: () => Promise<void>;
  readonly #store: LmdbStore | undefined;

  private constructor(
    broker: Broker,
    plan: BrokerPlan,
    rules: PlannedRules,
    closeBridges: () => Promise<void>,
    store: LmdbStore | undefined,
  ) {
    this.broker = broker;
    this.#plan = plan;
    this.#rules = rules;
    this.#closeBridges = closeBridges;
    this.#store = store;
  }

  /**
   * Opens all listeners of a plan, and starts its bridges.
   *
   * @throws BrokerError when one of them cannot be opened: nothing is left open then. The message names the line
   */
  static async start(read: ReadPlan, options: PlannedOptions = {}): Promise<PlannedBroker> {
    const { plan } = read;
    const { bridgeLog, version = 'unknown', logOccasional, taps = [], persistence = 'sync' } = options;
    const traffic = new TrafficCounter();
    const { sysInterval } = plan.behaviour;
    const watching = sysInterval > 0 ? [...taps, traffic] : taps;
    const store = openStore(plan.persistence, persistence, options.onCommit);
    const broker = await createBroker({ logOccasional, taps: watching, limits: limitsOf(plan.limits), store });
    try {
      const rules = new PlannedRules(read);
      await options.beforeListening?.(broker);
      for (const [at, listener] of plan.listeners.entries()) await open(broker, plan, listener, rules.of(at));
      if (sysInterval > 0) {
        traffic.watch(broker.engine);
        const state = broker.engine.inspection;
        await startSysTopics({ local: broker.local, state, traffic, version, interval: sysInterval });
      }
      const closeBridges = await startBridges(plan, broker, bridgeLog);
      return new PlannedBroker(broker, plan, rules, closeBridges, store);
    } catch (error) {
      await broker.close();
      throw error;
    }
  }

  get plan(): BrokerPlan {
    return this.#plan;
  }

  get listeners(): readonly Listener[] {
    return this.broker.listeners;
  }

  /**
   * Takes over what can change while the broker runs: passwords, ACLs, who may come in without a name, certificates and CRLs.
   * Clients that may no longer be here are disconnected.
   */
  reload(read: ReadPlan): Reloaded {
    const needsRestart = differences(this.#plan, read.plan);
    const failed = this.listeners.flatMap((listener) => reloadCertificates(listener));
    if (!needsRestart.includes('listener')) {
      this.#rules.replace(read);
      this.broker.engine.reconsider();
    }
    this.#plan = { ...this.#plan, log: read.plan.log };
    return { needsRestart, failed };
  }

  /**
   * Brings the state onto the disk now.
   *
   * @returns false when the plan keeps none
   * @throws Error with the reason when that fails
   */
  async save(): Promise<boolean> {
    await this.#store?.save();
    return this.#store !== undefined;
  }

  /** Gives what is on the disk to the user that the process becomes. @throws what node:fs throws */
  handOver(account: { uid: number; gid: number }): void {
    if (this.#store) handOver(this.#store, account);
  }

  async close(): Promise<void> {
    await this.#closeBridges();
    await this.broker.close();
  }
}

async function open(broker: Broker, plan: BrokerPlan, listener: ListenerPlan, rules: ReturnType<PlannedRules['of']>) {
  const settings = clientSettings(listener, plan.limits, plan.behaviour);
  for (const address of await lookUp(listener)) {
    const listen = (host: string) => broker.listen(listenOptions(listener, host, rules, settings));
    try {
      await listen(address.host).catch((error: unknown) => {
        if (address.instead === undefined || !isMissing(error)) throw error;
        return listen(address.instead);
      });
    } catch (error) {
      if (!(address.isOptional && isMissing(error))) throw placed(listener, error);
    }
  }
}

async function lookUp(listener: ListenerPlan): Promise<PlannedAddress[]> {
  if (listener.socket !== undefined) return [{ host: '', isOptional: false }];
  try {
    return await addressesOf(listener);
  } catch (error) {
    const why = (error as Error).message;
    const message =
      listener.networkInterface === undefined
        ? `the host name ${listener.host} is not known: ${why}; write an address of this machine`
        : `${why}; write one of them`;
    throw placed(listener, new BrokerError('address-not-available', message, { cause: error }));
  }
}

/** The machine does not have the address: no IPv6, for example. */
function isMissing(error: unknown): boolean {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'].includes(cause?.code ?? '');
}

function placed({ place }: ListenerPlan, error: unknown): unknown {
  if (!place || !(error instanceof BrokerError)) return error;
  return new BrokerError(error.code, `${place.file}:${place.line}: ${error.message}`, { cause: error });
}

/** mosquitto has no such limits; ours are there so that memory has one. */
const MOST_SESSIONS = 100_000;
/** Retained messages may take this share of the memory that V8 may use. */
const RETAINED_SHARE = 1 / 4;

/** Limits that hold for the broker; those that are left out are its own. */
function limitsOf(plan: LimitsPlan): Partial<Limits> {
  const { inflightMessages, inflightBytes, queuedMessages, queuedBytes, connectPacketSize, sessionExpiry } = plan;
  return {
    inflightMessages,
    inflightBytes,
    queuedMessages,
    queuedBytes,
    connectPacketSize,
    sessionExpiryMaximum: sessionExpiry,
    sessions: MOST_SESSIONS,
    retainedMessages: Number.POSITIVE_INFINITY,
    retainedBytes: Math.floor(getHeapStatistics().heap_size_limit * RETAINED_SHARE),
  };
}

function reloadCertificates(listener: Listener): string[] {
  if (listener.protocol !== 'mqtts' && listener.protocol !== 'wss') return [];
  try {
    listener.reload();
    return [];
  } catch (error) {
    return [`${listener.name}: ${(error as Error).message}`];
  }
}

/** The names of what a reload cannot change. */
function differences(before: BrokerPlan, after: BrokerPlan): string[] {
  const parts: [string, (plan: BrokerPlan) => unknown][] = [
    ['listener', ({ listeners }) => listeners.map(({ security, place, ...fixed }) => withoutPlaces(fixed))],
    ['max_*', ({ limits }) => limits],
    ['sys_interval and other switches', ({ behaviour }) => ({ ...behaviour, clientIdPrefix: undefined })],
    ['persistence', ({ persistence }) => persistence && { ...persistence, place: undefined }],
    ['connection', ({ bridges }) => withoutPlaces(bridges)],
    ['pid_file', ({ pidFile }) => pidFile?.path],
    ['user', ({ user }) => user?.name],
  ];
  return parts.filter(([, of]) => !isDeepStrictEqual(of(before), of(after))).map(([name]) => name);
}

/** Lines move when a file is edited: that is not a change. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const { place, ...rest } = value as Partial<PlannedFile>;
  return Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, withoutPlaces(inner)]));
}
