import type { CarriedMessage } from '../../../mqtt-client/carried-message.js';
import type { Generation } from '../../generation.js';
import type { OutgoingRecord } from '../record-ports.js';
import { isObject, readJson } from './json-payload.js';
import type { Mapped } from './mapped.js';
import { kafkaTopicProblem } from './topic-names.js';

export interface DeviceDataOptions {
  generation: Generation;
  /** Of the Kafka topic, after tenant and ".". Default `device-data`. */
  topicSuffix?: string;
}

const CLOSING = Buffer.from('}');

/**
 * What V2K makes of what a device publishes on `tenant:device/attrs`: a record in `<tenant>.device-data`, its key the device. The
 * attributes stand in the value as the device wrote them, byte by byte; `now` is in milliseconds of 1970.
 *
 * Generation 1 has its timestamp in seconds, 2 and 3 in milliseconds; in 3 an attribute `timestamp` takes its place.
 */
export function deviceDataMapping({ generation, topicSuffix = 'device-data' }: DeviceDataOptions) {
  return ({ topic, payload }: CarriedMessage, now: number): Mapped<OutgoingRecord> => {
    const [user] = topic.split('/', 1);
    const [tenant, device, ...more] = user.split(':');
    if (!tenant || !device || more.length > 0) {
      return { dead: `the topic names no device: it begins with ${JSON.stringify(user)}, not with tenant:device` };
    }
    const kafkaTopic = `${tenant}.${topicSuffix}`;
    const problem = kafkaTopicProblem(kafkaTopic);
    if (problem !== undefined) return { dead: problem };
    const json = readJson(payload);
    if ('problem' in json) return { dead: `the payload has no attributes: ${json.problem}` };
    if (json.value === null && generation === 3) return { dead: 'the payload has no attributes: it is null' };
    const { timestamp, attrs, note } = timed(json.value, payload, now, generation);
    const named = { deviceid: device, tenant };
    const metadata = JSON.stringify(
      generation === 3 ? { tenant, deviceid: device, timestamp } : { ...named, timestamp },
    );
    const value = Buffer.concat([Buffer.from(`{"metadata":${metadata},"attrs":`), attrs, CLOSING]);
    return { to: { topic: kafkaTopic, key: Buffer.from(`${tenant}:${device}`), value }, note };
  };
}

function timed(json: unknown, payload: Uint8Array, now: number, generation: Generation) {
  if (generation === 1) return { timestamp: Math.floor(now / 1000), attrs: payload };
  if (generation === 2 || !isObject(json) || !Object.hasOwn(json, 'timestamp'))
    return { timestamp: now, attrs: payload };
  const { timestamp: given, ...rest } = json;
  const timestamp = typeof given === 'string' ? Date.parse(given) : given;
  const attrs = Buffer.from(JSON.stringify(rest));
  if (typeof timestamp === 'number' && Number.isFinite(timestamp)) return { timestamp, attrs };
  const note = `the attribute timestamp is ${JSON.stringify(given)}, neither a number nor a date: the time of the bridge is taken`;
  return { timestamp: now, attrs, note };
}
