import { MvMqttReadableDataType, type MvMqttRequestState } from '../../../build/abi/microvisor.js';
import type { QoS } from '../../core/index.js';
import type { Channel } from '../kernel/channel-driver.js';
import type { ReceivedMessage } from './client-event.js';
import type { MqttServices } from './mqtt-services.js';
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

interface Listener {
  /** A message was dropped for want of room, so the application cannot acknowledge it. */
  lost(receipt: Receipt, now: number): void;
  /** More messages wait than the limit allows. */
  flood(now: number): void;
}

/**
 * What waits for the application on one MQTT channel, in order. Messages count against the size of the channel's
 * receive buffer: one that can never fit becomes MESSAGELOST, one that does not fit now waits.
 */
export class Inbox {
  readonly #services: MqttServices;
  readonly #channel: Channel;
  readonly #listener: Listener;
  #items: Item[] = [];
  #backlog: ReceivedMessage[] = [];
  #used = 0;
  #nextCorrelationId = 1;
  readonly #unacknowledged = new Map<number, ReceivedMessage>();
  #closed = false;

  constructor(services: MqttServices, channel: Channel, listener: Listener) {
    this.#services = services;
    this.#channel = channel;
    this.#listener = listener;
  }

  /** Bytes of the largest packet that a broker may send: any message that fits the receive buffer, and some that are lost. */
  get maximumPacketSize(): number {
    return this.#channel.receive.size + this.#services.limits.packetOverhead;
  }

  /** How many items are unread. */
  get size(): number {
    return this.#items.length;
  }

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
    if (item.type === MvMqttReadableDataType.MESSAGERECEIVED) this.#used -= item.topic.length + item.payload.length;
    if (this.#backlog.length > 0) this.#services.wake();
  }

  /** Adds a response; responses take no room in the receive buffer. */
  put(item: Item): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.#services.channels.readable(this.#channel);
  }

  /** Adds a message, or keeps it until there is room. */
  message(message: ReceivedMessage, now: number): void {
    this.#backlog.push(message);
    this.admit(now);
    if (this.#backlog.length > this.#services.limits.inboundBacklog) {
      this.#backlog = [];
      this.#listener.flood(now);
    }
  }

  /** Moves waiting messages into the receive buffer as far as there is room. */
  admit(now: number): void {
    const capacity = this.#channel.receive.size;
    while (this.#backlog.length > 0 && !this.#closed) {
      if (this.#items.length >= this.#services.limits.unreadItems) return;
      const message = this.#backlog[0];
      const topic = Buffer.from(message.topic);
      const size = topic.length + message.payload.length;
      if (size <= capacity && this.#used + size > capacity) return;
      this.#backlog.shift();
      if (size > capacity) this.#lose(message, topic, now);
      else this.#deliver(message, topic);
    }
  }

  /** The message behind a correlation id, once; undefined when there is none or it was acknowledged. */
  takeUnacknowledged(correlationId: number): ReceivedMessage | undefined {
    const message = this.#unacknowledged.get(correlationId);
    this.#unacknowledged.delete(correlationId);
    return message;
  }

  close(): void {
    this.#closed = true;
    this.#items = [];
    this.#backlog = [];
  }

  #deliver(message: ReceivedMessage, topic: Uint8Array): void {
    const { payload, qos, retain } = message;
    const correlationId = this.#nextCorrelationId;
    this.#nextCorrelationId = (correlationId % 0xffff_ffff) + 1;
    this.#used += topic.length + payload.length;
    if (qos > 0) this.#unacknowledged.set(correlationId, message);
    this.#services.emit({ event: 'message', topic: message.topic, payload, qos, retain });
    this.put({ type: MvMqttReadableDataType.MESSAGERECEIVED, correlationId, topic, payload, qos, retain });
  }

  #lose(message: ReceivedMessage, topic: Uint8Array, now: number): void {
    const length = message.payload.length;
    if (message.receipt) this.#listener.lost(message.receipt, now);
    this.#services.emit({ event: 'messageLost', topic: message.topic, length });
    this.put({ type: MvMqttReadableDataType.MESSAGELOST, topic, length });
  }
}
