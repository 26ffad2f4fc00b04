import { isUtf8 } from 'node:buffer';
import type { QoS } from '../../../core/index.js';
import type { CarriedMessage } from '../../../mqtt-client/carried-message.js';
import type { IncomingRecord } from '../record-ports.js';
import { fieldOf, type Lookup, PART, partOf, Template } from './bridge-template.js';
import { readJson, textOf } from './json-payload.js';
import type { Mapped } from './mapped.js';
import { mqttTopicProblem } from './topic-names.js';
import { type ValueShape, wrapped } from './value-shape.js';

export interface RecordToMessageOptions {
  /** Template of the MQTT topic. */
  topic: string;
  /** Default `raw`: the value of the record. */
  payload?: ValueShape;
  /** Default 1. */
  qos?: QoS;
  /** Default false. */
  retain?: boolean;
}

const FIELD = 'value.';
const NAMES =
  '{topic}, {1} for its part before the first ".", {2+} for all from the second on, {key}, {partition}, {value.FIELD} of a JSON value';
const OWN = ['topic', 'key', 'partition'];

/** Makes messages of records; a tombstone is an empty message. @throws TemplateError */
export function recordToMessage({ topic, payload = 'raw', qos = 1, retain = false }: RecordToMessageOptions) {
  const template = new Template(topic, isKnown, NAMES);
  return (record: IncomingRecord): Mapped<CarriedMessage> => {
    const named = template.fill(lookupIn(record));
    if ('problem' in named) return { dead: named.problem };
    const problem = mqttTopicProblem(named.text);
    if (problem !== undefined) return { dead: problem };
    const value = record.value ?? new Uint8Array(0);
    return {
      to: { topic: named.text, payload: payload === 'raw' ? value : wrappedRecord(record, value), qos, retain },
    };
  };
}

function wrappedRecord({ topic, partition, offset, key }: IncomingRecord, value: Uint8Array): Buffer {
  const text = key && isUtf8(key) ? textOf(key) : null;
  return wrapped({ topic, partition, offset: Number(offset), key: text }, 'value', value);
}

function isKnown(name: string): boolean {
  return OWN.includes(name) || PART.test(name) || (name.startsWith(FIELD) && name.length > FIELD.length);
}

function lookupIn({ topic, partition, key, value }: IncomingRecord): Lookup {
  const parts = topic.split('.');
  let json: ReturnType<typeof readJson> | undefined;
  return (name) => {
    if (name === 'topic') return topic;
    if (name === 'partition') return String(partition);
    if (name === 'key') return key && isUtf8(key) ? textOf(key) : undefined;
    if (!name.startsWith(FIELD)) return partOf(parts, name, '.');
    json ??= readJson(value ?? new Uint8Array(0));
    return 'value' in json ? fieldOf(json.value, name.slice(FIELD.length)) : undefined;
  };
}
