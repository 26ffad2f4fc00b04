import { FilterRecord, PacketRecord, PacketType } from '../../build/abi/core.js';
import { core, scratch } from './instance.js';
import type { ConnectPacket, Packet, Properties, ProtocolVersion, QoS, Subscription } from './packets.js';
import { readProperties } from './properties.js';
import { writeBytes } from './strings.js';

/** Lower-case names of the packet types by number. */
export const packetTypeNames = Object.fromEntries(
  Object.entries(PacketType).map(([name, value]) => [value, name.toLowerCase()]),
) as Record<number, Packet['type']>;

/**
 * Makes a plain object of the Packet record at `record`, whose packet mqtt_decode accepted. `source` holds the bytes
 * that were decoded: the address of a field less `shift` is its index there. Payloads are views on `source`. The bytes
 * themselves need not lie in linear memory any more; scratch memory is used.
 */
export function toObject(record: number, source: Buffer, shift: number): Packet {
  return new RecordReader(record, source, shift).packet();
}

/** Makes a plain object of a CONNECT, whose fields do not all stand in a summary; it was accepted before. */
export function connectToObject(source: Buffer, start: number, length: number): Packet {
  const input = scratch.take(length);
  const record = scratch.take(PacketRecord.SIZE);
  scratch.u8.set(source.subarray(start, start + length), input);
  core.mqtt_decode(input, length, 4, length, record);
  return new RecordReader(record, source, input - start).packet();
}

class RecordReader {
  readonly #record: number;
  readonly #source: Buffer;
  readonly #shift: number;

  constructor(record: number, source: Buffer, shift: number) {
    this.#record = record;
    this.#source = source;
    this.#shift = shift;
  }

  #word(offset: number): number {
    return scratch.u32[(this.#record + offset) >> 2];
  }

  #bytes(offset: number): Buffer {
    const start = this.#word(offset) - this.#shift;
    return this.#source.subarray(start, start + this.#word(offset + 4));
  }

  #text(offset: number): string {
    const start = this.#word(offset) - this.#shift;
    return this.#source.toString('utf8', start, start + this.#word(offset + 4));
  }

  #properties(offset: number): Properties {
    return this.#word(offset + 4) === 0 ? {} : readProperties(this.#bytes(offset));
  }

  /** The `properties` member, which a packet of 3.1.1 does not have. */
  #withProperties(offset: number = PacketRecord.properties): { properties?: Properties } {
    return this.#word(PacketRecord.protocolVersion) === 5 ? { properties: this.#properties(offset) } : {};
  }

  packet(): Packet {
    const type = packetTypeNames[this.#word(PacketRecord.type)];
    const packetId = this.#word(PacketRecord.packetId);
    const reasonCode = this.#word(PacketRecord.reasonCode);
    switch (type) {
      case 'connect':
        return this.#connect();
      case 'connack':
        return {
          type,
          sessionPresent: this.#word(PacketRecord.connectFlags) === 1,
          reasonCode,
          ...this.#withProperties(),
        };
      case 'publish':
        return this.#publish(packetId);
      case 'puback':
      case 'pubrec':
      case 'pubrel':
      case 'pubcomp':
        return { type, packetId, reasonCode, ...this.#withProperties() };
      case 'subscribe':
        return { type, packetId, subscriptions: this.#subscriptions(), ...this.#withProperties() };
      case 'unsubscribe': {
        const topicFilters = this.#subscriptions().map(({ topicFilter }) => topicFilter);
        return { type, packetId, topicFilters, ...this.#withProperties() };
      }
      case 'suback':
      case 'unsuback':
        return { type, packetId, reasonCodes: [...this.#bytes(PacketRecord.payload)], ...this.#withProperties() };
      case 'pingreq':
      case 'pingresp':
        return { type };
      case 'disconnect':
      case 'auth':
        return { type, reasonCode, ...this.#withProperties() };
    }
  }

  #publish(packetId: number): Packet {
    const flags = this.#word(PacketRecord.flags);
    const qos = ((flags >> 1) & 3) as QoS;
    return {
      type: 'publish',
      topic: this.#text(PacketRecord.topic),
      payload: this.#bytes(PacketRecord.payload),
      qos,
      retain: (flags & 1) !== 0,
      dup: (flags & 8) !== 0,
      ...(qos > 0 ? { packetId } : {}),
      ...this.#withProperties(),
    };
  }

  #connect(): ConnectPacket {
    const flags = this.#word(PacketRecord.connectFlags);
    const packet: ConnectPacket = {
      type: 'connect',
      protocolVersion: this.#word(PacketRecord.protocolVersion) as ProtocolVersion,
      cleanStart: (flags & 0x02) !== 0,
      keepAlive: this.#word(PacketRecord.keepAlive),
      clientId: this.#text(PacketRecord.clientId),
      ...this.#withProperties(),
    };
    if (flags & 0x04) {
      packet.will = {
        topic: this.#text(PacketRecord.topic),
        payload: this.#bytes(PacketRecord.payload),
        qos: ((flags >> 3) & 3) as QoS,
        retain: (flags & 0x20) !== 0,
        ...this.#withProperties(PacketRecord.willProperties),
      };
    }
    if (flags & 0x80) packet.userName = this.#text(PacketRecord.userName);
    if (flags & 0x40) packet.password = this.#bytes(PacketRecord.password);
    return packet;
  }

  #subscriptions(): Subscription[] {
    const list: Subscription[] = [];
    const record = scratch.take(FilterRecord.SIZE);
    const bytes = this.#bytes(PacketRecord.payload);
    let [at, length] = writeBytes(bytes, 'filters');
    const end = at + length;
    const reader = new RecordReader(record, bytes, at);
    const isV5 = this.#word(PacketRecord.protocolVersion) === 5;
    while (at < end) {
      at += core.mqtt_filter_read(at, end - at, this.#word(PacketRecord.type), record);
      const options = reader.#word(FilterRecord.options);
      const subscription: Subscription = { topicFilter: reader.#text(FilterRecord.filter), qos: (options & 3) as QoS };
      if (isV5) {
        subscription.noLocal = (options & 4) !== 0;
        subscription.retainAsPublished = (options & 8) !== 0;
        subscription.retainHandling = ((options >> 4) & 3) as 0 | 1 | 2;
      }
      list.push(subscription);
    }
    return list;
  }
}
