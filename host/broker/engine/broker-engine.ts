import { checkTopicName, type Properties, type QoS } from '../../core/index.js';
import { Broker, type EngineOptions } from './context.js';
import type { BrokerEvent, BrokerEventOf } from './broker-events.js';
import type { ConnectionId, ConnectionInfo, Limits } from './broker-limits.js';
import { makeMessage } from './message.js';
import { Connection } from './wire/connection.js';

export type { EngineOptions } from './context.js';

export interface PublishOptions {
  /** Default 0. */
  qos?: QoS;
  /** Default false. */
  retain?: boolean;
  /** Passed on to MQTT 5 clients (3.3.2.3). */
  properties?: Properties;
}

/**
 * An MQTT broker without sockets and timers. The rim opens connections, hands in bytes, and calls `tick` when
 * `nextDeadline` has come; bytes for the network go to `transport` during these calls, events to listeners after them.
 * `nextDeadline` may change with every call.
 */
export class BrokerEngine {
  private readonly broker: Broker;
  private readonly connections = new Map<ConnectionId, Connection>();
  private lastId = 0;

  constructor(options: EngineOptions) {
    this.broker = new Broker(options);
  }

  get limits(): Readonly<Limits> {
    return this.broker.limits;
  }

  /** Connections and sessions at this moment; a session may be without a connection. */
  get counts(): { connections: number; sessions: number; subscriptions: number; retained: number } {
    const { sessions, subscriptions, retained } = this.broker;
    return {
      connections: this.connections.size,
      sessions: sessions.size,
      subscriptions: subscriptions.size,
      retained: retained.size,
    };
  }

  /** A network connection came up. It has to send CONNECT within `limits.connectTimeout`. */
  open(info: ConnectionInfo): ConnectionId {
    const id = ++this.lastId;
    this.connections.set(id, new Connection(this.broker, id, info, () => this.connections.delete(id)));
    return id;
  }

  /** Bytes came. Bytes for a connection that was ended are ignored. */
  receive(id: ConnectionId, bytes: Uint8Array): void {
    this.broker.events.during(() => this.connections.get(id)?.receive(bytes));
  }

  /** The network took the bytes that waited: `transport.backlog` is low again. */
  drained(id: ConnectionId): void {
    this.broker.events.during(() => this.connections.get(id)?.drained());
  }

  /**
   * The network connection is gone without the engine having ended it. Ignored for one that it did end.
   *
   * @param reason for the event
   */
  closed(id: ConnectionId, reason = 'the connection was lost'): void {
    this.broker.events.during(() => this.connections.get(id)?.closedByNetwork(reason));
  }

  /** Tells listeners of a connection that the rim turned away before it could be opened here. */
  refused(remote: string, reason: string): void {
    this.broker.events.emit({ type: 'refused', remote, reason });
  }

  /** Does what is due at `now()`: keep-alive, session expiry, will delay, missing CONNECT. Early calls do no harm. */
  tick(): void {
    this.broker.events.during(() => this.broker.deadlines.runDue(this.broker.now()));
  }

  /** When to call `tick` next, milliseconds on the engine's clock; undefined when nothing is due ever. */
  nextDeadline(): number | undefined {
    return this.broker.deadlines.next();
  }

  /**
   * Publishes as the broker's own program; access rules are not asked.
   *
   * @param topic a topic name (4.7)
   * @throws RangeError when the topic name is not valid, nothing was published then
   */
  publish(topic: string, payload: Uint8Array | string, options: PublishOptions = {}): void {
    const code = checkTopicName(topic);
    if (code < 0) throw new RangeError(`cannot publish: "${topic}" is not a valid topic name (MQTT 4.7, code ${code})`);
    const { qos = 0, retain = false, properties } = options;
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
    const message = makeMessage({ payload: bytes, qos, retain, properties }, topic, this.broker.now());
    this.broker.events.during(() => this.broker.router.publish(message));
  }

  /** Ends every connection; MQTT 5 clients are told 0x8B Server shutting down. Wills are not published. */
  shutDown(): void {
    this.broker.events.during(() => {
      for (const connection of [...this.connections.values()]) connection.shutDown();
    });
  }

  /** Listens to one type of event, or to `any`. Listeners may call the engine. Returns a function that stops it. */
  on<T extends BrokerEvent['type']>(type: T, listener: (event: BrokerEventOf<T>) => void): () => void;
  on(type: 'any', listener: (event: BrokerEvent) => void): () => void;
  on(type: BrokerEvent['type'] | 'any', listener: (event: never) => void): () => void {
    return this.broker.events.on(type as 'any', listener as (event: BrokerEvent) => void);
  }
}
