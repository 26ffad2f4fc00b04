import { properties as propertyTable } from '../../build/abi/core.js';
import { integer, list, object } from './arguments.js';
import type { Properties } from './packets.js';
import type { Source } from './source.js';
import { writer } from './writer.js';

interface Shape {
  name: keyof Properties;
  type: (typeof propertyTable)[number]['type'];
}

const shapes: (Shape | undefined)[] = [];
for (const { id, name, type } of propertyTable) shapes[id] = { name, type };

/** Reads the property list from `source.at` to `end`; binary values are views on the source. */
export function readProperties(source: Source, end: number): Properties {
  const result: Record<string, unknown> = {};
  while (source.at < end) {
    const { name, type } = shapes[source.bytes[source.at++]] as Shape;
    const value = readValue(source, type);
    if (type !== 'pair' && type !== 'varint') result[name] = value;
    else if (result[name]) (result[name] as unknown[]).push(value);
    else result[name] = [value];
  }
  return result as Properties;
}

function readValue(source: Source, type: Shape['type']): unknown {
  switch (type) {
    case 'byte':
      return source.bytes[source.at++];
    case 'u16':
      return source.u16();
    case 'u32':
      return source.u32();
    case 'varint':
      return source.varint();
    case 'binary':
      return source.binary();
    case 'utf8':
      return source.string();
    case 'pair':
      return [source.string(), source.string()];
  }
}

const limits: Record<string, number> = { byte: 0xff, u16: 0xffff, u32: 0xffffffff, varint: 0xfffffff };
const byName = new Map<string, Shape & { id: number }>(propertyTable.map((shape) => [shape.name, shape]));

/**
 * Writes a property list without its length and puts its place into the record field `place`. The core checks which
 * packet may carry which property.
 *
 * @throws TypeError for an unknown name or a value of the wrong type, RangeError for a number out of range, MqttError
 * STRING_TOO_LONG, UTF8_INVALID
 */
export function writeProperties(properties: Properties | undefined, place: number, packetType: string): void {
  if (properties === undefined) return;
  object(properties, `${packetType}: properties`);
  const start = writer.at;
  for (const name of Object.keys(properties)) {
    const value = properties[name as keyof Properties];
    if (value !== undefined) writeProperty(name, value, packetType);
  }
  writer.setView(place, start);
}

function writeProperty(name: string, value: unknown, packetType: string): void {
  const shape = byName.get(name);
  if (!shape) throw new TypeError(`${packetType}: there is no property ${name}; the names are those of MQTT 5 2.2.2.2`);
  const { id, type } = shape;
  if (type === 'pair' || type === 'varint') {
    if (!Array.isArray(value)) throw new TypeError(`${packetType}: property ${name} must be an array`);
    for (const one of value) {
      writer.byte(id);
      if (type === 'pair') writePair(one, name, packetType);
      else writer.varint(number(one, type, name, packetType));
    }
    return;
  }
  writer.byte(id);
  if (type === 'utf8') writer.field(value, 'text', packetType, `property ${name}`);
  else if (type === 'binary') writer.field(value, 'bytes', packetType, `property ${name}`);
  else if (type === 'byte') writer.byte(number(value, type, name, packetType));
  else if (type === 'u16') writer.u16(number(value, type, name, packetType));
  else writer.u32(number(value, type, name, packetType));
}

function writePair(pair: unknown[], name: string, packetType: string): void {
  if (list(pair, `${packetType}: property ${name}`).length !== 2) {
    throw new TypeError(`${packetType}: property ${name} must be pairs of name and value`);
  }
  for (const part of pair as unknown[]) writer.field(part, 'text', packetType, `property ${name}`);
}

function number(value: unknown, type: string, name: string, packetType: string): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= limits[type]) return value as number;
  return integer(value, 0, limits[type], `${packetType}: property ${name}`);
}
