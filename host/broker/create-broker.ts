import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { reasonOf } from '../node/reason.js';
import { BrokerEngine, type PublishOptions } from './engine/broker-engine.js';
import type { BrokerEvent, OccasionalEvent } from './engine/broker-events.js';
import { completeLimits, type Limits } from './engine/broker-limits.js';
import type { ConnectionInfo, Transport } from './engine/broker-transport.js';
import type { Journal } from './engine/journal/journal.js';
import type { JournalRecord } from './engine/journal/journal-record.js';
import { type ListenerInfo, openRules, type Rules } from './engine/rules.js';
import type { PacketTap } from './engine/tap/packet-tap.js';
import { Clockwork } from './listeners/clockwork.js';
import { listen } from './listeners/listen.js';
import type { ListenOptions } from './listeners/listen-options.js';
import { BrokerError, type Listener } from './listeners/listener.js';
import type { Lobby } from './listeners/lobby.js';
import { SocketTable } from './listeners/socket-table.js';
import { type PendingLimits, WaitingRoom } from './listeners/waiting-room.js';
import { LocalConnections } from './local/local-connections.js';

/** The time, from outside: a broker with a clock keeps no timer. */
export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Milliseconds since 1970, for what outlives the process. Default: the system's. */
  wallClock?(): number;
}

/** Where a broker keeps its state: `LmdbStore`, or `MemoryStore` in tests. */
export interface BrokerStore extends Journal {
  /** Everything that it holds. */
  load(): Iterable<JournalRecord>;
  /** Called when the broker has closed. */
  close?(): Promise<void>;
}

export interface BrokerOptions {
  /** Addresses to listen on. Default: none; `listen` and `attach` add to them. */
  listeners?: readonly ListenOptions[];
  /** What clients may do at listeners without rules of their own. Default: everything. */
  rules?: Rules;
  /** Those that are left out are `DEFAULT_LIMITS`. */
  limits?: Partial<Limits>;
  /** Connections that have not come through CONNECT; those that are left out are `DEFAULT_PENDING`. */
  pendingConnections?: Partial<PendingLimits>;
  /**
   * Default: the clocks of the process, and one timer. With a clock of yours, the broker does what is due when you call `tick`:
   * in other words, it can live in virtual time. Sockets still need the event loop.
   */
  clock?: Clock;
  /**
   * Keeps sessions, their messages, retained messages and wills over a restart; the broker closes it at its end. Default: they end
   * with the broker.
   */
  store?: BrokerStore;
  /** Called with every event. */
  log?: (event: BrokerEvent) => void;
  /** Called with every event but `published`, which is then not made for each message. */
  logOccasional?: (event: OccasionalEvent) => void;
  /** Look on at what connections receive and send. Default: none, which costs nothing. */
  taps?: readonly PacketTap[];
}

/** What is known about a stream that is attached; what is left out is as for a client without TLS at the default rules. */
export type AttachOptions = Partial<Pick<ConnectionInfo, 'remote' | 'listener' | 'tls'>>;

/** A broker that runs. */
export interface Broker {
  readonly engine: BrokerEngine;
  /** Those that are open, in the order in which they were opened. */
  readonly listeners: readonly Listener[];
  /** See `BrokerEngine.on`. */
  readonly on: BrokerEngine['on'];
  /** It has a store: sessions and messages outlive it. */
  readonly keepsState: boolean;
  /** Clients in the process of the broker: `await broker.local.connect()`. */
  readonly local: LocalConnections;
  /**
   * Opens another address.
   *
   * @throws BrokerError when the options contradict each other, certificates cannot be used, the address cannot be listened
   * on, or the broker has been closed; nothing is left open then
   */
  listen(options: ListenOptions): Promise<Listener>;
  /**
   * Serves one client over a stream of yours: a socket, a WebSocket, one half of a pair in a test. Destroys it at the end, at once
   * if the broker has been closed. It does not count among `pendingConnections`.
   */
  attach(stream: Duplex, options?: AttachOptions): void;
  /** Publishes as the broker itself, and waits for nothing. @throws RangeError for a topic name that is not valid */
  publish(topic: string, payload: Uint8Array | string, options?: PublishOptions): void;
  /** Does what is due at `now`, on the clock of the options. Early calls do no harm. */
  tick(now: number): void;
  /** When to call `tick` next; undefined when nothing is going to fall due. */
  nextDeadline(now: number): number | undefined;
  /**
   * Ends all connections but those of `local` as `close` does, and frees the addresses: what is there to be carried elsewhere comes to an
   * end. Resolves within 3 s; later calls return the same promise.
   */
  closeNetwork(): Promise<void>;
  /**
   * Ends all connections (MQTT 5 clients get 0x8B Server shutting down) and frees the addresses. Resolves within 3 s, whatever is
   * open; in virtual time as soon as `tick` has come that far. Later calls return the same promise.
   */
  close(): Promise<void>;
}

/**
 * Starts a broker.
 *
 * @throws BrokerError as `Broker.listen`, and for limits out of range; nothing is left running then
 *
 * @example
 * ```ts
 * import { PassThrough } from 'node:stream';
 * import { type AttachOptions, type Broker, type BrokerOptions, createBroker } from 'wasmqtt/broker';
 * import type { Limits, Listener, ListenOptions, PendingLimits } from 'wasmqtt/broker';
 *
 * const limits: Partial<Limits> = { queuedMessages: 100 };
 * const pendingConnections: Partial<PendingLimits> = { perAddress: 10 };
 * const listeners: ListenOptions[] = [{ protocol: 'mqtt' }];
 * const options: BrokerOptions = { listeners, limits, pendingConnections };
 * const broker: Broker = await createBroker(options);
 * const [listener]: readonly Listener[] = broker.listeners;
 * [listener.protocol, listener.host, listener.port > 0]; // => [ 'mqtt', '127.0.0.1', true ]
 * // A stream of yours, in place of a socket.
 * const about: AttachOptions = { remote: 'a test' };
 * broker.attach(new PassThrough(), about);
 * await broker.close();
 * ```
 */
