import { type Properties, type QoS, type Subscription, topicMatches } from '../../core/index.js';
import type { LocalLink } from './local-link.js';
import { LocalMessages, type MessageHandler } from './local-messages.js';
import { LocalRequests } from './local-requests.js';

export interface LocalClientOptions {
  /** Default: a random one. */
  clientId?: string;
  /** Forget a session of this client id. Default true. */
  cleanStart?: boolean;
  /** Seconds that the session outlives the connection; 0xffffffff for ever. Default 0. */
  sessionExpiryInterval?: number;
  userName?: string;
  /** Messages above QoS 0 that handlers may have at a time, 1 to 65,535, whatever `inflightMessages` is. Default 20. */
  window?: number;
  /** Requests that may wait for the broker; one more is refused. Default 1000. */
  maximumQueued?: number;
  /** Messages that no `subscribe` of this connection asked for: those of a session that was there before. Default: they are dropped. */
  onMessage?: MessageHandler;
  /** Gets what a handler threw; its message is then acknowledged with 0x83. Default: nobody is told. */
  onError?: (error: unknown) => void;
}

export interface LocalPublishOptions {
  /** Default 0. */
  qos?: QoS;
  /** Default false. */
  retain?: boolean;
  properties?: Properties;
}

export type LocalSubscribeOptions = Omit<Subscription, 'topicFilter' | 'qos'> & { qos?: QoS };

/** A client of the broker in its own process: MQTT 5, with promises. Everything ends with `closed`. */
export class LocalClient {
  /** As the broker knows it. */
  readonly clientId: string;
  /** The broker had a session of this client id, and resumed it. */
  readonly sessionPresent: boolean;
  /** Resolves with the reason when the connection has ended, whoever ended it. */
  readonly closed: Promise<string>;
  readonly #requests: LocalRequests;
  readonly #handlers: Map<string, MessageHandler>;
  readonly #pending: () => number;

  private constructor(
    requests: LocalRequests,
    pending: () => number,
    handlers: Map<string, MessageHandler>,
    closed: Promise<string>,
    connected: { clientId: string; sessionPresent: boolean },
  ) {
    this.#requests = requests;
    this.#pending = pending;
    this.#handlers = handlers;
    this.closed = closed;
    this.clientId = connected.clientId;
    this.sessionPresent = connected.sessionPresent;
  }

  /** Messages for this client that no handler is done with: those that handlers have, and those that the broker holds. */
  get pending(): number {
    return this.#pending();
  }

  /** See `LocalConnections.connect`. */
  static async open(link: LocalLink, options: LocalClientOptions): Promise<LocalClient> {
    const { clientId = `local-${crypto.randomUUID()}`, userName, cleanStart = true, window = 20 } = options;
    const handlers = new Map<string, MessageHandler>();
    const requests = new LocalRequests(link, window, options.maximumQueued ?? 1000);
    const messages = new LocalMessages(
      (type, packetId, reasonCode) => requests.acknowledge({ type, packetId, reasonCode }),
      () => link.caughtUp(),
      (error) => options.onError?.(error),
    );
    let end!: (reason: string) => void;
    const closed = new Promise<string>((resolve) => {
      end = resolve;
    });
    link.listen({
      bytes: (bytes) => {
        for (const { type, packet } of requests.receive(bytes)) {
          if (packet.type === 'publish' && type === 'message') messages.take(packet, handlersOf(packet.topic));
        }
      },
      turn: () => requests.turn(),
      end: () => {
        messages.clear();
        end(requests.end());
      },
      held: () => messages.bytes,
    });
    const handlersOf = (topic: string) => {
      const found = [...handlers]
        .filter(([filter]) => topicMatches(withoutGroup(filter), topic))
        .map(([, handler]) => handler);
      return found.length > 0 ? [...new Set(found)] : [options.onMessage ?? (() => {})];
    };
    const properties: Properties = { receiveMaximum: window };
    if (options.sessionExpiryInterval) properties.sessionExpiryInterval = options.sessionExpiryInterval;
    const sessionPresent = await requests.connect({
      type: 'connect',
      protocolVersion: 5,
      cleanStart,
      keepAlive: 0,
      clientId,
      userName,
      properties,
    });
    const pending = () => link.pending(clientId) + messages.passing;
    return new LocalClient(requests, pending, handlers, closed, { clientId, sessionPresent });
  }

  /**
   * Publishes. Resolves when the broker has the message: with QoS 1 and 2 when it acknowledged it, which with a journal is after the
   * commit. Whoever waits for it never makes the broker's memory grow.
   *
   * @throws LocalClientError; nothing was published then, unless the connection ended before the answer
   */
  async publish(topic: string, payload: Uint8Array | string, options: LocalPublishOptions = {}): Promise<void> {
    const { qos = 0, retain = false, properties } = options;
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
    await this.#requests.send({ type: 'publish', topic, payload: bytes, qos, retain, dup: false, properties });
  }

  /**
   * Subscribes; resolves when the broker has granted it. Retained messages may reach the handler before. A second subscription to the
   * same filter takes the place of the first; a message that matches several filters is sent once, and reaches each of their handlers once.
   *
   * @throws LocalClientError
   */
  async subscribe(
    topicFilter: string,
    { qos = 0, ...options }: LocalSubscribeOptions,
    handler: MessageHandler,
  ): Promise<void> {
    const previous = this.#handlers.get(topicFilter);
    this.#handlers.set(topicFilter, handler);
    try {
      await this.#requests.send({
        type: 'subscribe',
        packetId: 0,
        subscriptions: [{ topicFilter, qos, ...options }],
      });
    } catch (error) {
      if (previous) this.#handlers.set(topicFilter, previous);
      else this.#handlers.delete(topicFilter);
      throw error;
    }
  }

  /** Messages that are on their way still reach the handler until this resolves. @throws LocalClientError */
  async unsubscribe(topicFilter: string): Promise<void> {
    await this.#requests.send({ type: 'unsubscribe', packetId: 0, topicFilters: [topicFilter] });
    this.#handlers.delete(topicFilter);
  }

  /** Disconnects at once: requests that wait are rejected, and what handlers have is sent again if the session lives on. */
  async close(): Promise<void> {
    this.#requests.close();
    await this.closed;
  }
}

/** The filter of a shared subscription (4.8.2), as messages match it. */
function withoutGroup(filter: string): string {
  return filter.startsWith('$share/') ? filter.split('/').slice(2).join('/') : filter;
}
