import { describe, expect, it } from 'vitest';
import { BackOff } from '../../../../../host/dojot/bridge/kafka/kafka-back-off.js';
import { brokerAddresses } from '../../../../../host/dojot/bridge/kafka/kafka-connection.js';
import { StateReport } from '../../../../../host/dojot/bridge/kafka/kafka-state.js';
import { parts, toItem, whyRefused } from '../../../../../host/dojot/bridge/kafka/outgoing-batch.js';

const value = Buffer.from('v');

describe('addresses of Kafka brokers', () => {
  it.each([
    ['kafka-server', 'kafka-server', 9092],
    ['kafka-server:9093', 'kafka-server', 9093],
    ['127.0.0.1:19092', '127.0.0.1', 19092],
    ['[::1]:19092', '::1', 19092],
    ['[2001:db8::1]', '2001:db8::1', 9092],
  ])('are read: %s', (text, host, port) => {
    expect(brokerAddresses([text])).toEqual([{ host, port }]);
  });

  it.each(['', 'a b', 'host:0', 'host:65536', 'host:x', '::1', 'kafka://host:9092', 'a:1,b:2'])(
    'are refused: "%s"',
    (text) => {
      expect(() => brokerAddresses([text])).toThrow('is not the address of a Kafka broker; give host:port');
    },
  );

  it('are at least one', () => {
    expect(() => brokerAddresses([])).toThrow('no address of a Kafka broker');
  });
});

describe('a record for Kafka', () => {
  it.each(['.', '..', '', 'a/b', 'a b', 'é', 'x'.repeat(250)])('is refused for its topic: "%s"', (topic) => {
    expect(whyRefused({ topic, value }, 1000)).toContain('cannot be the name of a topic');
  });

  it('is refused for its size', () => {
    expect(whyRefused({ topic: 't', key: Buffer.alloc(500), value: Buffer.alloc(401) }, 1000)).toBe(
      'it takes 1001 bytes; 1000 are the limit',
    );
    expect(whyRefused({ topic: 't', key: Buffer.alloc(500), value: Buffer.alloc(400) }, 1000)).toBeUndefined();
  });

  it('goes round the partitions when it has no key', () => {
    expect([0, 1, 2, 3].map((turn) => toItem({ topic: 't', value }, 0, 3, turn).message.partition)).toEqual([
      0, 1, 2, 0,
    ]);
  });

  it('is in a part that is not too large, in its order', () => {
    const items = [400, 400, 400, 2000, 10].map((size, index) =>
      toItem({ topic: 't', value: Buffer.alloc(size) }, index, 1, 0),
    );
    expect([...parts(items, 1000)].map((part) => part.map(({ index }) => index))).toEqual([[0, 1], [2], [3], [4]]);
  });
});

describe('what is said of Kafka', () => {
  it('is said once', () => {
    const said: unknown[] = [];
    const report = new StateReport((state) => said.push(state));
    report.away('refused');
    report.away('still refused');
    report.ready();
    report.ready();
    report.away('gone');
    expect(said).toEqual([{ state: 'away', reason: 'refused' }, { state: 'ready' }, { state: 'away', reason: 'gone' }]);
  });
});

describe('the wait before the next attempt', () => {
  it('doubles up to a limit, and begins again after a success', () => {
    const backOff = new BackOff(1000, () => 0.999_999);
    const delays = () => [0, 1, 2, 3, 4, 5].map(() => Math.round(backOff.next()));
    expect(delays()).toEqual([100, 200, 400, 800, 1000, 1000]);
    backOff.reset();
    expect(delays()[0]).toBe(100);
  });
});
