import { describe, expect, it } from 'vitest';
import {
  MvEventType,
  type MvMqttConnectRequest,
  MvMqttProtocolVersion,
  MvMqttReadableDataType,
  MvMqttRequestState,
  MvStatus,
  nameOf,
  type SystemCallName,
} from '../../../build/abi/microvisor.js';
import { encodePacket } from '../../../host/core/index.js';
import { statusTests } from './cases/case.js';
import { mqttRequests, mqttResponses } from './cases/mqtt.js';
import {
  arrive,
  codesResponse,
  credentials,
  login,
  lostOut,
  messageOut,
  publishRequest,
  subscribeRequest,
  unsubscribeRequest,
  will,
} from './cases/mqtt-helpers.js';
import { OUTSIDE, Rig, TAG } from './rig.js';

const READABLE = { eventType: MvEventType.CHANNELDATAREADABLE, tag: TAG };

const next = (rig: Rig, channel: number) => {
  const out = rig.words(0xee);
  rig.ok('mvMqttGetNextReadableDataType', channel, out);
  return nameOf(MvMqttReadableDataType, rig.u32(out));
};
const words = (rig: Rig, call: SystemCallName, channel: number, count: number) => {
  const out = rig.alloc(count * 4);
  rig.ok(call, channel, out);
  return Array.from({ length: count }, (_, index) => rig.u32(out + index * 4));
};
const state = (value: number) => nameOf(MvMqttRequestState, value);
const connectResponse = (rig: Rig, channel: number) => {
  const [requestState, reasonCode] = words(rig, 'mvMqttReadConnectResponse', channel, 2);
  return [state(requestState), reasonCode];
};
const disconnectResponse = (rig: Rig, channel: number) => {
  const [requestState, code] = words(rig, 'mvMqttReadDisconnectResponse', channel, 2);
  return [state(requestState), code];
};
const publishResponse = (rig: Rig, channel: number) => {
  const [requestState, id, reasonCode] = words(rig, 'mvMqttReadPublishResponse', channel, 3);
  return [state(requestState), id, reasonCode];
};
const codes = (rig: Rig, call: SystemCallName, channel: number) => {
  const out = codesResponse(rig);
  rig.ok(call, channel, out.address);
  const length = rig.u32(out.length);
  const list = Array.from({ length }, (_, index) => rig.u32(out.codes + index * 4));
  return [state(rig.u32(out.state)), rig.u32(out.id), list];
};
const receive = (rig: Rig, channel: number) => {
  const out = messageOut(rig, 64, 2048);
  rig.ok('mvMqttReceiveMessage', channel, out.address);
  return {
    id: rig.u32(out.id),
    topic: rig.text(out.topic, rig.u32(out.topicLength)),
    payload: rig.text(out.payload, rig.u32(out.payloadLength)),
    qos: rig.u32(out.qos),
  };
};
const connecting = (rig: Rig, overrides: Partial<MvMqttConnectRequest> = {}) => {
  const channel = rig.channel();
  rig.ok('mvMqttRequestConnect', channel, rig.connectRequest(overrides));
  rig.kernel.tick();
  return channel;
};

describe('MQTT requests', () => statusTests(mqttRequests));
describe('MQTT responses', () => statusTests(mqttResponses));

