import { nextTick } from 'node:process';
import { PacketError } from '../packet-error.js';
import type { GenerateOptions, Packet } from '../packet-types.js';
import { encode } from './encode-untrusted.js';

/** Where packets are written: a stream of Node; an object with `write` and `destroy` will do. */
export interface PacketStream {
  write(chunk: Buffer): boolean;
  destroy?(error?: Error): unknown;
  cork?(): void;
  uncork?(): void;
}

/** The packets of which mqtt-packet says whether the stream takes more; of the others it says true. */
const TELLING = new Set(['publish', 'subscribe', 'suback', 'unsubscribe', 'pingreq', 'pingresp']);

/**
 * Encodes a packet and writes it to a stream in one piece. The stream is corked until the next tick, so that the packets
 * of one tick go out together. A packet that is refused destroys the stream with a PacketError; nothing is written then.
 *
 * @returns false when the packet was not written, or when it was and the stream wants its `drain` awaited; of packets
 * that come rarely (CONNECT, CONNACK, acknowledgements, DISCONNECT, AUTH) always true when written.
 */
export function writeToStream(packet: Packet, stream: NodeJS.WritableStream, options?: GenerateOptions): boolean;
export function writeToStream(packet: Packet, stream: PacketStream, options?: GenerateOptions): boolean;
export function writeToStream(
  packet: Packet,
  stream: NodeJS.WritableStream | PacketStream,
  options?: GenerateOptions,
): boolean {
  const target = stream as PacketStream;
  let bytes: Buffer | undefined;
  try {
    bytes = encode(packet, options);
  } catch (error) {
    if (!(error instanceof PacketError) || !target.destroy) throw error;
    target.destroy(error);
  }
  if (!bytes) return false;
  if (target.cork) {
    target.cork();
    nextTick(uncork, target);
  }
  const takesMore = target.write(bytes);
  return TELLING.has(packet.cmd) ? takesMore : true;
}

function uncork(stream: PacketStream): void {
  stream.uncork?.();
}

/** Kept for callers of mqtt-packet that set it; there is no cache of numbers, so it changes nothing. */
writeToStream.cacheNumbers = true;
