import type { CarriedMessage } from '../../../mqtt-client/carried-message.js';
import type { OutgoingRecord } from '../record-ports.js';
import { fieldOf, type Lookup, PART, partOf, Template } from './bridge-template.js';
import { readJson } from './json-payload.js';
import type { Mapped } from './mapped.js';
import { kafkaTopicProblem } from './topic-names.js';
import { type ValueShape, wrapped } from './value-shape.js';

export interface MessageToRecordOptions {
  /** Template of the Kafka topic; each "/" that it gets from the MQTT topic is a "." there. */
  topic: string;
  /** Template of the key; empty for none. Default: the MQTT topic, so that each topic keeps its order. */
  key?: string;
  /** Default `raw`: the payload. */
  value?: ValueShape;
}

const FIELD = 'payload.';
const NAMES = '{topic}, {1} for its first level, {2+} for all from the second on, {payload.FIELD} of a JSON payload';

/** Makes records of messages. `now` is in milliseconds of 1970. @throws TemplateError */
export function messageToRecord({ topic, key = '{topic}', value = 'raw' }: MessageToRecordOptions) {
  const template = (source: string) => new Template(source, isKnown, NAMES);
  const [topicTemplate, keyTemplate] = [template(topic), template(key)];
  return (message: CarriedMessage, now: number): Mapped<OutgoingRecord> => {
    const lookup = lookupIn(message);
    const named = topicTemplate.fill((name) => lookup(name)?.replaceAll('/', '.'));
    if ('problem' in named) return { dead: named.problem };
    const problem = kafkaTopicProblem(named.text);
    if (problem !== undefined) return { dead: problem };
    const keyed = keyTemplate.fill(lookup);
    if ('problem' in keyed) return { dead: keyed.problem };
    return {
      to: {
        topic: named.text,
        ...(keyed.text !== '' && { key: Buffer.from(keyed.text) }),
        value: value === 'raw' ? message.payload : wrappedMessage(message, now),
      },
    };
  };
}

function wrappedMessage({ topic, qos, retain, payload }: CarriedMessage, now: number): Buffer {
  return wrapped({ topic, qos, retain, timestamp: now }, 'payload', payload);
}

function isKnown(name: string): boolean {
  return name === 'topic' || PART.test(name) || (name.startsWith(FIELD) && name.length > FIELD.length);
}

function lookupIn({ topic, payload }: CarriedMessage): Lookup {
  const levels = topic.split('/');
  let json: ReturnType<typeof readJson> | undefined;
  return (name) => {
    if (name === 'topic') return topic;
    if (!name.startsWith(FIELD)) return partOf(levels, name, '/');
    json ??= readJson(payload);
    return 'value' in json ? fieldOf(json.value, name.slice(FIELD.length)) : undefined;
  };
}
