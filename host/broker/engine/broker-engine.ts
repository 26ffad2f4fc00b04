import { type Properties, type QoS, ReasonCode } from '../../core/index.js';
import type { BrokerEvent, BrokerEventOf, OccasionalEvent } from './broker-events.js';
import type { Limits } from './broker-limits.js';
import type { ConnectionId, ConnectionInfo } from './broker-transport.js';
import { EngineContext, type EngineOptions } from './context.js';
import { EngineInspection } from './inspection/engine-inspection.js';
import type { JournalRecord } from './journal/journal-record.js';
import { Restorer } from './journal/restore.js';
import { makeMessage } from './message.js';
import { checkPublishable } from './publishable.js';
import type { ListenerInfo } from './rules.js';
import { WorkList } from './turns/work-list.js';
import { WORK } from './turns/work-queue.js';
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
 * An MQTT broker without sockets and timers. A listener opens connections and hands in bytes; a timer calls `tick` when
 * `nextDeadline` has come. During these calls bytes for the network go to `transport`; events reach their listeners
 * after them. Any call may change `nextDeadline`.
 *
 * No call throws because of what a client sends or a transport does: `open`, `receive`, `drained`, `closed`, `tick` and
 * `shutDown` never throw. A connection on which something fails ends, with the event `failed`; the others go on.
 *
 * @example
 * ```ts
 * import { BrokerEngine, type ConnectionId, type ConnectionInfo, type EngineOptions, type Transport } from 'wasmqtt/broker';
 * import type { BrokerEvent, BrokerEventOf, DropReason, OccasionalEvent, PublishOptions, SubscriptionOutcome } from 'wasmqtt/broker';
 * import { encodePacket } from 'wasmqtt';
 *
 * const sent: ConnectionId[] = [];
 * const transport: Transport = { send: (id) => sent.push(id), end: () => {} };
 * const options: EngineOptions = { now: () => 0, transport };
 * const engine = new BrokerEngine(options);
 * const events: BrokerEvent['type'][] = [];
 * engine.on('any', (event: BrokerEvent) => events.push(event.type));
 * const outcomes: SubscriptionOutcome[] = [];
 * engine.on('subscribed', (event: BrokerEventOf<'subscribed'>) => outcomes.push(...event.subscriptions));
 * const drops: DropReason[] = [];
 * engine.on('occasional', (event: OccasionalEvent) => event.type === 'dropped' && drops.push(event.reason));
 * const info: ConnectionInfo = { remote: 'a test' };
 * const id = engine.open(info);
 * engine.receive(id, encodePacket({ type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 60, clientId: 'c' }, 5));
 * const message: PublishOptions = { qos: 1 };
 * engine.publish('sensor/1', '21.5', message);
 * [events, sent.length]; // => [ [ 'connected', 'published' ], 1 ]
 * ```
 */
