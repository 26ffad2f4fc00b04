import { slices } from '../../core/bytes/slices.js';
import { allocateOwn, View } from '../../core/bytes/views.js';
import { encodePacket, PacketBatch, PacketDecoder } from '../../core/index.js';
import { keep, type Row } from '../measure.js';
import { chunkOf, coldTopics, mix, type Sample, sampleOf } from './bench-packets.js';
import { BATCH } from './encode-rows.js';

/** No codec: it makes only the strings and buffers of the same packets, and looks at nothing. */
export const FLOOR = 'floor';

/** Bytes that packets share, as in the encoder; the last of them are left free, so that nothing asks for room. */
const MEMORY = { one: 16_384, batch: 65_536 };
const SPARE = 1024;
/** Up to this many bytes, a loop copies faster than a call. */
const FEW = 16;

/** Rows of what is far from what it could be, and of what makes hardly more than its strings and buffers. */
export function floorRows(): Row[] {
  return [
    ...['A', 'B', 'C', 'D'].flatMap((name) => [bufferRow(name), batchRow(name)]),
    objectRow('A', false),
    objectRow('A-cold', true),
    bytewiseRow(),
  ];
}

/** Writes the texts of packets as ASCII and copies their buffers, one packet after the other. */
class Writer {
  readonly #texts: readonly string[];
  readonly #buffers: readonly Uint8Array[];
  readonly #length: number;
  readonly #size: number;
  #bytes = allocateOwn(0);
  #memory: ArrayBufferLike = this.#bytes.buffer;
  #start = 0;
  #at = 0;

  constructor({ packet, bytes }: Sample, size: number) {
    const values = valuesOf(packet);
    this.#texts = values.filter((value): value is string => typeof value === 'string');
    this.#buffers = values.filter((value): value is Uint8Array => value instanceof Uint8Array);
    this.#length = bytes.length;
    this.#size = size;
  }

  write(): void {
    if (this.#at + SPARE > this.#bytes.length) {
      this.#bytes = allocateOwn(this.#size);
      this.#memory = this.#bytes.buffer;
      this.#start = 0;
      this.#at = 0;
    }
    const bytes = this.#bytes;
    let at = this.#at;
    for (const text of this.#texts) {
      for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index);
      at += text.length;
    }
    for (const buffer of this.#buffers) {
      if (buffer.length > FEW) bytes.set(buffer, at);
      else for (let index = 0; index < buffer.length; index++) bytes[at + index] = buffer[index];
      at += buffer.length;
    }
    this.#at += this.#length;
  }

  take(): Buffer {
    const packets = new View(this.#memory, this.#start, this.#at - this.#start);
    this.#start = this.#at;
    return packets;
  }
}

/** The texts and buffers in a packet, but for its type. */
function valuesOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [value];
  return Object.entries(value).flatMap(([name, member]) => (name === 'type' ? [] : valuesOf(member)));
}

function bufferRow(name: string): Row {
  return {
    bench: `encode.buffer.${name}`,
    peer: FLOOR,
    make: () => {
      const sample = sampleOf(name);
      const { packet, protocolVersion } = sample;
      const writer = new Writer(sample, MEMORY.one);
      const theirs = () => {
        writer.write();
        keep(writer.take().length);
      };
      return { units: 1, ours: () => keep(encodePacket(packet, protocolVersion).length), theirs };
    },
  };
}

function batchRow(name: string): Row {
  return {
    bench: `encode.batch.${name}`,
    peer: FLOOR,
    make: () => {
      const sample = sampleOf(name);
      const packets = new PacketBatch(sample.protocolVersion);
      const writer = new Writer(sample, MEMORY.batch);
      const ours = () => {
        for (let n = 0; n < BATCH; n++) packets.add(sample.packet);
        keep(packets.take().length);
      };
      const theirs = () => {
        for (let n = 0; n < BATCH; n++) writer.write();
        keep(writer.take().length);
      };
      return { units: BATCH, ours, theirs };
    },
  };
}

/** The payload of each packet as a view, and its topic as a string when it `isNew`. All packets of a stream are alike. */
function objectRow(name: string, isNew: boolean): Row {
  return {
    bench: `decode.object.${name}`,
    peer: FLOOR,
    make: () => {
      const { chunk, count, protocolVersion } = isNew ? coldTopics() : chunkOf(sampleOf(name));
      const length = chunk.length / count;
      const [topic, payload] = [4, 4 + chunk[3]];
      const decoder = new PacketDecoder({ protocolVersion });
      const theirs = () => {
        const packets: object[] = [];
        for (let at = 0; at < chunk.length; at += length) {
          packets.push({
            topic: isNew ? slices.latin1Slice.call(chunk, at + topic, at + payload) : name,
            payload: new View(chunk.buffer, chunk.byteOffset + at + payload, length - payload),
          });
        }
        keep(packets.length);
      };
      return { units: count, ours: () => keep(decoder.push(chunk).length), theirs };
    },
  };
}

/** Single bytes that are looked at and kept. */
function bytewiseRow(): Row {
  return {
    bench: 'decode.bytewise.4k',
    peer: FLOOR,
    make: () => {
      const { chunk, count } = mix(4096);
      const fragments = Array.from(chunk, (_, at) => chunk.subarray(at, at + 1));
      const decoder = new PacketDecoder();
      const memory = Buffer.alloc(chunk.length);
      const ours = () => {
        let packets = 0;
        for (const fragment of fragments) packets += decoder.push(fragment).length;
        keep(packets);
      };
      const theirs = () => {
        let at = 0;
        for (const fragment of fragments) if (fragment.length === 1) memory[at++] = fragment[0];
        keep(at);
      };
      return { units: count, ours, theirs };
    },
  };
}
