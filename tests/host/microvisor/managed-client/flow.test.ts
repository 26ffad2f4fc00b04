import { describe, expect, it } from 'vitest';
import { acknowledge, BrokerRig, publish, read, subscribed } from '../rig/broker-rig.js';
import { subscribeRequest } from '../rig/mqtt-structures.js';

describe('acknowledgements of the application', () => {
  it.each([1, 2] as const)(
    'of QoS %i are sent in the order of the messages (MQTT-4.6.0-2, -3), whatever order they come in',
    (qos) => {
      const brokerRig = new BrokerRig();
      const channel = subscribed(brokerRig);
      for (const payload of ['a', 'b', 'c', 'd']) brokerRig.broker.publish('down', payload, { qos });
      brokerRig.settle();
      const found = read(brokerRig, channel);
      const answers = () => brokerRig.line.sent.filter(({ type }) => type === 'puback' || type === 'pubrec').length;
      const after = ['c', 'b', 'a', 'd'].map((payload) => {
        acknowledge(brokerRig, channel, found.get(payload));
        return answers();
      });
      expect(after).toEqual([0, 0, 3, 4]);
      const ids = brokerRig.line.sent.flatMap((packet) =>
        packet.type === 'puback' || packet.type === 'pubrec' ? packet.packetId : [],
      );
      expect(ids).toEqual([...ids].sort((one, other) => one - other));
    },
  );

  it('of one QoS do not wait for the other', () => {
    const brokerRig = new BrokerRig();
    const channel = subscribed(brokerRig);
    brokerRig.broker.publish('down', 'two', { qos: 2 });
    brokerRig.broker.publish('down', 'one', { qos: 1 });
    brokerRig.settle();
    acknowledge(brokerRig, channel, read(brokerRig, channel).get('one'));
    expect(brokerRig.line.sent.at(-1)?.type).toBe('puback');
  });
});

describe('the limits of the broker', () => {
  it('at most its Receive Maximum of messages are in flight, and each answer lets the next one go (MQTT-3.3.4-9)', () => {
    const brokerRig = new BrokerRig({}, { receiveMaximum: 2 });
    const channel = brokerRig.connect();
    brokerRig.line.held = true;
    for (const payload of ['a', 'b', 'c', 'd', 'e']) publish(brokerRig, channel, payload, 2);
    brokerRig.settle();
    expect(brokerRig.sent).toEqual(['publish', 'publish']);
    publish(brokerRig, channel, 'unbound', 0);
    brokerRig.rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(brokerRig.rig, ['down']));
    brokerRig.settle();
    expect(brokerRig.sent.slice(2), 'nothing else waits').toEqual(['publish', 'subscribe']);
    brokerRig.line.held = false;
    brokerRig.settle();
    expect(brokerRig.published).toEqual(['up=a', 'up=b', 'up=unbound', 'up=c', 'up=d', 'up=e']);
  });
});
