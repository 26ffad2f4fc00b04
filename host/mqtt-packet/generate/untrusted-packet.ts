import type { PacketWriter } from '../../core/encode/packet-writer.js';
import type { ProtocolVersion } from '../../core/index.js';
import { refuse } from '../packet-error.js';
import type { QoS } from '../packet-types.js';

/** A packet object as callers hand it in: nothing in it can be trusted. */
export type Given = Record<string, unknown>;

export interface Context {
  cmd: string;
  version: ProtocolVersion;
  /** Total bytes that the receiver takes; 0 for no limit. */
  maximumPacketSize: number;
  strict: boolean;
}

/** What a packet begins with, and the payload that follows its fields; undefined when the packet must not be sent. */
export type Written = { firstByte: number; payload?: Uint8Array } | undefined;

/** A string or bytes, or undefined. */
export function stringOrBytes(value: unknown): string | Uint8Array | undefined {
  return typeof value === 'string' || value instanceof Uint8Array ? value : undefined;
}

export function qosOf(value: unknown, message: string): QoS {
  return value === 0 || value === 1 || value === 2 ? value : refuse(message);
}

/** Whether it is an integer from 0 on. */
export function isInteger(value: unknown, maximum: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maximum;
}

/** Writes a string or binary data with its length before it (1.5.4, 1.5.6). */
export function writeField(writer: PacketWriter, value: string | Uint8Array, { cmd, strict }: Context): void {
  if (typeof value === 'string') writer.string(value, cmd, 'string', strict);
  else writer.binary(value, cmd, 'binary data');
}
