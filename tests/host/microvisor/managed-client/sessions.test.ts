import { describe, expect, it } from 'vitest';
import { type MvMqttConnectRequest, MvMqttProtocolVersion } from '../../../../build/abi/microvisor.js';
import { acknowledge, BrokerRig, publish, read, subscribed } from '../rig/broker-rig.js';
import { next, publishResponse, receive } from '../rig/read-mqtt.js';

const versions = [
  ['3.1.1', { protocolVersion: MvMqttProtocolVersion.V3_1_1 }],
  ['5', { protocolVersion: MvMqttProtocolVersion.V5 }],
] as [string, Partial<MvMqttConnectRequest>][];
/** How many packets of a QoS 2 exchange are carried before the connection is lost: none to all. */
const exchange = versions.flatMap(([name, request]) => [0, 1, 2, 3, 4].map((count) => [name, count, request] as const));

/** Publishes on a connection that carries nothing and is then lost. */
function publishInVain(brokerRig: BrokerRig): void {
  const channel = brokerRig.connect();
  brokerRig.line.packets = 0;
  publish(brokerRig, channel, 'x', 1);
  brokerRig.settle();
  brokerRig.lose();
}

describe('a message that was sent when the connection was lost', () => {
  it.each(versions)('is sent again with DUP over the next channel, in order (MQTT-4.4.0-1): %s', (_, request) => {
    const brokerRig = new BrokerRig();
    const before = brokerRig.connect(request);
    for (const [payload, qos] of [
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ] as const)
      publish(brokerRig, before, payload, qos);
    brokerRig.line.held = true;
    brokerRig.settle();
    brokerRig.lose();
    expect(publishResponse(brokerRig.rig, before)).toEqual(['NOTCONNECTED', 9, 0]);
    const channel = brokerRig.connect(request);
    brokerRig.settle();
    expect(brokerRig.line.sent.filter(({ type }) => type === 'publish')).toMatchObject([
      { qos: 1, dup: true, payload: Buffer.from('a') },
      { qos: 2, dup: true, payload: Buffer.from('b') },
      { qos: 1, dup: true, payload: Buffer.from('c') },
    ]);
    // QoS 1 is at least once, QoS 2 exactly once (4.3.2, 4.3.3).
    expect(brokerRig.published).toEqual(['up=a', 'up=b', 'up=c', 'up=a', 'up=c']);
    expect(next(brokerRig.rig, channel), 'it was answered with NOTCONNECTED').toBe('NONE');
  });

  it.each(exchange)(
    'of QoS 2 reaches the broker exactly once (4.3.3): %s, lost after %i packets',
    (_, count, request) => {
      const brokerRig = new BrokerRig();
      const channel = brokerRig.connect(request);
      brokerRig.line.packets = count;
      publish(brokerRig, channel, 'once', 2);
      brokerRig.settle();
      brokerRig.lose();
      brokerRig.connect(request);
      brokerRig.settle();
      expect(brokerRig.published).toEqual(['up=once']);
      brokerRig.lose();
      brokerRig.connect(request);
      brokerRig.settle();
      expect(brokerRig.sent, 'nothing is left').toEqual([]);
    },
  );

  it('goes before a message that is published while it waits to be sent again (MQTT-4.6.0-1)', () => {
    const brokerRig = new BrokerRig({}, { receiveMaximum: 1 });
    publish(brokerRig, brokerRig.connect(), 'first', 2);
    brokerRig.line.held = true;
    brokerRig.settle();
    brokerRig.lose();
    publish(brokerRig, brokerRig.connect(), 'second', 2);
    brokerRig.settle();
    expect(brokerRig.published).toEqual(['up=first', 'up=second']);
  });

  it.each<[string, (brokerRig: BrokerRig) => void, Partial<MvMqttConnectRequest>]>([
    ['the application asks for a clean start (MQTT-3.1.2-4)', (brokerRig) => brokerRig.lose(), { cleanStart: 1 }],
    ['the broker has lost the session (MQTT-3.2.2-5)', (brokerRig) => brokerRig.restartBroker(), {}],
    ['the device was restarted', (brokerRig) => brokerRig.restartDevice(), {}],
  ])('is forgotten when %s, and no longer takes room', (_, between, request) => {
    const brokerRig = new BrokerRig({ limits: { publishesInFlight: 1 } });
    const before = brokerRig.connect();
    brokerRig.line.packets = 0;
    publish(brokerRig, before, 'forgotten', 1);
    brokerRig.settle();
    between(brokerRig);
    const channel = brokerRig.connect(request);
    publish(brokerRig, channel, 'new', 1);
    brokerRig.settle();
    expect(brokerRig.published).toEqual(['up=new']);
  });

  it('is forgotten under MQTT 5 unless a session expiry interval is set (MQTT 5, 3.1.2.11.2)', () => {
    const brokerRig = new BrokerRig({ behaviour: { sessionExpiryInterval: 0 } });
    publishInVain(brokerRig);
    brokerRig.connect();
    brokerRig.settle();
    expect(brokerRig.sent).toEqual([]);
  });

  it('belongs to its client identifier: another client does not send it', () => {
    const brokerRig = new BrokerRig();
    publishInVain(brokerRig);
    brokerRig.connect({ clientid: brokerRig.rig.put('client-2') });
    brokerRig.settle();
    expect(brokerRig.sent).toEqual([]);
    brokerRig.lose();
    brokerRig.connect();
    brokerRig.settle();
    expect(brokerRig.sent).toEqual(['publish']);
  });

  it('is forgotten with the oldest session when more clients wait than the limit', () => {
    const brokerRig = new BrokerRig({ limits: { sessions: 1 } });
    publishInVain(brokerRig);
    brokerRig.connect({ clientid: brokerRig.rig.put('client-2') });
    brokerRig.lose();
    brokerRig.connect();
    brokerRig.settle();
    expect(brokerRig.sent).toEqual([]);
  });
});

