import { type PacketKind, WILL } from '../../core/encode/packet-kinds.js';
import type { PacketWriter } from '../../core/encode/packet-writer.js';
import { type PropertyShape, propertyShapes, proveKind, proveRange } from '../../core/encode/property-shapes.js';
import { refuse } from '../packet-error.js';
import { type PropertyRule, rules } from '../property-rules.js';
import {
  type Context,
  isInteger,
  moveNotes,
  note,
  shown,
  stringOrBytes,
  textOf,
  writeField,
  writeText,
  writeTopic,
} from './untrusted-packet.js';

interface Rule extends PropertyRule {
  shape: PropertyShape;
}

const ruleByName: ReadonlyMap<string, Rule> = new Map(
  rules.map((rule) => [rule.name, { ...rule, shape: propertyShapes.get(rule.coreName) as PropertyShape }]),
);

/**
 * Writes Property Length and the properties of a packet object (2.2.2), in the order of the object, without undefined ones.
 *
 * @param kind what they belong to
 * @throws PacketError in the words of mqtt-packet for an unknown name or a value of the wrong type
 */
export function writeUntrustedProperties(
  writer: PacketWriter,
  properties: unknown,
  context: Context,
  kind: PacketKind = context.kind,
): void {
  const owner = kind === WILL ? 'will.' : '';
  const start = writer.beginList();
  // mqtt-packet takes neither lists nor bytes for properties.
  const isObject = typeof properties === 'object' && properties !== null;
  if (isObject && !Array.isArray(properties) && !ArrayBuffer.isView(properties)) {
    for (const name of Object.keys(properties)) {
      const value = (properties as Record<string, unknown>)[name];
      if (value === undefined) continue;
      const rule = ruleByName.get(name) ?? refuse(`Invalid property ${name}: ${shown(value)}`);
      const label = owner + name;
      const start = writer.length;
      proveKind(writer, rule.shape, kind);
      if (Array.isArray(value)) writeAll(writer, rule, value, context, label);
      else writeOne(writer, rule, value, context, label);
      note(writer, writer.length - start, context, label);
    }
  }
  const end = writer.length;
  writer.endList(start);
  moveNotes(context, start, writer.length - end);
}

function writeAll(writer: PacketWriter, rule: Rule, values: unknown[], context: Context, label: string): void {
  // Most properties may stand once.
  if (rule.kind !== 'pair') writer.isProven = false;
  for (const one of values) writeOne(writer, rule, one, context, label);
}

/** @param label of the property in errors that are not in the words of mqtt-packet */
function writeOne(writer: PacketWriter, rule: Rule, value: unknown, context: Context, label: string): void {
  const { id, kind, name, shape } = rule;
  const wrong = () => refuse(`Invalid ${name}: ${shown(value)}`);
  if (kind === 'pair') {
    writePairs(writer, rule, typeof value === 'object' && value !== null ? value : wrong(), context, label);
    return;
  }
  writer.room(0); // a list may have any length
  writer.byte(id);
  switch (kind) {
    case 'boolean':
      writer.byte(typeof value === 'boolean' ? Number(value) : wrong());
      break;
    case 'byte':
      writer.byte(proveRange(writer, shape, isInteger(value, 0xff) ? value : wrong()));
      break;
    case 'u16':
      writer.u16(proveRange(writer, shape, isInteger(value, 0xffff) ? value : wrong()));
      break;
    case 'u32':
      writer.u32(proveRange(writer, shape, isInteger(value, 0xffffffff) ? value : wrong()));
      break;
    case 'varint':
      writer.varint(proveRange(writer, shape, isInteger(value, 0xfffffff) ? value : wrong()));
      break;
    case 'utf8': {
      const write = shape.isTopic ? writeTopic : writeText;
      write(writer, typeof value === 'string' ? value : wrong(), context, label);
      break;
    }
    case 'binary':
      writeField(writer, stringOrBytes(value) ?? wrong(), context, label);
      break;
  }
}

function writePairs(
  writer: PacketWriter,
  { id, name }: PropertyRule,
  pairs: object,
  context: Context,
  label: string,
): void {
  for (const [key, given] of Object.entries(pairs)) {
    for (const value of Array.isArray(given) ? given : [given]) {
      if (value === undefined || value === null) refuse(`Invalid ${name}: ${key} has no value`);
      const text = textOf(value) ?? refuse(`Invalid ${name}: ${key} has no text`);
      writer.byte(id);
      writeText(writer, key, context, label);
      writeText(writer, text, context, label);
    }
  }
}
