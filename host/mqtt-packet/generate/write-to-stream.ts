import { PacketError } from '../packet-error.js';
import type { GenerateOptions, Packet } from '../packet-types.js';
import { encodeUntrusted } from './encode-untrusted.js';

/** The target of packets: a stream of Node, or an object with `write` and `destroy`. */
export interface PacketStream {
  write(chunk: Buffer): boolean;
  destroy?(error?: Error): unknown;
  cork?(): void;
  uncork?(): void;
}

/** Packets for which mqtt-packet reports whether the stream takes more; for the others it returns true. */
const TELLING = new Set(['publish', 'subscribe', 'suback', 'unsubscribe', 'pingreq', 'pingresp']);

/**
 * Encodes a packet and writes it to a stream in one piece. The stream is corked until the next tick, so that the packets
 * of one tick are sent together. A refused packet destroys the stream with a PacketError; nothing is written then.
 *
 * @returns false when the packet was not written, or when the caller should wait for `drain`; always true when a packet of
 * the rare types (CONNECT, CONNACK, acknowledgements, DISCONNECT, AUTH) was written
 *
 * @example
 * ```ts
 * import { type PacketStream, writeToStream } from 'wasmqtt/mqtt-packet';
 *
 * const chunks: Buffer[] = [];
 * const stream: PacketStream = {
 *   write(chunk) {
 *     chunks.push(chunk);
 *     return true;
 *   },
 * };
 * writeToStream({ cmd: 'pingreq' }, stream);
 * Buffer.concat(chunks).toString('hex'); // => 'c000'
 * ```
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
    bytes = encodeUntrusted(packet, options);
  } catch (error) {
    if (!(error instanceof PacketError) || !target.destroy) throw error;
    target.destroy(error);
  }
  if (!bytes) return false;
  if (target.cork) {
    target.cork();
    later(uncork, target);
  }
  const takesMore = target.write(bytes);
  return TELLING.has(packet.cmd) ? takesMore : true;
}

/** Calls a function when the present turn has ended. */
const later: <T>(run: (argument: T) => void, argument: T) => void =
  globalThis.process?.nextTick ?? ((run, argument) => queueMicrotask(() => run(argument)));

function uncork(stream: PacketStream): void {
  stream.uncork?.();
}

/** For callers of mqtt-packet that set it. There is no cache of numbers, so it has no effect. */
writeToStream.cacheNumbers = true;
