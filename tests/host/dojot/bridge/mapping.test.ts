import { describe, expect, it } from 'vitest';
import { deviceConfigMapping } from '../../../../host/dojot/bridge/mapping/device-config.js';
import { deviceDataMapping } from '../../../../host/dojot/bridge/mapping/device-data.js';
import type { Mapped } from '../../../../host/dojot/bridge/mapping/mapped.js';
import { messageToRecord } from '../../../../host/dojot/bridge/mapping/message-to-record.js';
import { recordToMessage } from '../../../../host/dojot/bridge/mapping/record-to-message.js';
import { message, record } from './kafka-double.js';

/** 13 September 2020, 12:26:40.789. */
const NOW = 1_600_000_000_789;

/** In words: where it goes, and what. */
function words(mapped: Mapped<{ topic: string; key?: Uint8Array; value?: Uint8Array; payload?: Uint8Array }>): string {
  if (mapped === 'skip') return 'skip';
  if ('dead' in mapped) return `dead: ${mapped.dead}`;
  const { topic, key, value, payload } = mapped.to;
  return `${topic}${key ? ` ${key}` : ''} ${value ?? payload}${mapped.note === undefined ? '' : ' (note)'}`;
}

describe('V2K makes of what a device publishes', () => {
  it.each([
    [
      1,
      '{"a": 1}',
      'admin.device-data admin:a1998e {"metadata":{"deviceid":"a1998e","tenant":"admin","timestamp":1600000000},"attrs":{"a": 1}}',
    ],
    [
      2,
      '{"a": 1}',
      'admin.device-data admin:a1998e {"metadata":{"deviceid":"a1998e","tenant":"admin","timestamp":1600000000789},"attrs":{"a": 1}}',
    ],
    [
      3,
      '{"a": 1}',
      'admin.device-data admin:a1998e {"metadata":{"tenant":"admin","deviceid":"a1998e","timestamp":1600000000789},"attrs":{"a": 1}}',
    ],
    [
      1,
      '{"timestamp":5}',
      'admin.device-data admin:a1998e {"metadata":{"deviceid":"a1998e","tenant":"admin","timestamp":1600000000},"attrs":{"timestamp":5}}',
    ],
    [
      3,
      '{"timestamp":5,"payload":1}',
      'admin.device-data admin:a1998e {"metadata":{"tenant":"admin","deviceid":"a1998e","timestamp":5},"attrs":{"payload":1}}',
    ],
    [
      3,
      '{"timestamp":"2020-01-29T16:59:00Z"}',
      'admin.device-data admin:a1998e {"metadata":{"tenant":"admin","deviceid":"a1998e","timestamp":1580317140000},"attrs":{}}',
    ],
    [
      3,
      '{"timestamp":"soon"}',
      'admin.device-data admin:a1998e {"metadata":{"tenant":"admin","deviceid":"a1998e","timestamp":1600000000789},"attrs":{}} (note)',
    ],
    [
      3,
      '{"timestamp":1e999}',
      'admin.device-data admin:a1998e {"metadata":{"tenant":"admin","deviceid":"a1998e","timestamp":1600000000789},"attrs":{}} (note)',
    ],
    [
      1,
      '12345678901234567890',
      'admin.device-data admin:a1998e {"metadata":{"deviceid":"a1998e","tenant":"admin","timestamp":1600000000},"attrs":12345678901234567890}',
    ],
    [
      1,
      'null',
      'admin.device-data admin:a1998e {"metadata":{"deviceid":"a1998e","tenant":"admin","timestamp":1600000000},"attrs":null}',
    ],
    [3, 'null', 'dead: the payload has no attributes: it is null'],
    [1, '{"a":', 'dead: the payload has no attributes: it is not JSON'],
    [1, '', 'dead: the payload has no attributes: it is empty'],
  ] as const)('generation %i, %s', (generation, payload, expected) => {
    expect(words(deviceDataMapping({ generation })(message('admin:a1998e/attrs', payload), NOW))).toBe(expected);
  });

  it('a dead letter when it is not UTF-8', () => {
    const map = deviceDataMapping({ generation: 1 });
    expect(words(map(message('admin:a1998e/attrs', Buffer.from([0x22, 0xff, 0x22])), NOW))).toMatch(
      /^dead: .* not UTF-8$/,
    );
  });

  it.each([
    ['admin/attrs', 'begins with "admin"'],
    [':a1998e/attrs', 'names no device'],
    ['admin:/attrs', 'names no device'],
    ['admin:a1998e:more/attrs', 'names no device'],
    ['ad min:a1998e/attrs', 'cannot be a Kafka topic'],
  ])('a dead letter on %s', (topic, reason) => {
    expect(words(deviceDataMapping({ generation: 1 })(message(topic, '{}'), NOW))).toContain(reason);
  });
});

