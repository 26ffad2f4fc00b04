import { PropertyType, Result } from '../../../build/abi/core.js';
import { bytes, integer, list, object } from '../bytes/check-arguments.js';
import { MqttError } from '../mqtt-error.js';
import type { Properties, ProtocolVersion } from '../packets.js';
import type { PacketKind } from './packet-kinds.js';
import type { PacketWriter } from './packet-writer.js';
import { propertyShape, proveKind, proveRange } from './property-shapes.js';
import { writeString, writeTopicName } from './write-string.js';

/** Writes the properties for MQTT 5; for another version, refuses them. */
export function writePropertiesOf(
  version: ProtocolVersion,
  writer: PacketWriter,
  properties: Properties | undefined,
  kind: PacketKind,
): void {
  if (version === 5) writeProperties(writer, properties, kind);
  else refuseProperties(version, properties, kind);
}

/** Refuses every property that is not undefined. @throws MqttError PROPERTY_FOREIGN */
export function refuseProperties(
  version: ProtocolVersion,
  properties: Properties | undefined,
  { name }: PacketKind,
): void {
  if (properties === undefined) return;
  object(properties, name, 'properties');
  const isGiven = Object.values(properties).some((value) => value !== undefined);
  if (isGiven) throw new MqttError(Result.PROPERTY_FOREIGN, -1, name, [], version);
}

/**
 * Writes Property Length and the properties in the order of the object (2.2.2).
 *
 * @returns length of the properties, bytes
 * @throws TypeError for an unknown name or a value of the wrong type, RangeError for a number out of range, MqttError
 * STRING_TOO_LONG, UTF8_INVALID
 */
export function writeProperties(writer: PacketWriter, properties: Properties | undefined, kind: PacketKind): number {
  const start = writer.beginList();
  if (properties === undefined) return 0;
  object(properties, kind.name, 'properties');
  let place = 0;
  for (const name in properties) {
    const value = properties[name as keyof Properties];
    if (value !== undefined) writeProperty(writer, name, place++, value, kind);
  }
  return writer.endList(start);
}

function writeProperty(writer: PacketWriter, name: string, place: number, value: unknown, kind: PacketKind): void {
  const packetType = kind.name;
  const shape = propertyShape(name, place, kind);
  if (!shape) throw new TypeError(`${packetType}: there is no property ${name}; the names are those of MQTT 5 2.2.2.2`);
  const { id, type, label } = shape;
  proveKind(writer, shape, kind);
  switch (type) {
    case PropertyType.PAIR:
      for (const pair of list(value as unknown[], packetType, label)) {
        writer.byte(id);
        writePair(writer, pair, packetType, label);
      }
      break;
    case PropertyType.VARINT: {
      const values = list(value as unknown[], packetType, label);
      // Only a PUBLISH may have several (3.3.2.3.8), which need room of their own.
      if (values.length > 1) writer.isProven = false;
      for (const one of values) {
        writer.room(4);
        writer.byte(id);
        writer.varint(proveRange(writer, shape, integer(one, 0, 0xfff_ffff, packetType, label)));
      }
      break;
    }
    case PropertyType.UTF8: {
      const write = shape.isTopic ? writeTopicName : writeString;
      writer.byte(id);
      write(writer, value as string, packetType, label);
      break;
    }
    case PropertyType.BINARY:
      writer.byte(id);
      writer.binary(bytes(value, packetType, label), packetType, label);
      break;
    case PropertyType.BYTE:
      writer.byte(id);
      writer.byte(proveRange(writer, shape, integer(value, 0, 0xff, packetType, label)));
      break;
    case PropertyType.U16:
      writer.byte(id);
      writer.u16(proveRange(writer, shape, integer(value, 0, 0xffff, packetType, label)));
      break;
    case PropertyType.U32:
      writer.byte(id);
      writer.u32(proveRange(writer, shape, integer(value, 0, 0xffff_ffff, packetType, label)));
  }
}

function writePair(writer: PacketWriter, value: unknown, packetType: string, label: string): void {
  const pair = list(value as string[], packetType, label);
  if (pair.length !== 2) throw new TypeError(`${packetType}: ${label} must be pairs of name and value`);
  writeString(writer, pair[0], packetType, label);
  writeString(writer, pair[1], packetType, label);
}