describe('connecting', () => {
  it('sends CONNECT with user name, password, will, keep-alive and clean start when TLS stands', () => {
    const rig = new Rig();
    const channel = connecting(rig, {
      authentication: login(rig, 'user', 'secret'),
      will: will(rig, 'status', 'gone', 1),
      keepalive: 30,
      cleanStart: 0,
    });
    expect(rig.link.received).toEqual([]);
    rig.link.open();
    expect(rig.link.last('connect')).toMatchObject({
      protocolVersion: 5,
      clientId: 'client-1',
      keepAlive: 30,
      cleanStart: false,
      userName: 'user',
      password: Buffer.from('secret'),
      will: { topic: 'status', payload: Buffer.from('gone'), qos: 1, retain: true },
    });
    expect(rig.news()).toEqual([]);
    rig.link.send({ type: 'connack', sessionPresent: true, reasonCode: 0 });
    expect(rig.news()).toEqual([READABLE]);
    expect(next(rig, channel)).toBe('CONNECTRESPONSE');
    expect(connectResponse(rig, channel)).toEqual(['REQUESTCOMPLETED', 0]);
    expect(next(rig, channel)).toBe('NONE');
    expect(rig.events.filter(({ event }) => event.startsWith('connect'))).toEqual([
      { event: 'connecting', host: 'broker.test', port: 8883 },
      {
        event: 'connected',
        host: 'broker.test',
        port: 8883,
        protocol: '5',
        tls: 'TLSv1.3',
        cipher: 'TLS_AES_256_GCM_SHA384',
        clientId: 'client-1',
        sessionPresent: true,
      },
    ]);
  });

  it('gives CAs, the client chain and the key to the transport as they are', () => {
    const rig = new Rig();
    const [ca, cert, key] = [Uint8Array.of(0x30, 1, 1), Uint8Array.of(0x30, 1, 2), Uint8Array.of(0x30, 1, 3)];
    connecting(rig, { tlsCredentials: credentials(rig, { ca: [ca], chain: [cert], key }) });
    expect(rig.link.request).toMatchObject({
      host: 'broker.test',
      port: 8883,
      ca: [ca],
      clientChain: [cert],
      clientKey: key,
    });
  });

  it.each([
    [MvMqttProtocolVersion.V5, 0x87, 'notAuthorized (0x87)'],
    [MvMqttProtocolVersion.V3_1_1, 5, 'not authorized (5)'],
  ])(
    'a refusal by the broker is REQUESTCOMPLETED with its reason code (version %i)',
    (protocolVersion, reasonCode, words) => {
      const rig = new Rig();
      const channel = connecting(rig, { protocolVersion });
      rig.link.open();
      rig.link.send({ type: 'connack', sessionPresent: false, reasonCode });
      expect(connectResponse(rig, channel)).toEqual(['REQUESTCOMPLETED', reasonCode]);
      const detail = `the broker refused the connection: ${words}`;
      expect(rig.events).toContainEqual(expect.objectContaining({ event: 'connectFailed', reasonCode, detail }));
      expect(rig.link.destroyed).toBe(true);
    },
  );

  it.each(['NXDOMAIN', 'UNKNOWNCA', 'CERTIFICATEEXPIRED', 'SOCKETERROR', 'INVALIDPARAMETERS'] as const)(
    'a transport that fails with %s gives that request state, once',
    (name) => {
      const rig = new Rig();
      const channel = connecting(rig);
      rig.link.events.closed({ requestState: MvMqttRequestState[name], detail: 'because' });
      expect(rig.news()).toEqual([READABLE]);
      expect(connectResponse(rig, channel)).toEqual([name, 0]);
      expect(rig.events).toContainEqual(
        expect.objectContaining({ event: 'connectFailed', requestState: name, detail: 'because' }),
      );
    },
  );

  it('a server that closes after the handshake and before CONNACK is SOCKETERROR, and the detail tells why that is', () => {
    const rig = new Rig();
    const channel = connecting(rig);
    rig.link.open();
    rig.link.events.closed();
    expect(connectResponse(rig, channel)).toEqual(['SOCKETERROR', 0]);
    const [failed] = rig.events.filter(({ event }) => event === 'connectFailed');
    expect(failed).toMatchObject({ detail: expect.stringContaining('it may want a client certificate') });
  });

  it('without CONNACK within the time for connecting it is SOCKETERROR', () => {
    const rig = new Rig({ behaviour: { connectTimeout: 5000 } });
    const channel = connecting(rig);
    rig.link.open();
    rig.advance(1);
    expect(rig.kernel.nextDeadline()).toBe(rig.time + 4999);
    rig.advance(4999);
    expect(connectResponse(rig, channel)).toEqual(['SOCKETERROR', 0]);
    expect(rig.link.destroyed).toBe(true);
    expect(rig.events.at(-1)).toMatchObject({ detail: 'no CONNACK within 5000 ms' });
  });

  it.each<[string, (rig: Rig) => Partial<MvMqttConnectRequest>, string]>([
    ['port 0', () => ({ port: 0 }), 'port 0 is not a port'],
    ['an unknown protocol version', () => ({ protocolVersion: 2 as never }), 'protocol version 2'],
    ['a keep-alive above 65535', () => ({ keepalive: 65_536 }), 'keepalive 65536'],
    [
      'a client id that is not UTF-8',
      (rig) => ({ clientid: rig.put(Uint8Array.of(0xff)) }),
      'client id is not well-formed',
    ],
    ['a will of QoS 3', (rig) => ({ will: will(rig, 'a', 'b', 3) }), 'will QoS 3'],
    ['a will topic with a wildcard', (rig) => ({ will: will(rig, 'a/#', 'b') }), ''],
  ])('%s is answered with INVALIDPARAMETERS, and nothing is opened', (_, make, detail) => {
    const rig = new Rig();
    const channel = connecting(rig, make(rig));
    expect(rig.links).toEqual([]);
    expect(connectResponse(rig, channel)).toEqual(['INVALIDPARAMETERS', 0]);
    expect(rig.events.at(-1)).toMatchObject({ event: 'connectFailed', detail: expect.stringContaining(detail) });
  });

  it('a second connect while the connection stands is answered with ALREADYCONNECTED and changes nothing', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvMqttRequestConnect', channel, rig.connectRequest());
    rig.kernel.tick();
    expect(connectResponse(rig, channel)).toEqual(['ALREADYCONNECTED', 0]);
    expect(rig.links.length).toBe(1);
    arrive(rig, 't', 'still here');
    expect(receive(rig, channel).payload).toBe('still here');
  });

  it('nothing is sent or told inside a system call', () => {
    const rig = new Rig();
    const channel = rig.channel();
    rig.ok('mvMqttRequestConnect', channel, rig.connectRequest());
    expect([rig.links.length, rig.news().length]).toEqual([0, 0]);
    expect(rig.kernel.nextDeadline()).toBe(rig.time);
  });
});

