import type { QoS } from '../../../core/index.js';
import type { EngineContext } from '../context.js';
import type { Session } from '../sessions/session.js';
import { NEVER_EXPIRES } from '../sessions/session.js';

/** What the engine holds; parts of the broker's own program are not counted as clients or sessions. */
export interface EngineTotals {
  /** Clients whose CONNECT was accepted. */
  clients: number;
  /** Connected or not. */
  sessions: number;
  subscriptions: number;
  /** Of these, shared ones (4.8.2). */
  sharedSubscriptions: number;
  retainedMessages: number;
  /** Bytes as the limits count them. */
  retainedBytes: number;
  /** Messages that wait to be sent, and their bytes as the limits count them. */
  queuedMessages: number;
  queuedBytes: number;
  /** Messages above QoS 0 that are sent and not acknowledged. */
  inflightMessages: number;
}

export interface ClientState {
  clientId: string;
  userName?: string;
  remote: string;
  listener: string;
  protocolVersion: number;
}

export interface SessionState {
  clientId: string;
  userName?: string;
  isConnected: boolean;
  /** Seconds that it outlives its connection; undefined for ever. */
  expiryInterval?: number;
  subscriptions: number;
  queuedMessages: number;
  queuedBytes: number;
  inflightMessages: number;
}

export interface SubscriptionState {
  clientId: string;
  topicFilter: string;
  qos: QoS;
}

export interface RetainedState {
  topic: string;
  qos: QoS;
  /** Bytes as the limits count them. */
  size: number;
}

/** Reads what an engine holds. */
export class EngineInspection {
  readonly #context: EngineContext;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** Looks at each session. */
  totals(): EngineTotals {
    const totals: EngineTotals = {
      clients: 0,
      sessions: 0,
      subscriptions: 0,
      sharedSubscriptions: 0,
      retainedMessages: this.#context.retained.size,
      retainedBytes: this.#context.retained.bytes,
      queuedMessages: 0,
      queuedBytes: 0,
      inflightMessages: 0,
    };
    for (const session of this.#sessions()) {
      const { queuedMessages, queuedBytes, inflightMessages } = session.load;
      totals.sessions++;
      if (session.link) totals.clients++;
      totals.subscriptions += session.subscriptions.size;
      for (const filter of session.subscriptions.keys()) if (isShared(filter)) totals.sharedSubscriptions++;
      totals.queuedMessages += queuedMessages;
      totals.queuedBytes += queuedBytes;
      totals.inflightMessages += inflightMessages;
    }
    return totals;
  }

  *clients(): Generator<ClientState> {
    for (const { link, client } of this.#sessions()) {
      if (!link) continue;
      const { clientId, userName, remote, listener, protocolVersion } = client;
      yield { clientId, userName, remote, listener: listener.name, protocolVersion };
    }
  }

  *sessions(): Generator<SessionState> {
    for (const session of this.#sessions()) {
      const { clientId, userName } = session.client;
      const { expiryInterval } = session;
      yield {
        clientId,
        userName,
        isConnected: session.link !== undefined,
        expiryInterval: expiryInterval === NEVER_EXPIRES ? undefined : expiryInterval,
        subscriptions: session.subscriptions.size,
        ...session.load,
      };
    }
  }

  /** @param clientId those of this client only */
  *subscriptions(clientId?: string): Generator<SubscriptionState> {
    for (const session of this.#sessions()) {
      if (clientId !== undefined && session.client.clientId !== clientId) continue;
      for (const { topicFilter, qos } of session.subscriptions.values()) {
        yield { clientId: session.client.clientId, topicFilter, qos };
      }
    }
  }

  /** Messages for this client id, also for one of the broker's own program, that are not sent, or sent and not acknowledged. */
  pending(clientId: string): number {
    const session = this.#context.sessions.get(clientId);
    if (!session) return 0;
    const { queuedMessages, inflightMessages } = session.load;
    return queuedMessages + inflightMessages;
  }

  *retained(): Generator<RetainedState> {
    for (const message of this.#context.retained.all(this.#context.now)) {
      yield { topic: message.topic, qos: message.qos, size: message.size };
    }
  }

  *#sessions(): Generator<Session> {
    for (const session of this.#context.sessions.all()) if (!session.client.listener.isInternal) yield session;
  }
}

function isShared(topicFilter: string): boolean {
  return topicFilter.startsWith('$share/');
}
