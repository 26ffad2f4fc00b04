import { PropertyRecord, properties as propertyTable } from '../../build/abi/core.js';
import { integer, list, object } from './arguments.js';
import { MqttError } from './errors.js';
import { core, scratch } from './instance.js';
import type { Properties } from './packets.js';
import { utf8Text, writeBytes, writeText } from './strings.js';

const known = new Set<string>(propertyTable.map(({ name }) => name));
interface Shape {
  name: keyof Properties;
  type: (typeof propertyTable)[number]['type'];
}

const shapes: (Shape | undefined)[] = [];
for (const { id, name, type } of propertyTable) shapes[id] = { name, type };

type Value = number | string | Uint8Array;

/** Reads the property list from `start` to `end`, which the core accepted; binary values are views on it. */
export function readProperties(source: Buffer, start: number, end: number): Properties {
  const result: Record<string, unknown> = {};
  let at = start;
  const length = () => (source[at] << 8) | source[at + 1];
  const text = () => {
    const from = at + 2;
    at = from + length();
    return utf8Text(source, from, at);
  };
  while (at < end) {
    const { name, type } = shapes[source[at++]] as Shape;
    switch (type) {
      case 'byte':
        result[name] = source[at++];
        break;
      case 'u16':
        result[name] = length();
        at += 2;
        break;
      case 'u32':
        result[name] = source.readUInt32BE(at);
        at += 4;
        break;
      case 'utf8':
        result[name] = text();
        break;
      case 'pair': {
        const pair: [string, string] = [text(), text()];
        if (result.userProperty) (result.userProperty as unknown[]).push(pair);
        else result.userProperty = [pair];
        break;
      }
      case 'binary': {
        const from = at + 2;
        at = from + length();
        result[name] = source.subarray(from, at);
        break;
      }
      case 'varint': {
        let value = 0;
        for (let shift = 0; ; shift += 7) {
          const byte = source[at++];
          value |= (byte & 0x7f) << shift;
          if (byte < 0x80) break;
        }
        if (result[name]) (result[name] as number[]).push(value);
        else result[name] = [value];
      }
    }
  }
  return result as Properties;
}

const limits: Record<string, number> = { byte: 0xff, u16: 0xffff, u32: 0xffffffff, varint: 0xfffffff };

/**
 * Writes a property list into scratch memory and gives its address and length.
 * @throws TypeError for an unknown name or a value of the wrong type, RangeError for a number out of range.
 */
export function writeProperties(properties: Properties | undefined, packetType: string): [number, number] {
  if (properties === undefined) return [0, 0];
  object(properties, `${packetType}: properties`);
  const stranger = Object.keys(properties).find((name) => !known.has(name));
  if (stranger)
    throw new TypeError(`${packetType}: there is no property ${stranger}; the names are those of MQTT 5 2.2.2.2`);
  const parts: [number, number][] = [];
  for (const { id, name, type } of propertyTable) {
    const given = properties[name];
    if (given === undefined) continue;
    const where = `${packetType}: property ${name}`;
    if (type === 'pair') {
      for (const pair of list(given as [string, string][], where)) {
        if (list(pair, where).length !== 2) throw new TypeError(`${where} must be pairs of name and value`);
        parts.push(writeOne(id, type, pair[1], where, writeText(pair[0], where)));
      }
    } else {
      const values = type === 'varint' ? list(given as number[], where) : [given as Value];
      for (const value of values) parts.push(writeOne(id, type, value, where));
    }
  }
  const total = parts.reduce((sum, [, size]) => sum + size, 0);
  let at = scratch.take(total);
  const start = at;
  for (const [address, size] of parts) {
    scratch.u8.copyWithin(at, address, address + size);
    at += size;
  }
  return [start, total];
}

function writeOne(
  id: number,
  type: string,
  value: Value,
  where: string,
  [keyAddress, keySize]: [number, number] = [0, 0],
): [number, number] {
  let word: number;
  let size = 0;
  if (type in limits) {
    word = integer(value, 0, limits[type], where);
  } else if (type === 'binary') {
    [word, size] = writeBytes(value, where);
  } else {
    [word, size] = writeText(value, where);
  }
  const capacity = 12 + size + keySize;
  const output = scratch.take(capacity);
  const record = scratch.take(PropertyRecord.SIZE);
  const fields = scratch.u32;
  fields[(record + PropertyRecord.id) >> 2] = id;
  fields[(record + PropertyRecord.value) >> 2] = word;
  fields[(record + PropertyRecord.valueLength) >> 2] = size;
  fields[(record + PropertyRecord.name) >> 2] = keyAddress;
  fields[(record + PropertyRecord.nameLength) >> 2] = keySize;
  const written = core.mqtt_property_write(record, output, capacity);
  if (written < 0) throw new MqttError(written, -1, where);
  return [output, written];
}
