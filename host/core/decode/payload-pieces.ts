import { DecodeOption, PacketRecord, Result } from '../../../build/abi/core.js';
import { core } from '../engine/core.js';
import { scratch } from '../engine/scratch.js';
import type { Packet, PublishPacket } from '../packets.js';
import type { PacketView } from './packet-view.js';

/**
 * A PUBLISH whose payload comes in pieces; `payload` is the first one, which may be empty.
 *
 * @example
 * ```ts
 * import { encodePacket, PacketDecoder, type PayloadPiece, type PublishStart } from 'wasmqtt';
 *
 * const payload = Buffer.alloc(1000);
 * const bytes = encodePacket({ type: 'publish', topic: 'a', payload, qos: 0, retain: false, dup: false }, 4);
 * const decoder = new PacketDecoder({ largestBuffered: 100 });
 * const items = [...decoder.push(bytes.subarray(0, 600)), ...decoder.push(bytes.subarray(600))];
 * const [start, ...pieces] = items as [PublishStart, ...PayloadPiece[]];
 * start.payloadLength; // => 1000
 * pieces.map(({ payload, remaining }) => [payload.length, remaining]); // => [ [ 500, 406 ], [ 406, 0 ] ]
 * ```
 */
export interface PublishStart extends PublishPacket {
  /** Bytes of the whole payload. */
  payloadLength: number;
}

/** A further piece of the payload of the previous PUBLISH. */
export interface PayloadPiece {
  type: 'piece';
  /** A view on the bytes given to the decoder, never empty: copy it to keep it. */
  payload: Uint8Array;
  /** Bytes of the payload that are still to come; 0 for the last piece. */
  remaining: number;
}

/**
 * What a view shows, as a plain object: a packet, the start of a PUBLISH, or a piece of its payload.
 *
 * @param remaining bytes of the payload that come after what the view shows
 */
export function itemOf(view: PacketView, remaining: number): Packet | PublishStart | PayloadPiece {
  if (view.type === 0) return { type: 'piece', payload: view.payload, remaining };
  const packet = view.toObject();
  return remaining > 0 && packet.type === 'publish'
    ? { ...packet, payloadLength: view.payloadLength + remaining }
    : packet;
}

const word = (record: number, field: number) => (record + field) >> 2;

/** Fills rows of a cursor's table for packets that are too large for the cursor to buffer. */
export class PayloadPieces {
  /** Bytes of the payload that are still to come; 0 between packets. */
  remaining = 0;
  readonly #largestBuffered: number;
  readonly #maximumPacketSize: number;

  constructor(largestBuffered: number, maximumPacketSize: number) {
    this.#largestBuffered = largestBuffered;
    this.#maximumPacketSize = maximumPacketSize;
  }

  /**
   * Decodes the header of a PUBLISH that is too large to be buffered into the record `row`. It looks at no more bytes than
   * may be buffered, so that the verdict does not depend on how the stream is fragmented.
   *
   * @returns the bytes used; 0 when more are needed (field needed); or a negative result code (field errorOffset)
   */
  begin(input: number, length: number, version: number, row: number): number {
    const here = Math.min(length, this.#largestBuffered);
    const result = core.mqtt_decode(input, here, version | DecodeOption.HEADER, this.#maximumPacketSize, row);
    const needed = scratch.u32[word(row, PacketRecord.needed)];
    if (result > 0) this.remaining = needed;
    if (result !== 0 || here + needed <= this.#largestBuffered) return result;
    scratch.u32[word(row, PacketRecord.errorOffset)] = 1; // the Remaining Length, where the core reports it too
    return Result.PACKET_TOO_LARGE;
  }

  /** Makes the summary `row` show the piece at `address`; returns its length in bytes, at most `length`. */
  show(address: number, length: number, row: number): number {
    const piece = Math.min(length, this.remaining);
    this.remaining -= piece;
    scratch.u32.fill(0, row >> 2, word(row, PacketRecord.SUMMARY_SIZE));
    scratch.u32[word(row, PacketRecord.payload)] = address;
    scratch.u32[word(row, PacketRecord.payloadLength)] = piece;
    return piece;
  }
}
