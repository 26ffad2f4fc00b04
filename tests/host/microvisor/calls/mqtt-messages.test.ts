import { describe, expect, it } from 'vitest';
import { MvMqttProtocolVersion } from '../../../../build/abi/microvisor.js';
import { encodePacket } from '../../../../host/core/index.js';
import { arrive, lostOut, messageOut } from '../rig/mqtt-structures.js';
import { disconnectResponse, next, READABLE, receive } from '../rig/read-mqtt.js';
import { Rig } from '../rig/rig.js';

describe('receiving', () => {
  it('each message is one notification and one item, in order', () => {
    const rig = new Rig();
    const channel = rig.connected();
    arrive(rig, 'first', '1');
    arrive(rig, 'second', '2', 1, 5);
    expect(rig.news()).toEqual([READABLE, READABLE]);
    expect(receive(rig, channel)).toMatchObject({ topic: 'first', payload: '1', qos: 0 });
    expect(receive(rig, channel)).toMatchObject({ topic: 'second', payload: '2', qos: 1 });
    expect(next(rig, channel)).toBe('NONE');
  });

  it.each([1, 2] as const)('QoS %i is acknowledged to the broker only when the application does', (qos) => {
    const rig = new Rig();
    const channel = rig.connected();
    arrive(rig, 't', 'x', qos, 33);
    const { id } = receive(rig, channel);
    rig.tick();
    expect(rig.link.received.map(({ type }) => type)).toEqual(['connect']);
    rig.ok('mvMqttAcknowledgeMessage', channel, id);
    rig.tick();
    expect(rig.link.last(qos === 1 ? 'puback' : 'pubrec').packetId).toBe(33);
    expect(rig.events.at(-1)).toEqual({ event: 'acknowledged', topic: 't', qos });
    rig.ok('mvMqttAcknowledgeMessage', channel, id);
    rig.tick();
    expect(rig.link.received.length).toBe(2);
  });

  it('a QoS 2 message that comes again before PUBREL is delivered once (MQTT-4.3.3-10)', () => {
    const rig = new Rig();
    const channel = rig.connected();
    arrive(rig, 't', 'x', 2, 3);
    rig.ok('mvMqttAcknowledgeMessage', channel, receive(rig, channel).id);
    rig.tick();
    arrive(rig, 't', 'x', 2, 3);
    expect(next(rig, channel)).toBe('NONE');
    expect(rig.link.received.map(({ type }) => type)).toEqual(['connect', 'pubrec', 'pubrec']);
    rig.link.send({ type: 'pubrel', packetId: 3, reasonCode: 0 });
    expect(rig.link.last('pubcomp').packetId).toBe(3);
  });

  it('a message larger than the receive buffer is MESSAGELOST with topic and length; the kernel then acknowledges QoS 1', () => {
    const rig = new Rig();
    const channel = rig.connected();
    arrive(rig, 'big', 'x'.repeat(1022), 1, 8);
    expect(rig.news()).toEqual([READABLE]);
    expect(next(rig, channel)).toBe('MESSAGELOST');
    const out = lostOut(rig);
    rig.ok('mvMqttReceiveLostMessageInfo', channel, out.address);
    expect(rig.text(out.topic, rig.u32(out.topicLength))).toBe('big');
    expect([rig.u32(out.reason), rig.u32(out.length)]).toEqual([0, 1022]);
    expect(rig.link.last('puback').packetId).toBe(8);
    expect(rig.events).toContainEqual({ event: 'messageLost', topic: 'big', length: 1022 });
  });

  it('a message of exactly the size of the receive buffer fits; the next waits for room', () => {
    const rig = new Rig();
    const channel = rig.connected();
    arrive(rig, 'big', 'x'.repeat(1021));
    arrive(rig, 'late', 'y');
    expect(rig.news()).toEqual([READABLE]);
    expect(receive(rig, channel).topic).toBe('big');
    rig.tick();
    expect(rig.news()).toEqual([READABLE]);
    expect(receive(rig, channel).topic).toBe('late');
  });

  it('a flood of unread messages ends the connection with CONNECTIONCIRCUITBREAKER', () => {
    const rig = new Rig({ limits: { inboundBacklog: 3 } });
    const channel = rig.connected();
    arrive(rig, 'big', 'x'.repeat(1021));
    for (let count = 0; count < 4; count++) arrive(rig, 'more', 'x');
    expect(disconnectResponse(rig, channel)).toEqual(['CONNECTIONCIRCUITBREAKER', 0]);
    expect(rig.link.ended).toBe(true);
    rig.link.last('disconnect');
    expect(rig.events.at(-1)).toMatchObject({ event: 'disconnected', requested: false });
  });

  it('more unacknowledged messages than the limit end the connection too under 3.1.1, which has no Receive Maximum', () => {
    const rig = new Rig({ limits: { messagesInFlight: 2 } });
    const channel = rig.connected({ protocolVersion: MvMqttProtocolVersion.V3_1_1 });
    const message = {
      type: 'publish',
      topic: 't',
      payload: Buffer.from('x'),
      qos: 1,
      retain: false,
      dup: false,
    } as const;
    for (const packetId of [1, 2, 3]) rig.link.send({ ...message, packetId });
    expect([receive(rig, channel).payload, receive(rig, channel).payload]).toEqual(['x', 'x']);
    expect(disconnectResponse(rig, channel)).toEqual(['CONNECTIONCIRCUITBREAKER', 0]);
    expect(rig.link.ended).toBe(true);
  });

  it('messages of the same chunk are not delivered after the circuit breaker', () => {
    const rig = new Rig({ limits: { inboundBacklog: 1 } });
    const channel = rig.connected();
    const message = {
      type: 'publish',
      topic: 't',
      payload: Buffer.alloc(1023),
      qos: 0,
      retain: false,
      dup: false,
    } as const;
    rig.link.events.data(Buffer.concat(Array(6).fill(encodePacket(message, 5))));
    expect(disconnectResponse(rig, channel)[0]).toBe('CONNECTIONCIRCUITBREAKER');
    receive(rig, channel);
    rig.tick();
    expect(next(rig, channel)).toBe('NONE');
    expect(rig.news().length).toBe(2);
  });

  it('a message that does not fit the buffers of the application stays unread', () => {
    const rig = new Rig();
    const channel = rig.connected();
    arrive(rig, 'topic', 'payload');
    rig.call('mvMqttReceiveMessage', channel, messageOut(rig, 64, 3).address);
    expect(receive(rig, channel).payload).toBe('payload');
  });
});
