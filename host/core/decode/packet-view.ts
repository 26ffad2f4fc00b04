import { PacketFlag } from '../../../build/abi/core.js';
import { tableAddress } from '../engine/scratch.js';
import type { Packet, QoS } from '../packets.js';
import type { KnownTopics } from './known-topics.js';
import { PacketSource } from './packet-source.js';
import {
  FLAGS,
  LENGTH,
  PACKET_ID,
  PAYLOAD,
  PAYLOAD_LENGTH,
  REASON_CODE,
  STRIDE,
  TOPIC,
  TOPIC_ALIAS,
  TOPIC_LENGTH,
  TYPE,
} from './summary-words.js';
import { toObject } from './to-object.js';

/** First word of the row of zeros before the table, which is shown when there is no packet. */
export const NONE = (tableAddress >> 2) - STRIDE;

/** What is shown when there is no packet: not linear memory, which an idle cursor would keep alive. */
export const ZEROS = new Uint32Array(NONE + STRIDE);

/** One packet of the table: its integers, and texts and views that are made on demand. */
export class PacketView {
  /** The table: linear memory, or a copy when another cursor needed the table; zeros when nothing is shown. */
  protected words = ZEROS;
  /** First word of the packet. */
  protected at = NONE;
  /** The bytes that hold the packet. */
  protected readonly source: PacketSource;

  protected constructor(topics?: KnownTopics) {
    this.source = new PacketSource(topics);
  }

  /** PacketType: 1 CONNECT to 15 AUTH; 0 for a further piece of the payload of the previous PUBLISH. */
  get type(): number {
    return this.words[this.at + TYPE];
  }

  /** Quality of Service of a PUBLISH (3.3.1.2). */
  get qos(): QoS {
    return ((this.words[this.at + FLAGS] >> 1) & 3) as QoS;
  }

  /** RETAIN of a PUBLISH (3.3.1.3). */
  get retain(): boolean {
    return (this.words[this.at + FLAGS] & 1) !== 0;
  }

  /** DUP of a PUBLISH (3.3.1.1). */
  get dup(): boolean {
    return (this.words[this.at + FLAGS] & 8) !== 0;
  }

  /** Bytes of the whole packet. */
  get length(): number {
    return this.words[this.at + LENGTH];
  }

  /** 1 to 65,535, or 0 when there is none. */
  get packetId(): number {
    return this.words[this.at + PACKET_ID];
  }

  /** Reason code, or return code of a 3.1.1 CONNACK; 0 when the packet has none. */
  get reasonCode(): number {
    return this.words[this.at + REASON_CODE];
  }

  /** Topic Alias of a PUBLISH, 0 when there is none. */
  get topicAlias(): number {
    return this.words[this.at + TOPIC_ALIAS];
  }

  /** Bytes of the topic. */
  get topicLength(): number {
    return this.words[this.at + TOPIC_LENGTH];
  }

  /** Bytes of the payload, or of the piece of it. */
  get payloadLength(): number {
    return this.words[this.at + PAYLOAD_LENGTH];
  }

  /** The Topic Name of a PUBLISH. */
  get topic(): string {
    const start = this.words[this.at + TOPIC] - this.source.shift;
    this.source.ascii = (this.words[this.at + FLAGS] & PacketFlag.NOT_ASCII) === 0;
    return this.source.topic(start, start + this.words[this.at + TOPIC_LENGTH]);
  }

  /** The payload of a PUBLISH, or the piece of it: a view on the caller's bytes. */
  get payload(): Buffer {
    const start = this.words[this.at + PAYLOAD] - this.source.shift;
    return this.source.view(start, start + this.words[this.at + PAYLOAD_LENGTH]);
  }

  /**
   * The packet as a plain object; its payload and binary properties are views on the caller's bytes.
   *
   * @throws Error when no packet is shown, or a piece of a payload that is not its first one
   */
  toObject(): Packet {
    if (this.type === 0) throw new Error('the cursor shows no packet: call next(), and ask for the payload of a piece');
    return toObject(this.words, this.at, this.source, this.source.shift);
  }
}
