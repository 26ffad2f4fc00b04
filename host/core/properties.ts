import { PropertyRecord, PropertyType, properties as propertyTable } from '../../build/abi/core.js';
import { integer, list, object } from './arguments.js';
import { MqttError } from './errors.js';
import { core, scratch } from './instance.js';
import type { Properties } from './packets.js';
import { utf8Text, writeBytes, writeText } from './strings.js';

const known = new Set<string>(propertyTable.map(({ name }) => name));
const byId = new Map<number, keyof Properties>(propertyTable.map(({ id, name }) => [id, name]));

type Value = number | string | Uint8Array;

/** Reads a property list that mqtt_decode accepted; binary values are views on it. */
export function readProperties(source: Buffer): Properties {
  const result: Record<string, unknown> = {};
  const [address, length] = writeBytes(source, 'properties');
  const record = scratch.take(PropertyRecord.SIZE);
  const field = (offset: number) => scratch.u32[(record + offset) >> 2];
  const text = (at: number, size: number) => utf8Text(source, at - address, at - address + size);
  let used = 0;
  while (used < length) {
    used += core.mqtt_property_read(address + used, length - used, record);
    const name = byId.get(field(PropertyRecord.id)) as keyof Properties;
    const value = field(PropertyRecord.value);
    const size = field(PropertyRecord.valueLength);
    switch (field(PropertyRecord.type)) {
      case PropertyType.PAIR: {
        const pair = [text(field(PropertyRecord.name), field(PropertyRecord.nameLength)), text(value, size)];
        result.userProperty = [...((result.userProperty as unknown[]) ?? []), pair];
        break;
      }
      case PropertyType.UTF8:
        result[name] = text(value, size);
        break;
      case PropertyType.BINARY:
        result[name] = source.subarray(value - address, value - address + size);
        break;
      case PropertyType.VARINT:
        result.subscriptionIdentifier = [...((result.subscriptionIdentifier as number[]) ?? []), value];
        break;
      default:
        result[name] = value;
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
