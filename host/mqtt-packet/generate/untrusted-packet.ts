import type { PacketWriter } from '../../core/encode/packet-writer.js';
import type { ProtocolVersion } from '../../core/index.js';
import { refuse } from '../packet-error.js';
import type { QoS } from '../packet-types.js';

/** A packet object from a caller: no member can be trusted. */
export type UntrustedPacket = Record<string, unknown>;

export interface Context {
  cmd: string;
  version: ProtocolVersion;
  /** Length of the largest packet that the receiver accepts, bytes; 0 for no limit. */
  maximumPacketSize: number;
  strict: boolean;
}

/** The first byte of a packet and the payload after its fields; undefined when the packet must not be sent. */
export type Written = { firstByte: number; payload?: Uint8Array } | undefined;

/** Returns a string or bytes; undefined for everything else. */
export function stringOrBytes(value: unknown): string | Uint8Array | undefined {
  return typeof value === 'string' || value instanceof Uint8Array ? value : undefined;
}

export function qosOf(value: unknown, message: string): QoS {
  return value === 0 || value === 1 || value === 2 ? value : refuse(message);
}

/** Whether the value is an integer, 0 to `maximum`. */
export function isInteger(value: unknown, maximum: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maximum;
}

/** Writes a string or binary data with its length before it (1.5.4, 1.5.6). */
export function writeField(writer: PacketWriter, value: string | Uint8Array, { cmd, strict }: Context): void {
  if (typeof value === 'string') writer.string(value, cmd, 'string', strict);
  else writer.binary(value, cmd, 'binary data');
}
