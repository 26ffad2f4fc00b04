import type { BrokerEngine } from '../engine/broker-engine.js';
import type { ConnectionId, Transport } from '../engine/broker-transport.js';
import { type ListenerInfo, openRules, type Rules } from '../engine/rules.js';
import { LocalClient, type LocalClientOptions } from './local-client.js';
import { LocalLink } from './local-link.js';
import { LocalTransport, type LocalTransportEvents } from './local-transport.js';

/**
 * @example
 * ```ts
 * import { BrokerEngine, LocalConnections, type LocalConnectionsOptions } from 'wasmqtt/broker';
 *
 * const now = () => performance.now();
 * const options: LocalConnectionsOptions = { now };
 * const local = new LocalConnections(undefined, options);
 * local.serve(new BrokerEngine({ now, transport: local }));
 * const client = await local.connect({ clientId: 'alone' });
 * [client.clientId, local.size]; // => [ 'alone', 1 ]
 * await client.close();
 * ```
 */
export interface LocalConnectionsOptions {
  /** The engine's clock. */
  now: () => number;
  /** Called after each call into the engine: its next deadline may have changed. */
  wake?: () => void;
  /** What local clients may do; default: everything. */
  rules?: Rules;
  /** Runs work after the call that is going on; default `setImmediate`, so that other connections get their turn. */
  defer?: (work: () => void) => void;
}

/** `ConnectionInfo.remote` of local clients. */
export const LOCAL_REMOTE = 'local';

/**
 * The engine's transport for local clients; what it has for other connections goes on to the transport of the network.
 *
 * ```ts
 * const local = new LocalConnections(network, { now });
 * const engine = new BrokerEngine({ now, transport: local });
 * local.serve(engine);
 * const client = await local.connect({ clientId: 'logger' });
 * ```
 *
 * @example
 * ```ts
 * import { createBroker, type LocalClient, type LocalClientOptions, type LocalMessage } from 'wasmqtt/broker';
 * import type { LocalConnections, LocalPublishOptions, LocalSubscribeOptions, MessageHandler } from 'wasmqtt/broker';
 *
 * const broker = await createBroker();
 * const local: LocalConnections = broker.local;
 * const options: LocalClientOptions = { clientId: 'dashboard' };
 * const client: LocalClient = await local.connect(options);
 * let handler: MessageHandler = () => {};
 * const arrived = new Promise<LocalMessage>((resolve) => (handler = resolve));
 * const wanted: LocalSubscribeOptions = { qos: 1 };
 * await client.subscribe('sensor/#', wanted, handler);
 * const sent: LocalPublishOptions = { qos: 1, retain: true };
 * await client.publish('sensor/1', '21.5', sent);
 * (await arrived).topic; // => 'sensor/1'
 * await broker.close();
 * ```
 */
export class LocalConnections implements Transport {
  readonly #network: Transport | undefined;
  readonly #options: LocalConnectionsOptions;
  readonly #listener: ListenerInfo;
  readonly #links = new Map<ConnectionId, LocalLink>();
  #engine: BrokerEngine | undefined;

  /** @param network carries the other connections; undefined when there are none */
  constructor(network: Transport | undefined, options: LocalConnectionsOptions) {
    this.#network = network;
    this.#options = options;
    this.#listener = { name: LOCAL_REMOTE, rules: options.rules ?? openRules, isInternal: true };
  }

  /** The engine that has this object as its transport. Call it once, before `connect`. */
  serve(engine: BrokerEngine): void {
    this.#engine = engine;
  }

  /** Clients that are connected. */
  get size(): number {
    return this.#links.size;
  }

  /**
   * Connects a client of MQTT 5.
   *
   * @throws LocalClientError `refused` when rules or limits refuse it, `invalid` for options that MQTT does not allow
   */
  connect(options: LocalClientOptions = {}): Promise<LocalClient> {
    return LocalClient.open(this.#open(), options);
  }

  /** Opens a connection for a client that speaks MQTT by itself, as a socket would be opened. */
  dial(events: LocalTransportEvents): LocalTransport {
    return new LocalTransport(this.#open(), events);
  }

  #open(): LocalLink {
    const engine = this.#engine;
    if (!engine) throw new TypeError('call serve(engine) before connect');
    const id = engine.open({ remote: LOCAL_REMOTE, listener: this.#listener });
    const { now, wake, defer = setImmediate } = this.#options;
    const link = new LocalLink({
      now,
      defer,
      receive: (bytes) => {
        engine.receive(id, bytes);
        wake?.();
      },
      drained: () => {
        engine.drained(id);
        wake?.();
      },
      pending: (clientId) => engine.inspection.pending(clientId),
      lost: () => {
        this.#links.delete(id);
        engine.closed(id, 'the local client closed');
        wake?.();
      },
    });
    this.#links.set(id, link);
    return link;
  }

  send(id: ConnectionId, bytes: Uint8Array): void {
    const link = this.#links.get(id);
    if (link) link.push(bytes);
    else this.#network?.send(id, bytes);
  }

  end(id: ConnectionId): void {
    const link = this.#links.get(id);
    if (!link) {
      this.#network?.end(id);
      return;
    }
    this.#links.delete(id);
    link.end();
  }

  pause(id: ConnectionId): void {
    const link = this.#links.get(id);
    if (link) link.pause();
    else this.#network?.pause?.(id);
  }

  resume(id: ConnectionId): void {
    const link = this.#links.get(id);
    if (link) link.resume();
    else this.#network?.resume?.(id);
  }

  backlog(id: ConnectionId): number {
    const link = this.#links.get(id);
    return link ? link.backlog : (this.#network?.backlog?.(id) ?? 0);
  }
}
