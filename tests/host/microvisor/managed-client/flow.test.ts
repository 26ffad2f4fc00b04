import { describe, expect, it } from 'vitest';
import { acknowledge, BrokerRig, publish, read, subscribed } from '../rig/broker-rig.js';
import { subscribeRequest } from '../rig/mqtt-structures.js';

describe('acknowledgements of the application', () => {
  it.each([1, 2] as const)(
    'of QoS %i go in the order of the messages (MQTT-4.6.0-2, -3), in whatever order they are made',
    (qos) => {
      const desk = new BrokerRig();
      const channel = subscribed(desk);
      for (const payload of ['a', 'b', 'c', 'd']) desk.broker.publish('down', payload, { qos });
      desk.settle();
      const found = read(desk, channel);
      const answers = () => desk.line.sent.filter(({ type }) => type === 'puback' || type === 'pubrec').length;
      const after = ['c', 'b', 'a', 'd'].map((payload) => {
        acknowledge(desk, channel, found.get(payload));
        return answers();
      });
      expect(after).toEqual([0, 0, 3, 4]);
      const ids = desk.line.sent.flatMap((packet) =>
        packet.type === 'puback' || packet.type === 'pubrec' ? packet.packetId : [],
      );
      expect(ids).toEqual([...ids].sort((one, other) => one - other));
    },
  );

  it('of one QoS do not wait for the other', () => {
    const desk = new BrokerRig();
    const channel = subscribed(desk);
    desk.broker.publish('down', 'two', { qos: 2 });
    desk.broker.publish('down', 'one', { qos: 1 });
    desk.settle();
    acknowledge(desk, channel, read(desk, channel).get('one'));
    expect(desk.line.sent.at(-1)?.type).toBe('puback');
  });
});

describe('the limits of the broker', () => {
  it('no more messages are in flight than its Receive Maximum, and those that wait go with each answer (MQTT-3.3.4-9)', () => {
    const desk = new BrokerRig({}, { receiveMaximum: 2 });
    const channel = desk.connect();
    desk.line.held = true;
    for (const payload of ['a', 'b', 'c', 'd', 'e']) publish(desk, channel, payload, 2);
    desk.settle();
    expect(desk.sent).toEqual(['publish', 'publish']);
    publish(desk, channel, 'unbound', 0);
    desk.rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(desk.rig, ['down']));
    desk.settle();
    expect(desk.sent.slice(2), 'nothing else waits').toEqual(['publish', 'subscribe']);
    desk.line.held = false;
    desk.settle();
    expect(desk.published).toEqual(['up=a', 'up=b', 'up=unbound', 'up=c', 'up=d', 'up=e']);
  });
});
