import { describe, expect, it } from 'vitest';
import { deviceConfigMapping } from '../../../../host/dojot/bridge/mapping/device-config.js';
import { messageToRecord } from '../../../../host/dojot/bridge/mapping/message-to-record.js';
import { KafkaToMqtt } from '../../../../host/dojot/bridge/pipes/kafka-to-mqtt.js';
import { MqttToKafka } from '../../../../host/dojot/bridge/pipes/mqtt-to-kafka.js';
import type { CarriedMessage } from '../../../../host/mqtt-client/carried-message.js';
import { KafkaDouble, message, PipeWorld, record, turn } from './kafka-double.js';

function toKafka(deadLetters?: string) {
  const world = new PipeWorld();
  const kafka = new KafkaDouble();
  const map = messageToRecord({ topic: '{payload.to}' });
  const pipe = new MqttToKafka({ map, deadLetters }, kafka, world.ports);
  const confirmed: number[] = [];
  let next = 0;
  const carry = (payload: string, isDuplicate = false) => {
    const number = next++;
    void pipe.carry(message('a', payload), isDuplicate).then(() => confirmed.push(number));
  };
  return { world, kafka, pipe, confirmed, carry };
}

const to = (topic: string, n = 0) => JSON.stringify({ to: topic, n });

describe('a pipe to Kafka', () => {
  it('confirms nothing before Kafka has it, and keeps the order in batches, one at a time', async () => {
    const { kafka, confirmed, carry } = toKafka();
    kafka.isHolding = true;
    for (let n = 0; n < 10; n++) carry(to('t', n));
    await turn();
    for (let n = 10; n < 2500; n++) carry(to('t', n));
    await turn();
    expect([kafka.held, confirmed]).toEqual([1, []]);
    kafka.release();
    await turn();
    expect(confirmed).toEqual(Array.from({ length: 2500 }, (_, n) => n));
    expect(kafka.values()).toEqual(Array.from({ length: 2500 }, (_, n) => to('t', n)));
    expect(kafka.mostAtOnce).toBe(1);
  });

  it('tries again after a failure, with back-off, and keeps the order', async () => {
    const { world, kafka, confirmed, carry } = toKafka();
    kafka.failures.push('away', 'still away');
    carry(to('t', 1));
    carry(to('t', 2));
    await turn();
    expect(world.events).toEqual([{ type: 'not sent', reason: 'away', retryIn: 2 }]);
    carry(to('t', 3));
    await world.advance(1999);
    expect(world.events).toHaveLength(1);
    await world.advance(1);
    expect(world.events).toHaveLength(2);
    expect(confirmed).toEqual([]);
    await world.advance(30_000);
    expect(kafka.values()).toEqual([1, 2, 3].map((n) => to('t', n)));
    expect(confirmed).toEqual([0, 1, 2]);
  });

  it('puts what Kafka refuses, and what cannot be mapped, among the dead letters, with the reason, and the rest goes on', async () => {
    const { world, kafka, pipe, confirmed, carry } = toKafka('dead');
    kafka.refuses = ({ topic }) => (topic === 'large' ? 'it is too large' : undefined);
    carry(to('t', 1));
    carry(to('large', 2));
    carry('no JSON');
    carry(to('t', 4));
    await turn();
    expect(confirmed.sort()).toEqual([0, 1, 2, 3]);
    const letters = kafka.records.filter(({ topic }) => topic === 'dead');
    expect(letters.map(({ value, headers }) => [String(value), headers?.reason, headers?.source])).toEqual(
      expect.arrayContaining([
        [to('large', 2), 'it is too large', 'a'],
        ['no JSON', expect.stringContaining('there is no {payload.to}'), 'a'],
      ]),
    );
    expect(kafka.values().filter((value) => value.includes('"t"'))).toEqual([to('t', 1), to('t', 4)]);
    expect(pipe.counts).toMatchObject({ received: 4, carried: 2, deadLetters: 2, dropped: 0, inHand: 0 });
    expect(world.events).toMatchObject([{ type: 'dead letter', count: 1 }]);
  });

  it('reports a flood of dead letters once a second, with their number', async () => {
    const { world, pipe, carry } = toKafka();
    for (let n = 0; n < 100; n++) carry('x');
    await world.advance(1000);
    carry('x');
    await turn();
    expect(world.events.map((event) => 'count' in event && event.count)).toEqual([1, 100]);
    expect(pipe.counts).toMatchObject({ deadLetters: 0, dropped: 101 });
  });

  it('confirms a dead letter that Kafka refuses too, and says that nobody keeps it', async () => {
    const { world, kafka, pipe, confirmed, carry } = toKafka('dead');
    kafka.refuses = () => 'there is no such topic';
    carry(to('t'));
    await turn();
    expect(confirmed).toEqual([0]);
    expect(pipe.counts).toMatchObject({ deadLetters: 0, dropped: 1 });
    expect(world.events).toMatchObject([{ reason: expect.stringContaining('there is no such topic') }]);
  });

  it('marks and counts what may have been carried before', async () => {
    const { kafka, pipe, carry } = toKafka();
    carry(to('t', 1), true);
    carry(to('t', 2));
    await turn();
    expect(kafka.records.map(({ headers }) => headers?.['mqtt-dup'])).toEqual(['1', undefined]);
    expect(pipe.counts.repeated).toBe(1);
  });

  it('finishes what is in hand at its end, and takes nothing more', async () => {
    const { kafka, pipe, confirmed, carry } = toKafka();
    kafka.isHolding = true;
    carry(to('t', 1));
    await turn();
    let isAtRest = false;
    void pipe.rest().then(() => {
      isAtRest = true;
    });
    carry(to('t', 2));
    await turn();
    expect(isAtRest).toBe(false);
    kafka.release();
    await turn();
    expect([isAtRest, confirmed, kafka.records.length]).toEqual([true, [0], 1]);
  });

  it('sends nothing more once it is stopped: what waits is not confirmed', async () => {
    const { world, kafka, pipe, confirmed, carry } = toKafka();
    kafka.failures.push('away');
    carry(to('t', 1));
    await turn();
    pipe.stop();
    await world.advance(60_000);
    expect([confirmed, kafka.records.length]).toEqual([[], 0]);
  });
});

