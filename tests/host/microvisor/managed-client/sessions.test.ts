import { describe, expect, it } from 'vitest';
import { type MvMqttConnectRequest, MvMqttProtocolVersion } from '../../../../build/abi/microvisor.js';
import { acknowledge, BrokerRig, publish, read, subscribed } from '../rig/broker-rig.js';
import { next, publishResponse, receive } from '../rig/read-mqtt.js';

const versions = [
  ['3.1.1', { protocolVersion: MvMqttProtocolVersion.V3_1_1 }],
  ['5', { protocolVersion: MvMqttProtocolVersion.V5 }],
] as [string, Partial<MvMqttConnectRequest>][];
/** Packets of a QoS 2 exchange that get through before the connection is lost: none to all. */
const exchange = versions.flatMap(([name, request]) => [0, 1, 2, 3, 4].map((count) => [name, count, request] as const));

/** Publishes on a line that lets nothing through, and is lost then. */
function publishInVain(desk: BrokerRig): void {
  const channel = desk.connect();
  desk.line.packets = 0;
  publish(desk, channel, 'x', 1);
  desk.settle();
  desk.lose();
}

describe('what was sent when a connection was lost', () => {
  it.each(versions)('goes again with DUP over the next channel, in its order (MQTT-4.4.0-1): %s', (_, request) => {
    const desk = new BrokerRig();
    const before = desk.connect(request);
    for (const [payload, qos] of [
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ] as const)
      publish(desk, before, payload, qos);
    desk.line.held = true;
    desk.settle();
    desk.lose();
    expect(publishResponse(desk.rig, before)).toEqual(['NOTCONNECTED', 9, 0]);
    const channel = desk.connect(request);
    desk.settle();
    expect(desk.line.sent.filter(({ type }) => type === 'publish')).toMatchObject([
      { qos: 1, dup: true, payload: Buffer.from('a') },
      { qos: 2, dup: true, payload: Buffer.from('b') },
      { qos: 1, dup: true, payload: Buffer.from('c') },
    ]);
    // QoS 1 is at least once, QoS 2 exactly once (4.3.2, 4.3.3).
    expect(desk.published).toEqual(['up=a', 'up=b', 'up=c', 'up=a', 'up=c']);
    expect(next(desk.rig, channel), 'it was answered with NOTCONNECTED').toBe('NONE');
  });

  it.each(exchange)(
    'of QoS 2 reaches the broker exactly once (4.3.3): %s, lost after %i packets',
    (_, count, request) => {
      const desk = new BrokerRig();
      const channel = desk.connect(request);
      desk.line.packets = count;
      publish(desk, channel, 'once', 2);
      desk.settle();
      desk.lose();
      desk.connect(request);
      desk.settle();
      expect(desk.published).toEqual(['up=once']);
      desk.lose();
      desk.connect(request);
      desk.settle();
      expect(desk.sent, 'nothing is left').toEqual([]);
    },
  );

  it('a message that was asked for while others wait to be sent again goes after them (MQTT-4.6.0-1)', () => {
    const desk = new BrokerRig({}, { receiveMaximum: 1 });
    publish(desk, desk.connect(), 'first', 2);
    desk.line.held = true;
    desk.settle();
    desk.lose();
    publish(desk, desk.connect(), 'second', 2);
    desk.settle();
    expect(desk.published).toEqual(['up=first', 'up=second']);
  });

  it.each<[string, (desk: BrokerRig) => void, Partial<MvMqttConnectRequest>]>([
    ['the application asks for a clean start (MQTT-3.1.2-4)', (desk) => desk.lose(), { cleanStart: 1 }],
    ['the broker has lost the session (MQTT-3.2.2-5)', (desk) => desk.restartBroker(), {}],
    ['the device was restarted', (desk) => desk.restartDevice(), {}],
  ])('is forgotten when %s, and takes no room any more', (_, between, request) => {
    const desk = new BrokerRig({ limits: { publishesInFlight: 1 } });
    const before = desk.connect();
    desk.line.packets = 0;
    publish(desk, before, 'forgotten', 1);
    desk.settle();
    between(desk);
    const channel = desk.connect(request);
    publish(desk, channel, 'new', 1);
    desk.settle();
    expect(desk.published).toEqual(['up=new']);
  });

  it('is forgotten under MQTT 5 unless a session expiry interval is set (MQTT 5, 3.1.2.11.2)', () => {
    const desk = new BrokerRig({ behaviour: { sessionExpiryInterval: 0 } });
    publishInVain(desk);
    desk.connect();
    desk.settle();
    expect(desk.sent).toEqual([]);
  });

  it('belongs to its client identifier: another client does not send it', () => {
    const desk = new BrokerRig();
    publishInVain(desk);
    desk.connect({ clientid: desk.rig.put('client-2') });
    desk.settle();
    expect(desk.sent).toEqual([]);
    desk.lose();
    desk.connect();
    desk.settle();
    expect(desk.sent).toEqual(['publish']);
  });

  it('is forgotten with the oldest session when more clients wait than the limit', () => {
    const desk = new BrokerRig({ limits: { sessions: 1 } });
    publishInVain(desk);
    desk.connect({ clientid: desk.rig.put('client-2') });
    desk.lose();
    desk.connect();
    desk.settle();
    expect(desk.sent).toEqual([]);
  });
});

