import { describe, expect, it, onTestFinished } from 'vitest';
import { createBroker } from '../../../../host/broker/index.js';
import { messageToRecord, startMqttToKafka } from '../../../../host/dojot/bridge/index.js';
import { KafkaDouble } from './kafka-double.js';

const COUNT = 500;

/** A bridge in the process of a broker that has messages for it, ten in hand at a time. */
async function behind() {
  const broker = await createBroker();
  onTestFinished(() => broker.close());
  const kafka = new KafkaDouble();
  let subscribed = () => {};
  const isSubscribed = new Promise<void>((resolve) => {
    subscribed = resolve;
  });
  const bridge = startMqttToKafka({
    mqtt: {
      addresses: [{ host: 'here', port: 0 }],
      dial: (events) => broker.local.dial(events),
      protocolVersion: 5,
      clientId: 'v2k',
      keepAlive: 0,
    },
    filters: new Map([['#', 1]]),
    sink: kafka,
    map: messageToRecord({ topic: 't', value: 'raw' }),
    maxMessages: 10,
    event: ({ type }) => type === 'subscribed' && subscribed(),
  });
  await isSubscribed;
  for (let n = 0; n < COUNT; n++) broker.publish('a', `${n}`, { qos: 1 });
  return { bridge, kafka, left: () => broker.engine.inspection.pending('v2k') };
}

describe('a bridge to Kafka that is asked to stop', () => {
  it('carries all that the broker has for it, if it is to', async () => {
    const { bridge, kafka, left } = await behind();
    await bridge.close(() => left() === 0);
    expect(kafka.records.map(({ value }) => Number(value))).toEqual(Array.from({ length: COUNT }, (_, n) => n));
    expect(left()).toBe(0);
  });

  it('otherwise finishes what is in hand, and leaves the rest in its session', async () => {
    const { bridge, kafka, left } = await behind();
    await kafka.has(1);
    await bridge.close();
    expect(kafka.records.length).toBeLessThan(COUNT);
    expect(kafka.records.length + left()).toBe(COUNT);
  });
});
