import { isBytes } from '../../core/bytes/check-arguments.js';
import type { PacketKind } from '../../core/encode/packet-kinds.js';
import type { PacketWriter } from '../../core/encode/packet-writer.js';
import { writeOnce, writeString, writeTopicName } from '../../core/encode/write-string.js';
import type { ProtocolVersion } from '../../core/index.js';
import { refuse } from '../packet-error.js';
import type { QoS } from '../packet-types.js';

/** A packet object from a caller: no member can be trusted. */
export type UntrustedPacket = Record<string, unknown>;

export interface Context {
  cmd: string;
  kind: PacketKind;
  version: ProtocolVersion;
  /** Length of the largest packet that the receiver accepts, bytes; 0 for no limit. */
  maximumPacketSize: number;
  strict: boolean;
  /** Whether all fields are written, so that the core may read the packet. */
  isWritten: boolean;
  /** Set to have the places of the fields noted. */
  places: FieldPlace[] | undefined;
}

/** Where a field lies in the body of a packet, as indices. */
export interface FieldPlace {
  /** As in the packet object, for example will.topic. */
  name: string;
  start: number;
  end: number;
}

/** The first byte of a packet and the payload after its fields; undefined when the packet must not be sent. */
export type Written = { firstByte: number; payload?: Uint8Array } | undefined;

/** Returns a string or bytes; undefined for everything else. */
export function stringOrBytes(value: unknown): string | Uint8Array | undefined {
  return typeof value === 'string' || isBytes(value) ? value : undefined;
}

export function qosOf(value: unknown, message: string): QoS {
  return value === 0 || value === 1 || value === 2 ? value : refuse(message);
}

/** Whether the value is an integer, 0 to `maximum`. */
export function isInteger(value: unknown, maximum: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maximum;
}

/**
 * Writes binary data with its length before it (1.5.6); of a string the UTF-8.
 *
 * @param name of the field, for errors
 */
export function writeField(writer: PacketWriter, value: string | Uint8Array, context: Context, name: string): void {
  const start = writer.length;
  if (typeof value === 'string') writeOnce(writer, value, context.cmd, name, context.strict);
  else writer.binary(value, context.cmd, name);
  note(writer, writer.length - start, context, name);
}

/**
 * Writes a string with its length before it (1.5.4). One that is given as bytes may be no text.
 *
 * @param name of the field, for errors
 * @returns as `writeString`
 */
export function writeText(writer: PacketWriter, value: string | Uint8Array, context: Context, name: string): number {
  if (typeof value !== 'string') {
    writer.isProven = false;
    writeField(writer, value, context, name);
    return 0;
  }
  const start = writer.length;
  const uses = writeString(writer, value, context.cmd, name, context.strict);
  note(writer, writer.length - start, context, name);
  return uses;
}

/** Writes a Topic Name. */
export function writeTopic(writer: PacketWriter, value: string | Uint8Array, context: Context, name: string): void {
  if (typeof value !== 'string') {
    writeText(writer, value, context, name);
    return;
  }
  const start = writer.length;
  writeTopicName(writer, value, context.cmd, name, context.strict);
  note(writer, writer.length - start, context, name);
}

/** Notes the place of the field that the writer wrote last. @param size bytes */
export function note(writer: PacketWriter, size: number, { places }: Context, name: string): void {
  if (places !== undefined) places.push({ name, start: writer.length - size, end: writer.length });
}

/** Moves the places from `start` on: a long list moved when its length was written before it. */
export function moveNotes({ places }: Context, start: number, distance: number): void {
  if (places === undefined || distance === 0) return;
  for (const place of places) {
    if (place.start < start) continue;
    place.start += distance;
    place.end += distance;
  }
}

/** The text of a value; undefined when it has none, for example an object without a prototype. */
export function textOf(value: unknown): string | undefined {
  try {
    return String(value);
  } catch {
    return undefined;
  }
}

/** A value in an error. */
export function shown(value: unknown): string {
  return textOf(value) ?? typeof value;
}
