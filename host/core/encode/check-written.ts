import { PacketRecord } from '../../../build/abi/core.js';
import { core } from '../engine/core.js';
import { recordAddress, scratch } from '../engine/scratch.js';
import { MqttError } from '../mqtt-error.js';
import { LARGEST_PACKET, type ProtocolVersion } from '../packets.js';
import type { PacketWriter } from './packet-writer.js';

/** Up to this many words, a loop copies faster than a call. */
const FEW_WORDS = 64;

/** Where in the packet the last failed check found the broken rule, bytes; until the core is used again. */
export function offsetOfFailure(): number {
  return scratch.u32[(recordAddress + PacketRecord.errorOffset) >> 2];
}

/**
 * Has the core read the closed packet in the writer, without its payload, as its receiver would.
 *
 * @throws MqttError for a broken rule of the standard, byteOffset -1
 */
export function checkWritten(
  writer: PacketWriter,
  firstByte: number,
  version: ProtocolVersion,
  packetType: string,
): void {
  const start = writer.header(firstByte);
  const length = writer.at - start;
  // Whole words are copied, so the first byte needs the same place in its word here as there.
  const address = scratch.reserve(length + 8) + (start & 3);
  const first = start >> 2;
  const count = ((writer.at + 3) >> 2) - first;
  const { u32 } = scratch;
  const { words } = writer;
  const target = address >> 2;
  if (count > FEW_WORDS) u32.set(words.subarray(first, first + count), target);
  else for (let n = 0; n < count; n++) u32[target + n] = words[first + n];
  const result = core.mqtt_decode(address, length, version, LARGEST_PACKET, recordAddress);
  if (result >= 0) return;
  // A CONNECT names the standard that it breaks.
  const broken = u32[(recordAddress + PacketRecord.protocolVersion) >> 2] as ProtocolVersion;
  throw new MqttError(result, -1, packetType, [], broken);
}

/**
 * Completes the packet in the writer; the core reads it first, unless it is proven to be valid. No rule concerns the payload.
 *
 * @throws MqttError PACKET_TOO_LARGE, or for another broken rule of the standard, byteOffset -1
 */
export function finishPacket(
  writer: PacketWriter,
  firstByte: number,
  version: ProtocolVersion,
  packetType: string,
  payload?: Uint8Array,
): void {
  const payloadLength = payload === undefined ? 0 : payload.length;
  writer.close(payloadLength, packetType);
  if (!writer.isProven) checkWritten(writer, firstByte, version, packetType);
  writer.finish(firstByte, payload, payloadLength);
}
