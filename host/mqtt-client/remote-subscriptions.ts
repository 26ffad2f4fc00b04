import {
  type ClientSession,
  type Packet,
  type ProtocolVersion,
  type QoS,
  Result,
  SessionError,
  type Subscription,
} from '../core/index.js';

type Request = Extract<Packet, { type: 'subscribe' | 'unsubscribe' }>;

/** What the session takes later: after an answer, or when the messages of the connection before are sent. */
const LATER: readonly number[] = [Result.NO_MEMORY, Result.RESEND_PENDING];

/** What a bridge subscribes to at the broker, with each connection. */
export class RemoteSubscriptions {
  readonly #requests: readonly Request[];
  #queue: Request[] = [];
  readonly #asked = new Map<number, Request>();

  /** @param filters a packet for each, so that none depends on what becomes of the others */
  constructor(version: ProtocolVersion, filters: ReadonlyMap<string, QoS | undefined>) {
    this.#requests = [...filters].map(([topicFilter, qos]): Request => {
      if (qos === undefined) return { type: 'unsubscribe', packetId: 0, topicFilters: [topicFilter] };
      return { type: 'subscribe', packetId: 0, subscriptions: [subscription(version, topicFilter, qos)] };
    });
  }

  /** A connection stands: all of them are asked for. */
  begin(): void {
    this.#queue = [...this.#requests];
  }

  lost(): void {
    this.#queue = [];
    this.#asked.clear();
  }

  send(session: ClientSession, now: number): void {
    while (this.#queue.length > 0) {
      try {
        const packetId = session.send(this.#queue[0], now);
        this.#asked.set(packetId, this.#queue.shift()!);
      } catch (error) {
        if (error instanceof SessionError && LATER.includes(error.code)) return;
        throw error;
      }
    }
  }

  /** Returns what the broker said to each filter: the QoS that it grants, or a reason code from 0x80 on. */
  answered({ packetId, reasonCodes }: Extract<Packet, { type: 'suback' | 'unsuback' }>) {
    const asked = this.#asked.get(packetId);
    this.#asked.delete(packetId);
    if (asked?.type !== 'subscribe') return [];
    return reasonCodes.map((reasonCode, index) => ({
      topicFilter: asked.subscriptions[index].topicFilter,
      reasonCode,
    }));
  }
}

function subscription(version: ProtocolVersion, topicFilter: string, qos: QoS): Subscription {
  if (version !== 5) return { topicFilter, qos };
  // No Local is not for shared subscriptions (3.8.3-4).
  return { topicFilter, qos, retainAsPublished: true, noLocal: !topicFilter.startsWith('$share/') };
}
