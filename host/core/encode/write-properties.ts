import { properties as propertyTable, Result } from '../../../build/abi/core.js';
import { bytes, integer, list, object, string } from '../bytes/check-arguments.js';
import { MqttError } from '../mqtt-error.js';
import type { Properties, ProtocolVersion } from '../packets.js';
import type { PacketWriter } from './packet-writer.js';

interface Shape {
  id: number;
  type: (typeof propertyTable)[number]['type'];
  /** Its name in errors. */
  label: string;
}

const shapes = new Map<string, Shape>(
  propertyTable.map(({ id, name, type }) => [name, { id, type, label: `property ${name}` }]),
);

/** Writes the properties for MQTT 5; for another version, refuses them. */
export function writePropertiesOf(
  version: ProtocolVersion,
  writer: PacketWriter,
  properties: Properties | undefined,
  packetType: string,
): void {
  if (version === 5) writeProperties(writer, properties, packetType);
  else refuseProperties(version, properties, packetType);
}

/** Refuses every property that is not undefined. @throws MqttError PROPERTY_FOREIGN */
export function refuseProperties(
  version: ProtocolVersion,
  properties: Properties | undefined,
  packetType: string,
): void {
  if (properties === undefined) return;
  object(properties, packetType, 'properties');
  const isGiven = Object.values(properties).some((value) => value !== undefined);
  if (isGiven) throw new MqttError(Result.PROPERTY_FOREIGN, -1, packetType, [], version);
}

/**
 * Writes Property Length and the properties in the order of the object (2.2.2). The core checks which packet may carry which.
 *
 * @returns length of the properties, bytes
 * @throws TypeError for an unknown name or a value of the wrong type, RangeError for a number out of range, MqttError
 * STRING_TOO_LONG, UTF8_INVALID
 */
export function writeProperties(writer: PacketWriter, properties: Properties | undefined, packetType: string): number {
  const start = writer.beginList();
  if (properties === undefined) return 0;
  object(properties, packetType, 'properties');
  for (const name in properties) {
    const value = properties[name as keyof Properties];
    if (value !== undefined) writeProperty(writer, name, value, packetType);
  }
  return writer.endList(start);
}

function writeProperty(writer: PacketWriter, name: string, value: unknown, packetType: string): void {
  const shape = shapes.get(name);
  if (!shape) throw new TypeError(`${packetType}: there is no property ${name}; the names are those of MQTT 5 2.2.2.2`);
  const { type, label } = shape;
  if (type !== 'pair' && type !== 'varint') writeValue(writer, shape, value, packetType);
  else for (const one of list(value as unknown[], packetType, label)) writeValue(writer, shape, one, packetType);
}

function writeValue(writer: PacketWriter, { id, type, label }: Shape, value: unknown, packetType: string): void {
  writer.byte(id);
  switch (type) {
    case 'utf8':
      writer.string(string(value, packetType, label), packetType, label);
      break;
    case 'pair': {
      const pair = list(value as unknown[], packetType, label);
      if (pair.length !== 2) throw new TypeError(`${packetType}: ${label} must be pairs of name and value`);
      writer.string(string(pair[0], packetType, label), packetType, label);
      writer.string(string(pair[1], packetType, label), packetType, label);
      break;
    }
    case 'binary':
      writer.binary(bytes(value, packetType, label), packetType, label);
      break;
    case 'byte':
      writer.byte(integer(value, 0, 0xff, packetType, label));
      break;
    case 'u16':
      writer.u16(integer(value, 0, 0xffff, packetType, label));
      break;
    case 'u32':
      writer.u32(integer(value, 0, 0xffff_ffff, packetType, label));
      break;
    case 'varint':
      writer.room(4); // there may be any number of them
      writer.varint(integer(value, 0, 0xfff_ffff, packetType, label));
  }
}