export class BrokerEngine {
  /** What the engine holds at this moment, for onlookers. */
  readonly inspection: EngineInspection;
  readonly #context: EngineContext;
  readonly #connections = new Map<ConnectionId, Connection>();
  readonly #clock: () => number;
  /** One for all connections. */
  readonly #forget = (id: ConnectionId): void => {
    this.#connections.delete(id);
  };
  #lastId = 0;
  #reconsidering: WorkList<Connection> | undefined;

  /** @throws RangeError for a limit out of range */
  constructor(options: EngineOptions) {
    this.#context = new EngineContext(options);
    this.inspection = new EngineInspection(this.#context);
    this.#clock = options.now;
    this.#context.journal?.start({
      free: (id) => this.#connections.get(id)?.drained(),
      stuck: (id, isUnseen, reason) => this.#endStuck(id, isUnseen, reason),
      failed: (id, error) => {
        this.#context.events.emit({ type: 'failed', error });
        this.#connections.get(id)?.closeByServer(ReasonCode.implementationSpecificError, 'internal error');
      },
      roomAgain: () => {
        for (const connection of [...this.#connections.values()]) connection.drained();
      },
    });
  }

  get limits(): Readonly<Limits> {
    return this.#context.limits;
  }

  /** Connections and sessions at this moment; a session may be without a connection. */
  get counts(): { connections: number; sessions: number; subscriptions: number; retained: number } {
    const { sessions, subscriptions, retained } = this.#context;
    return {
      connections: this.#connections.size,
      sessions: sessions.size,
      subscriptions: subscriptions.size,
      retained: retained.size,
    };
  }

  /**
   * Takes the state that a journal kept: sessions, their subscriptions and messages, retained messages and wills. Call it once,
   * before the first connection; wills whose time has come are published.
   *
   * @param records everything that the journal holds, in any order
   * @param listenerOf the listener of a name, for the rules of clients that came in by it; default: the engine's own
   * @throws Error without a journal, RangeError after the first connection, and for records that do not belong together
   */
  restore(
    records: Iterable<JournalRecord>,
    listenerOf: (name: string) => ListenerInfo | undefined = () => undefined,
  ): void {
    const { journal } = this.#context;
    if (!journal) throw new Error('cannot restore without a journal: pass `journal` to the engine');
    if (this.#lastId > 0) throw new RangeError('cannot restore after the first connection: call `restore` before it');
    this.#context.during(this.#clock(), () => {
      const restorer = new Restorer(this.#context, journal, listenerOf);
      for (const record of records) restorer.take(record);
      restorer.finish();
    });
  }

  /** Calls `run` once everything that has happened until now is durable; at once when it is, or without a journal. */
  whenStored(run: () => void): void {
    if (this.#context.journal) this.#context.journal.whenStored(run);
    else run();
  }

  /** A network connection came up. It has to send CONNECT within `limits.connectTimeout`. */
  open(info: ConnectionInfo): ConnectionId {
    this.#context.now = this.#clock();
    const id = ++this.#lastId;
    this.#connections.set(id, new Connection(this.#context, id, info, this.#forget));
    return id;
  }

  /** Bytes came. Bytes for a connection that has ended are ignored. The engine may keep the others: do not write to them again. */
  receive(id: ConnectionId, bytes: Uint8Array): void {
    this.#context.enter(this.#clock());
    try {
      this.#connections.get(id)?.receive(bytes);
    } finally {
      this.#context.leave();
    }
  }

  /** The network took the bytes that waited: `transport.backlog` is low again. */
  drained(id: ConnectionId): void {
    this.#context.during(this.#clock(), () => this.#connections.get(id)?.drained());
  }

  /**
   * The network connection is gone and the engine did not end it. Ignored for a connection that the engine ended.
   *
   * @param reason for the event
   */
  closed(id: ConnectionId, reason = 'the connection was lost'): void {
    this.#context.journal?.forget(id);
    this.#context.during(this.#clock(), () => this.#connections.get(id)?.closedByNetwork(reason));
  }

  /** Reports a connection that the listener turned away before it could be opened here. */
  refused(remote: string, reason: string): void {
    this.#context.events.emit({ type: 'refused', remote, reason });
  }

  /** Reports what needs attention at a listener. @param listener its name */
  warn(message: string, listener?: string): void {
    this.#context.events.emit({ type: 'warning', listener, message });
  }

  /**
   * Ends one connection from the server's side: a client of MQTT 5 gets the reason code (3.14). Ignored for one that
   * is over.
   *
   * @param reasonCode 0x80 and above (2.4)
   */
  endConnection(id: ConnectionId, reasonCode: number, reason: string): void {
    this.#context.during(this.#clock(), () => this.#connections.get(id)?.closeByServer(reasonCode, reason));
  }

  /**
   * Does what is due at `now`: keep-alive, session expiry, will delay, missing CONNECT; and a turn's share of what was too much for
   * one call (`limits.workPerTurn`). Early calls do no harm.
   *
   * @param now milliseconds on the engine's clock
   */
  tick(now: number): void {
    this.#context.tick(now);
  }

  /**
   * When to call `tick` next; undefined when nothing is going to fall due.
   *
   * @param now milliseconds on the engine's clock; what is overdue is due now
   */
  nextDeadline(now: number): number | undefined {
    return this.#context.nextDeadline(now);
  }

  /**
   * Publishes as the broker's own program; access rules are not asked.
   *
   * @param topic a topic name (4.7)
   * @throws RangeError when topic, QoS or properties are not valid, or the message is too large for MQTT; TypeError for a
   * payload that is neither text nor bytes. Nothing was published then
   */
  publish(topic: string, payload: Uint8Array | string, options: PublishOptions = {}): void {
    const { qos = 0, retain = false, properties } = options;
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
    checkPublishable({ topic, payload: bytes, qos, retain, properties });
    const now = this.#clock();
    const message = makeMessage({ payload: bytes, qos, retain, properties }, topic, now);
    this.#context.during(now, () => this.#context.router.publish(message));
  }

  /**
   * Ends the connection of a client, which is told why in MQTT 5. Its will is published, its session stays as the client wanted it.
   *
   * @param reasonCode 0x80 to 0xff; one that DISCONNECT cannot carry (3.14.2.1) becomes the nearest that it can
   * @param reason for the event and, if the client wants to know it, the Reason String
   * @param serverReference where the client should go instead, with 0x9C or 0x9D (4.11)
   * @returns false when no client with this id is connected
   * @throws RangeError for another reason code
   */
  disconnect(
    clientId: string,
    reasonCode: number = ReasonCode.administrativeAction,
    reason = 'disconnected by the server',
    serverReference?: string,
  ): boolean {
    if (!Number.isInteger(reasonCode) || reasonCode < ReasonCode.unspecifiedError || reasonCode > 0xff) {
      throw new RangeError(`cannot disconnect with reason code ${reasonCode}; use one from 0x80 to 0xff`);
    }
    const link = this.#context.sessions.get(clientId)?.link;
    if (!link) return false;
    this.#context.during(this.#clock(), () => link.closeByServer(reasonCode, reason, serverReference));
    return true;
  }

  /**
   * The rules have changed: asks `connect` about each connected client again, with what it said in CONNECT (its password is kept
   * for this as long as it is connected, as Mosquitto does). Those that it refuses now are disconnected, with its reason; those
   * that it names differently have another user name from now on. What clients may publish and receive needs no call: `publish`
   * and `receive` are asked about each message. Subscriptions stay, since `receive` judges what they bring. Many clients take
   * several turns (`limits.workPerTurn`); another call begins with all of them again.
   */
  reconsider(): void {
    this.#reconsidering?.cancel();
    const connections = [...this.#connections.values()];
    this.#reconsidering = new WorkList(connections, WORK.connect, (connection) => connection.reconsider());
    this.#context.during(this.#clock(), () => this.#context.work.start(this.#reconsidering!));
  }

  /**
   * Ends every connection; MQTT 5 clients get 0x8B Server shutting down. Wills are not published; a journal keeps them.
   *
   * @param stays whether a connection goes on; default: none does
   */
  shutDown(stays: (id: ConnectionId) => boolean = () => false): void {
    this.#context.during(this.#clock(), () => {
      for (const [id, connection] of [...this.#connections]) if (!stays(id)) connection.shutDown();
    });
  }

  /** What was sent to a client depends on something that cannot be stored. */
  #endStuck(id: ConnectionId, isUnseen: boolean, reason: string): void {
    const connection = this.#connections.get(id);
    if (!isUnseen) connection?.closeByServer(ReasonCode.quotaExceeded, reason);
    else if (connection) {
      // No DISCONNECT may come before CONNACK (3.14.0-1).
      connection.closedByNetwork(reason);
      this.#context.transport.end(id);
    }
  }

  /**
   * Listens to one type of event; to `any`; or to all but `published`, which comes with each message and is not made where nobody
   * asks for it: `occasional`. Listeners may call the engine. Returns a function that stops it.
   */
  on<T extends BrokerEvent['type']>(type: T, listener: (event: BrokerEventOf<T>) => void): () => void;
  on(type: 'any', listener: (event: BrokerEvent) => void): () => void;
  on(type: 'occasional', listener: (event: OccasionalEvent) => void): () => void;
  on(type: BrokerEvent['type'] | 'any' | 'occasional', listener: (event: never) => void): () => void {
    return this.#context.events.on(type as 'any', listener as (event: BrokerEvent) => void);
  }
}
