import { describe, expect, it } from 'vitest';
import { MvMqttProtocolVersion } from '../../../../build/abi/microvisor.js';
import { publishRequest, subscribeRequest, unsubscribeRequest } from '../rig/mqtt-structures.js';
import { codes, next, publishResponse, READABLE } from '../rig/read-mqtt.js';
import { Rig } from '../rig/rig.js';

describe('subscribing and unsubscribing', () => {
  it('answers with the reason code of each topic and the correlation id', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(rig, ['a/+', 'b/#'], 4711));
    rig.tick();
    const { packetId, subscriptions } = rig.link.last('subscribe');
    expect(subscriptions.map(({ topicFilter, qos }) => [topicFilter, qos])).toEqual([
      ['a/+', 1],
      ['b/#', 1],
    ]);
    rig.link.send({ type: 'suback', packetId, reasonCodes: [1, 0x87] });
    expect(rig.news()).toEqual([READABLE]);
    expect(next(rig, channel)).toBe('SUBSCRIBERESPONSE');
    expect(codes(rig, 'mvMqttReadSubscribeResponse', channel)).toEqual(['REQUESTCOMPLETED', 4711, [1, 0x87]]);
    const topics = [
      { topic: 'a/+', reasonCode: 1 },
      { topic: 'b/#', reasonCode: 0x87 },
    ];
    expect(rig.events.at(-1)).toEqual({ event: 'subscribed', topics });
  });

  it('accepts the next subscribe request after the first was answered', () => {
    const rig = new Rig();
    const channel = rig.connected();
    for (const topic of ['a', 'b']) {
      rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(rig, [topic]));
      rig.tick();
      rig.link.send({ type: 'suback', packetId: rig.link.last('subscribe').packetId, reasonCodes: [0] });
    }
  });

  it('an UNSUBACK of 3.1.1, which has no codes, counts as 0 for every topic', () => {
    const rig = new Rig();
    const channel = rig.connected({ protocolVersion: MvMqttProtocolVersion.V3_1_1 });
    rig.ok('mvMqttRequestUnsubscribe', channel, unsubscribeRequest(rig, ['a', 'b'], 12));
    rig.tick();
    const { packetId } = rig.link.last('unsubscribe');
    rig.link.send({ type: 'unsuback', packetId, reasonCodes: [] });
    expect(codes(rig, 'mvMqttReadUnsubscribeResponse', channel)).toEqual(['REQUESTCOMPLETED', 12, [0, 0]]);
  });

  it.each(['a/#/b', '', 'a+'])('the topic filter %j is answered with INVALIDPARAMETERS (MQTT-4.7.1-1)', (filter) => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(rig, [filter]));
    rig.tick();
    expect(codes(rig, 'mvMqttReadSubscribeResponse', channel)).toEqual(['INVALIDPARAMETERS', 7, []]);
    expect(rig.link.received.map(({ type }) => type)).toEqual(['connect']);
  });

  it('a request without topics or with QoS 3 is answered with INVALIDPARAMETERS', () => {
    const rig = new Rig();
    const channel = rig.connected();
    for (const request of [subscribeRequest(rig, []), subscribeRequest(rig, ['a'], 7, 3)]) {
      rig.ok('mvMqttRequestSubscribe', channel, request);
      rig.tick();
      expect(codes(rig, 'mvMqttReadSubscribeResponse', channel)[0]).toBe('INVALIDPARAMETERS');
    }
  });
});

describe('publishing', () => {
  const publish = (rig: Rig, channel: number, qos: number, topic = 'a/b') => {
    rig.ok('mvMqttRequestPublish', channel, publishRequest(rig, topic, 'payload', qos, 99));
    rig.tick();
  };

  it('QoS 0 is done when the transport has it', () => {
    const rig = new Rig();
    const channel = rig.connected();
    publish(rig, channel, 0);
    expect(rig.link.last('publish')).toMatchObject({ topic: 'a/b', qos: 0, payload: Buffer.from('payload') });
    expect(rig.news()).toEqual([READABLE]);
    expect(publishResponse(rig, channel)).toEqual(['REQUESTCOMPLETED', 99, 0]);
    const payload = new Uint8Array(Buffer.from('payload'));
    expect(rig.events.at(-1)).toEqual({ event: 'published', topic: 'a/b', payload, qos: 0, reasonCode: 0 });
  });

  it('says of a message that is kept that it is', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvMqttRequestPublish', channel, publishRequest(rig, 'a/b', 'payload', 0, 99, 1));
    rig.tick();
    expect(rig.link.last('publish')).toMatchObject({ topic: 'a/b', retain: true });
    expect(rig.events.at(-1)).toMatchObject({ event: 'published', topic: 'a/b', retain: true });
  });

  it('QoS 1 is done at PUBACK, with its reason code', () => {
    const rig = new Rig();
    const channel = rig.connected();
    publish(rig, channel, 1);
    expect(next(rig, channel)).toBe('NONE');
    rig.link.send({ type: 'puback', packetId: rig.link.last('publish').packetId!, reasonCode: 0x10 });
    expect(publishResponse(rig, channel)).toEqual(['REQUESTCOMPLETED', 99, 0x10]);
  });

  it('QoS 2 is done at PUBCOMP (4.3.3)', () => {
    const rig = new Rig();
    const channel = rig.connected();
    publish(rig, channel, 2);
    const packetId = rig.link.last('publish').packetId!;
    rig.link.send({ type: 'pubrec', packetId, reasonCode: 0 });
    expect(rig.link.last('pubrel').packetId).toBe(packetId);
    expect(next(rig, channel)).toBe('NONE');
    rig.link.send({ type: 'pubcomp', packetId, reasonCode: 0 });
    expect(publishResponse(rig, channel)).toEqual(['REQUESTCOMPLETED', 99, 0]);
  });

  it('a topic with a wildcard is answered with INVALIDPARAMETERS (MQTT-3.3.2-2)', () => {
    const rig = new Rig();
    const channel = rig.connected();
    publish(rig, channel, 0, 'a/#');
    expect(publishResponse(rig, channel)).toEqual(['INVALIDPARAMETERS', 99, 0]);
  });

  it('a publish before or after the connection is answered with NOTCONNECTED', () => {
    const rig = new Rig();
    const channel = rig.channel();
    publish(rig, channel, 0);
    expect(publishResponse(rig, channel)).toEqual(['NOTCONNECTED', 99, 0]);
    rig.connected({}, channel);
    rig.link.events.closed();
    publish(rig, channel, 0);
    expect(publishResponse(rig, channel)).toEqual(['NOTCONNECTED', 99, 0]);
  });
});
