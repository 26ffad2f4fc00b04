import type { QoS } from '../../../core/index.js';
import type { CarriedMessage } from '../../../mqtt-client/carried-message.js';
import type { IncomingRecord } from '../record-ports.js';
import { isObject, readJson } from './json-payload.js';
import type { Mapped } from './mapped.js';

export interface DeviceConfigOptions {
  /** Of the MQTT topic, after the device. Default `/config`. */
  topicSuffix?: string;
  /** Default 1. */
  qos?: QoS;
}

/** A tenant or device that is one level of an MQTT topic, and no filter (4.7.1). */
const NAME = /^[^/+#:\0]+$/;

/**
 * What K2V makes of an event of the device manager: the attributes of `configure`, on `tenant:device/config`. Other events are not for
 * devices.
 */
export function deviceConfigMapping({ topicSuffix = '/config', qos = 1 }: DeviceConfigOptions = {}) {
  return ({ value }: IncomingRecord): Mapped<CarriedMessage> => {
    const json = readJson(value ?? new Uint8Array(0));
    if ('problem' in json) return { dead: `the value is no event of the device manager: ${json.problem}` };
    const { event, meta, data } = isObject(json.value) ? json.value : {};
    if (typeof event !== 'string') return { dead: 'the value is no event of the device manager: it has no "event"' };
    if (event !== 'configure') return 'skip';
    const tenant = isObject(meta) ? meta.service : undefined;
    const { id: device, attrs } = isObject(data) ? data : {};
    if (!isName(tenant)) return { dead: `the event names no device: its meta.service is ${JSON.stringify(tenant)}` };
    if (!isName(device)) return { dead: `the event names no device: its data.id is ${JSON.stringify(device)}` };
    if (!isObject(attrs)) return { dead: `the event has no attributes: its data.attrs is ${JSON.stringify(attrs)}` };
    const payload = Buffer.from(JSON.stringify(attrs));
    return { to: { topic: `${tenant}:${device}${topicSuffix}`, payload, qos, retain: false } };
  };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}