describe('messages that came when a connection was lost', () => {
  it.each(exchange)('of QoS 2, taken, come exactly once (4.3.3): %s, lost after %i packets', (_, count, request) => {
    const desk = new BrokerRig();
    const before = subscribed(desk, request);
    desk.line.packets = count;
    desk.broker.publish('down', 'once', { qos: 2 });
    desk.settle();
    const first = read(desk, before);
    acknowledge(desk, before, first.get('once'));
    desk.lose();
    const channel = desk.connect(request);
    desk.settle();
    const again = read(desk, channel);
    expect([...first.keys(), ...again.keys()]).toEqual(['once']);
    acknowledge(desk, channel, again.get('once'));
    expect(desk.line.sent.at(-1)?.type).toBe(count < 4 ? 'pubcomp' : 'connect');
  });

  it('an acknowledgement that came after the loss counts for QoS 2', () => {
    const desk = new BrokerRig();
    const before = subscribed(desk);
    desk.broker.publish('down', 'x', { qos: 2 });
    desk.settle();
    const { id } = receive(desk.rig, before);
    desk.lose();
    acknowledge(desk, before, id);
    const channel = desk.connect();
    desk.settle();
    expect(next(desk.rig, channel)).toBe('NONE');
    expect(desk.sent).toEqual(['pubrec', 'pubcomp']);
  });

  it('one of QoS 2 that was acknowledged before its turn does not come again, and the broker is told in order', () => {
    const desk = new BrokerRig();
    const before = subscribed(desk);
    for (const payload of ['a', 'b']) desk.broker.publish('down', payload, { qos: 2 });
    desk.settle();
    acknowledge(desk, before, read(desk, before).get('b'));
    desk.lose();
    const channel = desk.connect();
    desk.settle();
    const found = read(desk, channel);
    expect([...found.keys()]).toEqual(['a']);
    expect(desk.sent).toEqual([]);
    acknowledge(desk, channel, found.get('a'));
    expect(desk.sent).toEqual(['pubrec', 'pubrec', 'pubcomp', 'pubcomp']);
  });

  it('acknowledgements that came after the loss, in another order than the messages, are told in order too', () => {
    const desk = new BrokerRig();
    const before = subscribed(desk);
    for (const payload of ['a', 'b']) desk.broker.publish('down', payload, { qos: 2 });
    desk.settle();
    const found = read(desk, before);
    desk.lose();
    acknowledge(desk, before, found.get('b'));
    acknowledge(desk, before, found.get('a'));
    const channel = desk.connect();
    desk.settle();
    expect([...read(desk, channel).keys()]).toEqual([]);
    expect(desk.sent).toEqual(['pubrec', 'pubrec', 'pubcomp', 'pubcomp']);
  });

  it('an acknowledgement that came after the session was forgotten changes nothing', () => {
    const desk = new BrokerRig();
    const before = subscribed(desk);
    desk.broker.publish('down', 'x', { qos: 2 });
    desk.settle();
    const { id } = receive(desk.rig, before);
    desk.restartBroker();
    desk.connect();
    acknowledge(desk, before, id);
    expect(desk.sent).toEqual([]);
    expect(desk.line.over).toBe(false);
  });

  it.each([1, 2] as const)('those of QoS %i that the application did not acknowledge come again', (qos) => {
    const desk = new BrokerRig();
    const before = subscribed(desk);
    for (const payload of ['read', 'unread']) desk.broker.publish('down', payload, { qos });
    desk.settle();
    receive(desk.rig, before);
    desk.lose();
    desk.close(before);
    const channel = desk.connect();
    desk.settle();
    const found = read(desk, channel);
    expect([...found.keys()]).toEqual(['read', 'unread']);
    for (const id of found.values()) acknowledge(desk, channel, id);
    expect(desk.sent).toEqual(qos === 1 ? ['puback', 'puback'] : ['pubrec', 'pubcomp', 'pubrec', 'pubcomp']);
  });

  it.each(versions)(
    'a restarted device gets them too, though it knows nothing of its session: %s',
    (version, request) => {
      const desk = new BrokerRig();
      subscribed(desk, request);
      desk.broker.publish('down', 'x', { qos: 2 });
      desk.settle();
      desk.restartDevice();
      const channel = desk.connect(request);
      desk.settle();
      expect(desk.rig.events).toContainEqual(
        expect.objectContaining({ event: 'connected', protocol: version, sessionPresent: true }),
      );
      expect([...read(desk, channel).keys()]).toEqual(['x']);
    },
  );
});
