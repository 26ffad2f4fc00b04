import { type ClientSession, type Packet, Result, SessionError, type Subscription } from '../../core/index.js';

type Request = Extract<Packet, { type: 'subscribe' | 'unsubscribe' }>;

/** Filters in one packet. */
const FILTERS = 50;
/** What the session takes later: after an answer, or when the messages of the connection before are sent. */
const LATER: readonly number[] = [Result.NO_MEMORY, Result.RESEND_PENDING];

/** What a bridge subscribes to at the other broker, with each connection. */
export class RemoteSubscriptions {
  readonly #requests: readonly Request[];
  #queue: Request[] = [];
  readonly #asked = new Map<number, Request>();

  /** @param unwanted filters to unsubscribe from first */
  constructor(version: 4 | 5, filters: ReadonlyMap<string, 0 | 1 | 2>, unwanted: readonly string[]) {
    const subscriptions = [...filters].map(([topicFilter, qos]): Subscription => {
      if (version !== 5) return { topicFilter, qos };
      // No Local is not for shared subscriptions (3.8.3-4).
      return { topicFilter, qos, retainAsPublished: true, noLocal: !topicFilter.startsWith('$share/') };
    });
    this.#requests = [
      ...pieces(unwanted).map((topicFilters): Request => ({ type: 'unsubscribe', packetId: 0, topicFilters })),
      ...pieces(subscriptions).map((some): Request => ({ type: 'subscribe', packetId: 0, subscriptions: some })),
    ];
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

  /** Returns the filters that the other broker refused. */
  answered({ packetId, reasonCodes }: Extract<Packet, { type: 'suback' | 'unsuback' }>) {
    const asked = this.#asked.get(packetId);
    this.#asked.delete(packetId);
    if (asked?.type !== 'subscribe') return [];
    return reasonCodes
      .map((reasonCode, index) => ({ topicFilter: asked.subscriptions[index].topicFilter, reasonCode }))
      .filter(({ reasonCode }) => reasonCode >= 0x80);
  }
}

function pieces<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / FILTERS);
  return Array.from({ length: count }, (_, index) => items.slice(index * FILTERS, (index + 1) * FILTERS));
}