describe('subscribing and unsubscribing', () => {
  it('gives the reason code of each topic with the correlation id', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(rig, ['a/+', 'b/#'], 4711));
    rig.kernel.tick();
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

  it('lets the next subscribe through when the first was answered', () => {
    const rig = new Rig();
    const channel = rig.connected();
    for (const topic of ['a', 'b']) {
      rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(rig, [topic]));
      rig.kernel.tick();
      rig.link.send({ type: 'suback', packetId: rig.link.last('subscribe').packetId, reasonCodes: [0] });
    }
  });

  it('an UNSUBACK of 3.1.1, which has no codes, is 0 for every topic', () => {
    const rig = new Rig();
    const channel = rig.connected({ protocolVersion: MvMqttProtocolVersion.V3_1_1 });
    rig.ok('mvMqttRequestUnsubscribe', channel, unsubscribeRequest(rig, ['a', 'b'], 12));
    rig.kernel.tick();
    const { packetId } = rig.link.last('unsubscribe');
    rig.link.send({ type: 'unsuback', packetId, reasonCodes: [] });
    expect(codes(rig, 'mvMqttReadUnsubscribeResponse', channel)).toEqual(['REQUESTCOMPLETED', 12, [0, 0]]);
  });

  it.each(['a/#/b', '', 'a+'])('the topic filter %j is answered with INVALIDPARAMETERS (MQTT-4.7.1-1)', (filter) => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(rig, [filter]));
    rig.kernel.tick();
    expect(codes(rig, 'mvMqttReadSubscribeResponse', channel)).toEqual(['INVALIDPARAMETERS', 7, []]);
    expect(rig.link.received.map(({ type }) => type)).toEqual(['connect']);
  });

  it('a request without topics or with QoS 3 is answered with INVALIDPARAMETERS', () => {
    const rig = new Rig();
    const channel = rig.connected();
    for (const request of [subscribeRequest(rig, []), subscribeRequest(rig, ['a'], 7, 3)]) {
      rig.ok('mvMqttRequestSubscribe', channel, request);
      rig.kernel.tick();
      expect(codes(rig, 'mvMqttReadSubscribeResponse', channel)[0]).toBe('INVALIDPARAMETERS');
    }
  });
});

