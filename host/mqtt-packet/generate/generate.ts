import { allocateOwn } from '../../core/bytes/views.js';
import type { GenerateOptions, Packet } from '../packet-types.js';
import { encodeUntrusted } from './encode-untrusted.js';

/**
 * Encodes a packet.
 *
 * @returns the packet as bytes that the caller owns; no bytes when an acknowledgement is larger than
 * `options.properties.maximumPacketSize` even without reason string and user properties
 * @throws PacketError when the packet is refused
 *
 * @example
 * ```ts
 * import { type GenerateOptions, generate } from 'wasmqtt/mqtt-packet';
 *
 * const options: GenerateOptions = { protocolVersion: 5 };
 * generate({ cmd: 'pingreq' }, options).toString('hex'); // => 'c000'
 * ```
 */
export function generate(packet: Packet, options?: GenerateOptions): Buffer {
  return encodeUntrusted(packet, options) ?? allocateOwn(0);
}
