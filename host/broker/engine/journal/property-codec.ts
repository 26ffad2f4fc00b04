import type { Properties } from '../../../core/index.js';
import type { FieldReader, FieldWriter } from './field-codec.js';

type NameOf<T> = { [K in keyof Properties]-?: T extends Properties[K] ? K : never }[keyof Properties];

/** What messages and wills have (3.1.3.2, 3.3.2.3): every other property belongs to a packet, not to what is kept. */
const NUMBERS: [number, NameOf<number>][] = [
  [1, 'payloadFormatIndicator'],
  [2, 'messageExpiryInterval'],
  [24, 'willDelayInterval'],
];
const TEXTS: [number, NameOf<string>][] = [
  [3, 'contentType'],
  [8, 'responseTopic'],
];
const CORRELATION_DATA = 9;
const USER_PROPERTY = 38;
const END = 0;

/** The property's identifier in MQTT (2.2.2.2), then its value; 0 ends the list. */
export function writeProperties(writer: FieldWriter, properties: Properties): void {
  for (const [id, name] of NUMBERS) {
    const value = properties[name];
    if (value === undefined) continue;
    writer.byte(id);
    writer.number(value);
  }
  for (const [id, name] of TEXTS) {
    const value = properties[name];
    if (value === undefined) continue;
    writer.byte(id);
    writer.text(value);
  }
  if (properties.correlationData !== undefined) {
    writer.byte(CORRELATION_DATA);
    writer.bytes(properties.correlationData);
  }
  for (const [name, value] of properties.userProperty ?? []) {
    writer.byte(USER_PROPERTY);
    writer.text(name);
    writer.text(value);
  }
  writer.byte(END);
}

/** @throws RangeError for a property that a message does not have */
export function readProperties(reader: FieldReader): Properties {
  const properties: Properties = {};
  for (let id = reader.byte(); id !== END; id = reader.byte()) readProperty(reader, id, properties);
  return properties;
}

function readProperty(reader: FieldReader, id: number, properties: Properties): void {
  const number = NUMBERS.find(([known]) => known === id);
  const text = TEXTS.find(([known]) => known === id);
  if (number) properties[number[1]] = reader.number();
  else if (text) properties[text[1]] = reader.text();
  else if (id === CORRELATION_DATA) properties.correlationData = reader.bytes();
  else if (id === USER_PROPERTY) {
    properties.userProperty ??= [];
    properties.userProperty.push([reader.text(), reader.text()]);
  } else throw new RangeError(`a message has no property ${id}`);
}