describe('publishing', () => {
  const publish = (rig: Rig, channel: number, qos: number, topic = 'a/b') => {
    rig.ok('mvMqttRequestPublish', channel, publishRequest(rig, topic, 'payload', qos, 99));
    rig.kernel.tick();
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

  it('before and after a connection it is answered with NOTCONNECTED', () => {
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

describe('receiving', () => {
  it('one notification and one item for each message, in order', () => {
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
    rig.kernel.tick();
    expect(rig.link.received.map(({ type }) => type)).toEqual(['connect']);
    rig.ok('mvMqttAcknowledgeMessage', channel, id);
    rig.kernel.tick();
    expect(rig.link.last(qos === 1 ? 'puback' : 'pubrec').packetId).toBe(33);
    expect(rig.events.at(-1)).toEqual({ event: 'acknowledged', topic: 't', qos });
    rig.ok('mvMqttAcknowledgeMessage', channel, id);
    rig.kernel.tick();
    expect(rig.link.received.length).toBe(2);
  });

  it('a QoS 2 message that comes again before PUBREL is delivered once (MQTT-4.3.3-10)', () => {
    const rig = new Rig();
    const channel = rig.connected();
    arrive(rig, 't', 'x', 2, 3);
    rig.ok('mvMqttAcknowledgeMessage', channel, receive(rig, channel).id);
    rig.kernel.tick();
    arrive(rig, 't', 'x', 2, 3);
    expect(next(rig, channel)).toBe('NONE');
    expect(rig.link.received.map(({ type }) => type)).toEqual(['connect', 'pubrec', 'pubrec']);
    rig.link.send({ type: 'pubrel', packetId: 3, reasonCode: 0 });
    expect(rig.link.last('pubcomp').packetId).toBe(3);
  });

  it('a message above the receive buffer is MESSAGELOST with topic and length; QoS 1 is then acknowledged by the kernel', () => {
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

  it('a message of exactly the receive buffer fits; the next waits for room', () => {
    const rig = new Rig();
    const channel = rig.connected();
    arrive(rig, 'big', 'x'.repeat(1021));
    arrive(rig, 'late', 'y');
    expect(rig.news()).toEqual([READABLE]);
    expect(receive(rig, channel).topic).toBe('big');
    rig.kernel.tick();
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
    rig.kernel.tick();
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

describe('disconnecting', () => {
  it('sends DISCONNECT, ends the transport and answers REQUESTCOMPLETED', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvMqttRequestDisconnect', channel);
    rig.kernel.tick();
    expect(rig.link.last('disconnect').reasonCode).toBe(0);
    expect(rig.link.ended).toBe(true);
    expect(rig.news()).toEqual([READABLE]);
    expect(disconnectResponse(rig, channel)).toEqual(['REQUESTCOMPLETED', 0]);
    expect(rig.events.at(-1)).toEqual({
      event: 'disconnected',
      reason: 'requested by the application',
      requested: true,
    });
    rig.link.events.closed();
    expect(rig.news()).toEqual([]);
  });

  it('without a connection it answers NOTCONNECTED', () => {
    const rig = new Rig();
    const channel = rig.channel();
    rig.ok('mvMqttRequestDisconnect', channel);
    rig.kernel.tick();
    expect(disconnectResponse(rig, channel)).toEqual(['NOTCONNECTED', 0]);
  });

  it('the DISCONNECT of a server gives its code', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.link.send({ type: 'disconnect', reasonCode: 0x8e });
    expect(disconnectResponse(rig, channel)).toEqual(['REQUESTCOMPLETED', 0x8e]);
    expect(rig.events.at(-1)).toMatchObject({ event: 'disconnected', requested: false, reasonCode: 0x8e });
  });

  it('a dropped connection answers what was in service with NOTCONNECTED, then the disconnect response; one notification each', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(rig, ['a']));
    rig.ok('mvMqttRequestPublish', channel, publishRequest(rig, 'a', 'b', 1));
    rig.kernel.tick();
    rig.link.events.closed({ requestState: MvMqttRequestState.SOCKETERROR, detail: 'read ECONNRESET' });
    expect(rig.news()).toEqual([READABLE, READABLE, READABLE]);
    expect(codes(rig, 'mvMqttReadSubscribeResponse', channel)).toEqual(['NOTCONNECTED', 7, []]);
    expect(publishResponse(rig, channel)).toEqual(['NOTCONNECTED', 9, 0]);
    expect(disconnectResponse(rig, channel)).toEqual(['NOTCONNECTED', 0]);
    expect(rig.events.at(-1)).toEqual({ event: 'disconnected', reason: 'read ECONNRESET', requested: false });
  });

  it('closing the channel says goodbye to the broker', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvCloseChannel', rig.words(channel));
    rig.link.last('disconnect');
    expect(rig.link.ended).toBe(true);
    expect(rig.events.at(-1)).toMatchObject({ event: 'disconnected', requested: true });
  });

  it('a LATEFAULT drops the connection without goodbye, so that the will is published', () => {
    const rig = new Rig();
    const channel = rig.connected();
    const address = publishRequest(rig, 'a', 'b');
    rig.view.setUint32(address + 4, OUTSIDE, true);
    expect(nameOf(MvStatus, rig.call('mvMqttRequestPublish', channel, address))).toBe('LATEFAULT');
    expect([rig.link.received.map(({ type }) => type), rig.link.ended]).toEqual([['connect'], true]);
  });

  it('a packet that breaks MQTT ends the connection with DISCONNECT and its reason code (MQTT 5, 4.13)', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.link.events.data(Uint8Array.of(0x36, 5, 0, 1, 97, 0, 0));
    expect(rig.link.last('disconnect').reasonCode).toBe(0x81);
    expect(disconnectResponse(rig, channel)[0]).toBe('REQUESTCOMPLETED');
    expect(rig.events.at(-1)).toMatchObject({ reason: expect.stringContaining('breaks MQTT') });
  });

  it('stopping the kernel sends DISCONNECT on every connection', () => {
    const rig = new Rig();
    rig.connected();
    rig.kernel.stop();
    rig.link.last('disconnect');
    expect(rig.link.ended).toBe(true);
  });
});
