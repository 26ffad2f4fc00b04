import { MvMqttReadableDataType, MvMqttRequestState } from '../../../build/abi/microvisor.js';
import type { QoS } from '../../core/index.js';
import type { Inbox } from './inbox.js';
import type { MqttServices } from './mqtt-services.js';

/** A request, or why its values cannot be used: it is then answered with INVALIDPARAMETERS. */
export type Request<T> = T | { invalid: string };

export interface PublishMessage {
  topic: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
}

/** A request of the application without a response. */
export type PendingRequest =
  | { type: 'subscribe' | 'unsubscribe'; correlationId: number; topics: string[] }
  | { type: 'publish'; correlationId: number; message: PublishMessage };

/**
 * Requests without a response, by an id of our own, because the application may use a correlation id twice. Each is
 * answered once, with an item of the inbox.
 */
export class PendingRequests {
  readonly #services: Pick<MqttServices, 'emit'>;
  readonly #inbox: Inbox;
  readonly #entries = new Map<number, PendingRequest>();
  #nextId = 1;

  constructor(services: Pick<MqttServices, 'emit'>, inbox: Inbox) {
    this.#services = services;
    this.#inbox = inbox;
  }

  add(request: PendingRequest): number {
    const id = this.#nextId++;
    this.#entries.set(id, request);
    return id;
  }

  count(type: PendingRequest['type']): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (entry.type === type) count++;
    return count;
  }

  /** Turns a request into its response; does nothing for one that was answered already. */
  answer(id: number, state: MvMqttRequestState, codes: number[] = []): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    if (entry.type === 'publish') this.#published(entry.correlationId, entry.message, state, codes[0] ?? 0);
    else this.#subscription(entry.type === 'subscribe', entry.correlationId, entry.topics, state, codes);
  }

  answerAll(state: MvMqttRequestState): void {
    for (const id of [...this.#entries.keys()]) this.answer(id, state);
  }

  #published(correlationId: number, message: PublishMessage, state: MvMqttRequestState, code: number): void {
    this.#inbox.put({ type: MvMqttReadableDataType.PUBLISHRESPONSE, state, correlationId, code });
    if (state !== MvMqttRequestState.REQUESTCOMPLETED) return;
    const { topic, payload, qos, retain } = message;
    this.#services.emit({ event: 'published', topic, payload, qos, ...(retain && { retain }), reasonCode: code });
  }

  #subscription(
    subscribe: boolean,
    correlationId: number,
    names: string[],
    state: MvMqttRequestState,
    codes: number[],
  ): void {
    const type = subscribe ? MvMqttReadableDataType.SUBSCRIBERESPONSE : MvMqttReadableDataType.UNSUBSCRIBERESPONSE;
    this.#inbox.put({ type, state, correlationId, codes });
    if (state !== MvMqttRequestState.REQUESTCOMPLETED) return;
    const topics = names.map((topic, index) => ({ topic, reasonCode: codes[index] ?? 0 }));
    this.#services.emit({ event: subscribe ? 'subscribed' : 'unsubscribed', topics });
  }
}