export async function createBroker(options: BrokerOptions = {}): Promise<Broker> {
  let broker: RunningBroker;
  try {
    broker = new RunningBroker(options);
  } catch (error) {
    await options.store?.close?.();
    throw error;
  }
  try {
    for (const listener of options.listeners ?? []) await broker.listen(listener);
  } catch (error) {
    await broker.close();
    throw error;
  }
  return broker;
}

class RunningBroker implements Broker {
  readonly engine: BrokerEngine;
  readonly on: BrokerEngine['on'];
  readonly local: LocalConnections;
  readonly #rules: Rules;
  readonly #lobby: Lobby;
  readonly #listeners: Listener[] = [];
  readonly #store: BrokerStore | undefined;
  /** The options of open listeners, by their names. */
  readonly #named = new Map<string, ListenOptions>();
  #networkClosing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: BrokerOptions) {
    const { rules = openRules, limits, pendingConnections, clock, store, log, logOccasional, taps } = options;
    const now = clock ? () => clock.now() : () => performance.now();
    const failed = (error: unknown) => this.engine.warn(`a deadline failed: ${reasonOf(error)}`);
    const clockwork = new Clockwork(now, clock === undefined, failed);
    const waitingRoom = new WaitingRoom(pendingConnections);
    const completed = checkedLimits(limits);
    const wallClock = () => clock?.wallClock?.() ?? Date.now();
    const journal = store && driven(store, () => clockwork.arm());
    let engine!: BrokerEngine;
    let local!: LocalConnections;
    const makeEngine = (network: Transport) => {
      const wake = () => clockwork.arm();
      local = new LocalConnections(network, { now, wake });
      engine = new BrokerEngine({ now, transport: local, rules, limits: completed, taps, journal, wallClock, wake });
      local.serve(engine);
      return engine;
    };
    const sockets = new SocketTable(makeEngine, clockwork);
    if (log) engine.on('any', log);
    if (logOccasional) engine.on('occasional', logOccasional);
    this.engine = engine;
    this.on = engine.on.bind(engine);
    this.local = local;
    this.#rules = rules;
    this.#lobby = { engine, sockets, clockwork, waitingRoom, wallClock };
    this.#store = store;
    if (store) engine.restore(store.load(), (name) => this.#listenerOf(name));
  }

  get listeners(): readonly Listener[] {
    return this.#listeners;
  }

  get keepsState(): boolean {
    return this.#store !== undefined;
  }

  async listen(options: ListenOptions): Promise<Listener> {
    this.#checkOpen();
    const listener = await listen(this.#lobby, options, this.#rules);
    if (this.#networkClosing) {
      await listener.close();
      this.#checkOpen();
    }
    this.#listeners.push(listener);
    this.#named.set(listener.name, options);
    return listener;
  }

  attach(stream: Duplex, { remote = 'stream', listener, tls }: AttachOptions = {}): void {
    this.#lobby.sockets.attach(stream, { remote, listener, tls });
  }

  publish(topic: string, payload: Uint8Array | string, options?: PublishOptions): void {
    this.engine.publish(topic, payload, options);
    this.#lobby.clockwork.arm();
  }

  tick(now: number): void {
    this.#lobby.clockwork.tick(now);
  }

  nextDeadline(now: number): number | undefined {
    return this.#lobby.clockwork.nextDeadline(now);
  }

  closeNetwork(): Promise<void> {
    this.#networkClosing ??= this.#endNetwork();
    return this.#networkClosing;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #endNetwork(): Promise<void> {
    // Clients are told first; then listeners end what the engine has not got to know yet.
    await Promise.all([this.#lobby.sockets.close(), ...this.#listeners.map((listener) => listener.close())]);
  }

  async #end(): Promise<void> {
    this.engine.shutDown();
    await this.closeNetwork();
    this.#lobby.clockwork.stop();
    await this.#store?.close?.();
  }

  /** The listener of sessions that the store kept; its rules are known once it is open. */
  #listenerOf(name: string): ListenerInfo {
    const options = () => this.#named.get(name);
    const rules = this.#rules;
    return {
      name,
      get rules() {
        return options()?.rules ?? rules;
      },
      get settings() {
        return options()?.settings;
      },
    };
  }

  #checkOpen(): void {
    if (this.#networkClosing) throw new BrokerError('closed', 'the broker has been closed: create another one');
  }
}

/** The store calls the engine by itself: what falls due after that needs the timer. */
function driven(store: BrokerStore, arm: () => void): Journal {
  return {
    isAwaited: store.isAwaited,
    write: (records) => store.write(records),
    hurry: () => store.hurry?.(),
    start: (listener) =>
      store.start({
        committed: (writes) => {
          listener.committed(writes);
          arm();
        },
        failed: (reason) => {
          listener.failed(reason);
          arm();
        },
      }),
  };
}

function checkedLimits(limits: Partial<Limits> | undefined): Limits {
  try {
    return completeLimits(limits);
  } catch (error) {
    throw new BrokerError('options', (error as Error).message, { cause: error });
  }
}