describe('messages received when the connection was lost', () => {
  it.each(exchange)(
    'of QoS 2 that were acknowledged are delivered exactly once (4.3.3): %s, lost after %i packets',
    (_, count, request) => {
      const brokerRig = new BrokerRig();
      const before = subscribed(brokerRig, request);
      brokerRig.line.packets = count;
      brokerRig.broker.publish('down', 'once', { qos: 2 });
      brokerRig.settle();
      const first = read(brokerRig, before);
      acknowledge(brokerRig, before, first.get('once'));
      brokerRig.lose();
      const channel = brokerRig.connect(request);
      brokerRig.settle();
      const again = read(brokerRig, channel);
      expect([...first.keys(), ...again.keys()]).toEqual(['once']);
      acknowledge(brokerRig, channel, again.get('once'));
      expect(brokerRig.line.sent.at(-1)?.type).toBe(count < 4 ? 'pubcomp' : 'connect');
    },
  );

  it('of QoS 2 can be acknowledged after the loss', () => {
    const brokerRig = new BrokerRig();
    const before = subscribed(brokerRig);
    brokerRig.broker.publish('down', 'x', { qos: 2 });
    brokerRig.settle();
    const { id } = receive(brokerRig.rig, before);
    brokerRig.lose();
    acknowledge(brokerRig, before, id);
    const channel = brokerRig.connect();
    brokerRig.settle();
    expect(next(brokerRig.rig, channel)).toBe('NONE');
    expect(brokerRig.sent).toEqual(['pubrec', 'pubcomp']);
  });

  it('of QoS 2 that were acknowledged before their turn do not come again, and the broker gets acknowledgements in order', () => {
    const brokerRig = new BrokerRig();
    const before = subscribed(brokerRig);
    for (const payload of ['a', 'b']) brokerRig.broker.publish('down', payload, { qos: 2 });
    brokerRig.settle();
    acknowledge(brokerRig, before, read(brokerRig, before).get('b'));
    brokerRig.lose();
    const channel = brokerRig.connect();
    brokerRig.settle();
    const found = read(brokerRig, channel);
    expect([...found.keys()]).toEqual(['a']);
    expect(brokerRig.sent).toEqual([]);
    acknowledge(brokerRig, channel, found.get('a'));
    expect(brokerRig.sent).toEqual(['pubrec', 'pubrec', 'pubcomp', 'pubcomp']);
  });

  it('that are acknowledged after the loss, in another order, are acknowledged to the broker in order too', () => {
    const brokerRig = new BrokerRig();
    const before = subscribed(brokerRig);
    for (const payload of ['a', 'b']) brokerRig.broker.publish('down', payload, { qos: 2 });
    brokerRig.settle();
    const found = read(brokerRig, before);
    brokerRig.lose();
    acknowledge(brokerRig, before, found.get('b'));
    acknowledge(brokerRig, before, found.get('a'));
    const channel = brokerRig.connect();
    brokerRig.settle();
    expect([...read(brokerRig, channel).keys()]).toEqual([]);
    expect(brokerRig.sent).toEqual(['pubrec', 'pubrec', 'pubcomp', 'pubcomp']);
  });

  it('cannot be acknowledged after the session was forgotten: that changes nothing', () => {
    const brokerRig = new BrokerRig();
    const before = subscribed(brokerRig);
    brokerRig.broker.publish('down', 'x', { qos: 2 });
    brokerRig.settle();
    const { id } = receive(brokerRig.rig, before);
    brokerRig.restartBroker();
    brokerRig.connect();
    acknowledge(brokerRig, before, id);
    expect(brokerRig.sent).toEqual([]);
    expect(brokerRig.line.over).toBe(false);
  });

  it.each([1, 2] as const)('of QoS %i that the application did not acknowledge come again', (qos) => {
    const brokerRig = new BrokerRig();
    const before = subscribed(brokerRig);
    for (const payload of ['read', 'unread']) brokerRig.broker.publish('down', payload, { qos });
    brokerRig.settle();
    receive(brokerRig.rig, before);
    brokerRig.lose();
    brokerRig.close(before);
    const channel = brokerRig.connect();
    brokerRig.settle();
    const found = read(brokerRig, channel);
    expect([...found.keys()]).toEqual(['read', 'unread']);
    for (const id of found.values()) acknowledge(brokerRig, channel, id);
    expect(brokerRig.sent).toEqual(qos === 1 ? ['puback', 'puback'] : ['pubrec', 'pubcomp', 'pubrec', 'pubcomp']);
  });

  it.each(versions)('come to a restarted device too, though it has lost its session: %s', (version, request) => {
    const brokerRig = new BrokerRig();
    subscribed(brokerRig, request);
    brokerRig.broker.publish('down', 'x', { qos: 2 });
    brokerRig.settle();
    brokerRig.restartDevice();
    const channel = brokerRig.connect(request);
    brokerRig.settle();
    expect(brokerRig.rig.events).toContainEqual(
      expect.objectContaining({ event: 'connected', protocol: version, sessionPresent: true }),
    );
    expect([...read(brokerRig, channel).keys()]).toEqual(['x']);
  });
});
