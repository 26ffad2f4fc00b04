import type { Properties, ProtocolVersion, QoS } from '../../core/index.js';

/** Why a message did not reach a client. */
export type DropReason =
  | 'not authorised'
  | 'no longer authorised'
  | 'queue full'
  | 'expired'
  | 'too large'
  | 'payload too large'
  | 'retained store full'
  | 'store full';

/** What became of one filter of a SUBSCRIBE packet. */
export interface SubscriptionOutcome {
  topicFilter: string;
  /** Below 3 it is the granted QoS; 0x80 and over is a refusal. */
  reasonCode: number;
  /** Why it was refused. */
  reason?: string;
}

/** What happened in a broker. Reason codes are those of MQTT 5 (2.4), also for clients of 3.1.1. */
export type BrokerEvent =
  | {
      type: 'connected';
      clientId: string;
      userName?: string;
      remote: string;
      protocolVersion: ProtocolVersion;
      tlsVersion?: string;
      cleanStart: boolean;
      sessionPresent: boolean;
      /** Seconds that hold: what the client asked for, or less (3.2.2.3.14). */
      keepAlive: number;
    }
  /** A connection that never became a client: failed TLS, no or bad CONNECT, refused credentials. */
  | { type: 'refused'; remote: string; clientId?: string; reasonCode?: number; reason: string }
  | { type: 'subscribed'; clientId: string; subscriptions: SubscriptionOutcome[] }
  | { type: 'unsubscribed'; clientId: string; topicFilters: string[] }
  | {
      type: 'published';
      /** Undefined when the broker's own program published. */
      clientId?: string;
      topic: string;
      /** Not to be changed, and to be copied if it is kept: it may be a view of all that came with it. */
      payload: Uint8Array;
      qos: QoS;
      retain: boolean;
      properties?: Properties;
      /** Sessions that the message was sent to or is queued for. */
      recipients: number;
    }
  /** A session without a connection was ended to make room for another client: `limits.sessions` was reached. */
  | { type: 'evicted'; clientId: string; reason: string }
  /**
   * `clientId` is the receiver, or the publisher for `not authorised`, `payload too large`, `retained store full` and `store full`. What
   * the rules said is in `detail`, with their `reasonCode`.
   */
  | { type: 'dropped'; clientId?: string; topic: string; reason: DropReason; reasonCode?: number; detail?: string }
  /**
   * Nothing can be stored at present, for this reason: messages of QoS 1 and 2, retained messages and sessions that outlive their
   * connections are refused until the event comes without `isFull`. What was acknowledged is safe.
   */
  | { type: 'store'; isFull: boolean; reason?: string }
  | { type: 'disconnected'; clientId: string; remote: string; reasonCode: number; reason: string }
  /** Something of a listener needs attention before, or since, clients are locked out. `listener` is its name. */
  | { type: 'warning'; listener?: string; message: string }
  /**
   * Something threw that must not: an access rule (which then refuses), a listener of events, the transport or the engine
   * (which end the connection). `remote` is undefined when no connection was concerned.
   */
  | { type: 'failed'; remote?: string; error: unknown };

/** Every event but the one that comes with each message. */
export type OccasionalEvent = Exclude<BrokerEvent, { type: 'published' }>;

export type BrokerEventOf<T extends BrokerEvent['type']> = Extract<BrokerEvent, { type: T }>;

/**
 * Delivers events once the engine has finished a call, so that a listener may call the engine. What a listener throws
 * disturbs neither the broker nor the other listeners: it becomes an event `failed`. It is an uncaught exception of the
 * process only when there is no listener for `failed`, or when that one throws.
 */
export class EventHub {
  readonly #listeners = new Map<string, Set<(event: never) => void>>();
  #pending: BrokerEvent[] = [];
  #depth = 0;

  /** @returns a function that removes the listener */
  on<T extends BrokerEvent['type']>(type: T, listener: (event: BrokerEventOf<T>) => void): () => void;
  on(type: 'any', listener: (event: BrokerEvent) => void): () => void;
  on(type: 'occasional', listener: (event: OccasionalEvent) => void): () => void;
  on(type: string, listener: (event: never) => void): () => void {
    const set = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  /** Whether somebody listens for `published`: without that, messages do without the event. */
  get wantsPublished(): boolean {
    return this.#has('published') || this.#has('any');
  }

  emit(event: BrokerEvent): void {
    this.#pending.push(event);
    if (this.#depth === 0) this.#flush();
  }

  /** A call into the engine begins: events wait until the outermost call is done. `leave` has to follow. */
  enter(): void {
    this.#depth++;
  }

  leave(): void {
    this.#depth--;
    if (this.#depth === 0) this.#flush();
  }

  #flush(): void {
    while (this.#pending.length > 0) {
      const events = this.#pending;
      this.#pending = [];
      for (const event of events) {
        this.#call(this.#listeners.get(event.type), event);
        if (event.type !== 'published') this.#call(this.#listeners.get('occasional'), event);
        this.#call(this.#listeners.get('any'), event);
      }
    }
  }

  #call(listeners: Set<(event: never) => void> | undefined, event: BrokerEvent): void {
    for (const listener of listeners ?? []) {
      try {
        (listener as (event: BrokerEvent) => void)(event);
      } catch (error) {
        this.#listenerThrew(event, error);
      }
    }
  }

  #has(type: string): boolean {
    const listeners = this.#listeners.get(type);
    return listeners !== undefined && listeners.size > 0;
  }

  #listenerThrew(event: BrokerEvent, error: unknown): void {
    const isHeard = this.#has('failed') || this.#has('occasional') || this.#has('any');
    if (isHeard && event.type !== 'failed') {
      // Delivered by the `#flush` that runs.
      this.#pending.push({ type: 'failed', error });
      return;
    }
    queueMicrotask(() => {
      throw error;
    });
  }
}