describe('a pipe from Kafka', () => {
  const event = (id: unknown) =>
    JSON.stringify({ event: 'configure', meta: { service: 's' }, data: { id, attrs: {} } });

  function fromKafka() {
    const world = new PipeWorld();
    const kafka = new KafkaDouble();
    const published: { message: CarriedMessage; done: (problem?: string) => void }[] = [];
    const publish = (each: CarriedMessage) =>
      new Promise<string | undefined>((done) => published.push({ message: each, done }));
    const options = { map: deviceConfigMapping(), publish, deadLetters: { topic: 'dead', sink: kafka } };
    return { world, kafka, published, pipe: new KafkaToMqtt(options, world.ports) };
  }

  it('confirms a record when the broker has the message, and publishes in the order of the calls', async () => {
    const { pipe, published } = fromKafka();
    const confirmed: string[] = [];
    for (const id of ['a', 'b']) void pipe.carry(record(event(id))).then(() => confirmed.push(id));
    expect(published.map(({ message: { topic } }) => topic)).toEqual(['s:a/config', 's:b/config']);
    await turn();
    expect(confirmed).toEqual([]);
    published[1].done();
    await turn();
    expect(confirmed).toEqual(['b']);
    expect(pipe.counts).toMatchObject({ received: 2, carried: 1, inHand: 1 });
  });

  it('skips events that are not for devices', async () => {
    const { pipe, published } = fromKafka();
    await pipe.carry(record('{"event":"remove"}'));
    expect([published.length, pipe.counts.skipped]).toEqual([0, 1]);
  });

  it('puts what names no device, and what the broker refuses, among the dead letters', async () => {
    const { pipe, published, kafka } = fromKafka();
    await pipe.carry(record(event(7)));
    const refused = pipe.carry(record(event('a')));
    published[0].done('the broker refused it with 0x87');
    await refused;
    expect(kafka.records.map(({ topic, headers }) => [topic, headers?.reason])).toEqual([
      ['dead', 'the event names no device: its data.id is 7'],
      ['dead', 'the broker refused it with 0x87'],
    ]);
  });
});
