import { properties as propertyTable } from '../../../build/abi/core.js';
import type { FieldReader } from '../bytes/field-reader.js';
import type { Properties } from '../packets.js';

interface Shape {
  name: keyof Properties;
  type: (typeof propertyTable)[number]['type'];
}

const shapes: (Shape | undefined)[] = [];
for (const { id, name, type } of propertyTable) shapes[id] = { name, type };

/** Reads the property list from `source.at` to `end`; binary values are views on the source. */
export function readProperties(source: FieldReader, end: number): Properties {
  const result: Record<string, unknown> = {};
  source.limit = end;
  while (source.at < end) {
    const { name, type } = shapes[source.bytes[source.at++]] as Shape;
    const value = readValue(source, type);
    if (type !== 'pair' && type !== 'varint') result[name] = value;
    else if (result[name]) (result[name] as unknown[]).push(value);
    else result[name] = [value];
  }
  return result as Properties;
}

function readValue(source: FieldReader, type: Shape['type']): unknown {
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
