import { MvMqttReadableDataType, type MvMqttRequestState } from '../../../build/abi/microvisor.js';
import type { QoS } from '../../core/index.js';
import type { Channel } from '../kernel/channels.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Receipt } from './receipts.js';

type Type = typeof MvMqttReadableDataType;

/** One thing that the application can read. */
export type Item =
  | { type: Type['CONNECTRESPONSE']; state: MvMqttRequestState; code: number }
  | { type: Type['DISCONNECTRESPONSE']; state: MvMqttRequestState; code: number }
  | { type: Type['PUBLISHRESPONSE']; state: MvMqttRequestState; correlationId: number; code: number }
  | {
      type: Type['SUBSCRIBERESPONSE'] | Type['UNSUBSCRIBERESPONSE'];
      state: MvMqttRequestState;
      correlationId: number;
      codes: number[];
    }
  | ({ type: Type['MESSAGERECEIVED']; correlationId: number } & Message)
  | { type: Type['MESSAGELOST']; topic: Uint8Array; length: number };

interface Message {
  topic: Uint8Array;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
}

export interface Arrived {
  /** Of a message above QoS 0. */
  receipt?: Receipt;
  topic: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
}

interface Listener {
  /** A message was dropped for want of room; nobody can acknowledge it any more. */
  lost(receipt: Receipt): void;
  /** More messages wait than the limit allows. */
  flood(): void;
}

/**
 * What waits for the application on one MQTT channel, in order. Messages lie in the channel's receive buffer, so
 * its size bounds them: one that can never fit becomes MESSAGELOST, one that does not fit now waits.
 */
export class Inbox {
  #items: Item[] = [];
  #backlog: Arrived[] = [];
  #used = 0;
  #nextCorrelationId = 1;
  readonly #unacknowledged = new Map<number, Arrived>();
  #closed = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly channel: Channel,
    private readonly listener: Listener,
  ) {}

  /** The type of the next unread item, or NONE. */
  get nextType(): MvMqttReadableDataType {
    return this.#items[0]?.type ?? MvMqttReadableDataType.NONE;
  }

  /** The first unread item of that type; it stays unread until `consume`. */
  peek<T extends Item['type']>(type: T): Extract<Item, { type: T }> | undefined {
    return this.#items.find((item) => item.type === type) as Extract<Item, { type: T }> | undefined;
  }

  consume(item: Item): void {
    this.#items.splice(this.#items.indexOf(item), 1);
    if (item.type !== MvMqttReadableDataType.MESSAGERECEIVED) return;
    this.#used -= item.topic.length + item.payload.length;
    if (this.#backlog.length > 0) this.kernel.wake();
  }

  /** Adds a response; responses take no room in the receive buffer. */
  put(item: Item): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.kernel.channels.readable(this.channel);
  }

  message(message: Arrived): void {
    this.#backlog.push(message);
    this.admit();
    if (this.#backlog.length > this.kernel.limits.inboundBacklog) {
      this.#backlog = [];
      this.listener.flood();
    }
  }

  /** Moves waiting messages into the receive buffer as far as there is room. */
  admit(): void {
    const capacity = this.channel.receive.size;
    while (this.#backlog.length > 0 && !this.#closed) {
      const message = this.#backlog[0];
      const topic = Buffer.from(message.topic);
      const size = topic.length + message.payload.length;
      if (size <= capacity && this.#used + size > capacity) return;
      this.#backlog.shift();
      if (size > capacity) this.#lose(message, topic);
      else this.#deliver(message, topic);
    }
  }

  takeUnacknowledged(correlationId: number): Arrived | undefined {
    const message = this.#unacknowledged.get(correlationId);
    this.#unacknowledged.delete(correlationId);
    return message;
  }

  close(): void {
    this.#closed = true;
    this.#items = [];
    this.#backlog = [];
  }

  #deliver(message: Arrived, topic: Uint8Array): void {
    const { payload, qos, retain } = message;
    const correlationId = this.#nextCorrelationId;
    this.#nextCorrelationId = (correlationId % 0xffff_ffff) + 1;
    this.#used += topic.length + payload.length;
    if (qos > 0) this.#unacknowledged.set(correlationId, message);
    this.kernel.emit({ event: 'message', topic: message.topic, payload, qos, retain });
    this.put({ type: MvMqttReadableDataType.MESSAGERECEIVED, correlationId, topic, payload, qos, retain });
  }

  #lose(message: Arrived, topic: Uint8Array): void {
    const length = message.payload.length;
    if (message.receipt) this.listener.lost(message.receipt);
    this.kernel.emit({ event: 'messageLost', topic: message.topic, length });
    this.put({ type: MvMqttReadableDataType.MESSAGELOST, topic, length });
  }
}