describe('K2V makes of an event of the device manager', () => {
  const event = (more: object) =>
    JSON.stringify({ event: 'configure', meta: { service: 'admin' }, data: { id: 'a1', attrs: { x: 1 } }, ...more });

  it.each([
    ['a configuration', event({}), 'admin:a1/config {"x":1}'],
    ['another event', event({ event: 'create' }), 'skip'],
    [
      'one without attributes',
      event({ data: { id: 'a1' } }),
      'dead: the event has no attributes: its data.attrs is undefined',
    ],
    ['one without a tenant', event({ meta: {} }), 'dead: the event names no device: its meta.service is undefined'],
    [
      'one whose device is a filter',
      event({ data: { id: '#', attrs: {} } }),
      'dead: the event names no device: its data.id is "#"',
    ],
    [
      'one whose tenant has levels',
      event({ meta: { service: 'a/b' } }),
      'dead: the event names no device: its meta.service is "a/b"',
    ],
    ['JSON that is no event', '[1]', 'dead: the value is no event of the device manager: it has no "event"'],
    ['what is no JSON', 'x', 'dead: the value is no event of the device manager: it is not JSON'],
    ['a tombstone', undefined, 'dead: the value is no event of the device manager: it is empty'],
  ])('%s', (_name, value, expected) => {
    expect(words(deviceConfigMapping()(record(value)))).toBe(expected);
  });
});

describe('templates to Kafka', () => {
  it.each([
    [{ topic: 'readings' }, 'sensor/1/t', '21', 'readings sensor/1/t 21'],
    [{ topic: '{topic}' }, 'sensor/1/t', '21', 'sensor.1.t sensor/1/t 21'],
    [{ topic: '{1}.x', key: '{2+}' }, 'sensor/1/t', '21', 'sensor.x 1/t 21'],
    [{ topic: 'r', key: '{payload.meta.id}' }, 'a', '{"meta":{"id":7}}', 'r 7 {"meta":{"id":7}}'],
    [{ topic: 'r', key: '' }, 'a', 'x', 'r x'],
    [{ topic: 'r', key: '{{{1}}}' }, 'a', 'x', 'r {a} x'],
    [{ topic: '{4}' }, 'a/b', 'x', 'dead: there is no {4} for the template "{4}"'],
    [{ topic: '{1}' }, 'ä/b', 'x', 'dead: "ä" cannot be a Kafka topic'],
    [{ topic: 'r', key: '{payload.id}' }, 'a', 'no JSON', 'dead: there is no {payload.id}'],
    [
      { topic: 'r', value: 'json' },
      'a',
      '{"t":1.0}',
      `r a {"topic":"a","qos":1,"retain":false,"timestamp":${NOW},"payload":{"t":1.0}}`,
    ],
    [
      { topic: 'r', value: 'json' },
      'a',
      'warm',
      `r a {"topic":"a","qos":1,"retain":false,"timestamp":${NOW},"payloadText":"warm"}`,
    ],
  ] as const)('%j on %s, %s', (options, topic, payload, expected) => {
    expect(words(messageToRecord(options)(message(topic, payload), NOW)).startsWith(expected)).toBe(true);
  });

  it.each([
    ['{nothing}', /\{nothing\} is not known; use \{topic\}/],
    ['{0}', /not known/],
    ['{1', /a single "\{"/],
  ])('are refused: %s', (topic, reason) => {
    expect(() => messageToRecord({ topic })).toThrow(reason);
  });
});

describe('templates from Kafka', () => {
  it.each([
    [{ topic: 'device/{key}/command' }, { topic: 't', key: 'd1' }, 'on', 'device/d1/command on'],
    [{ topic: '{1}/{2+}' }, { topic: 'a.b.c' }, 'on', 'a/b.c on'],
    [
      { topic: '{value.meta.service}:{value.data.id}/config' },
      { topic: 't' },
      '{"meta":{"service":"s"},"data":{"id":1}}',
      's:1/config {"meta":{"service":"s"},"data":{"id":1}}',
    ],
    [
      { topic: 'x', payload: 'json' },
      { topic: 't', key: 'k' },
      '[1]',
      'x {"topic":"t","partition":0,"offset":0,"key":"k","value":[1]}',
    ],
    [{ topic: '{key}' }, { topic: 't' }, 'on', 'dead: there is no {key}'],
    [{ topic: '{key}' }, { topic: 't', key: '#' }, 'on', 'dead: "#" cannot be an MQTT topic'],
    [
      { topic: '{value.a}' },
      { topic: 't' },
      '{"a":"\\ud800"}',
      'dead: "\\ud800" cannot be an MQTT topic: it is not Unicode',
    ],
  ] as const)('%j of %j, %s', (options, from, value, expected) => {
    const { topic, key } = from as { topic: string; key?: string };
    const mapped = recordToMessage(options)(
      record(value, { topic, key: key === undefined ? undefined : Buffer.from(key) }),
    );
    expect(words(mapped).slice(0, expected.length)).toBe(expected);
  });
});
