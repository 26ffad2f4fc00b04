import { describe, expect, it } from 'vitest';
import {
  type MvMqttConnectRequest,
  MvMqttProtocolVersion,
  MvMqttRequestState,
  MvStatus,
  nameOf,
} from '../../../../build/abi/microvisor.js';
import { arrive, credentials, login, publishRequest, subscribeRequest, will } from '../rig/mqtt-structures.js';
import {
  codes,
  connecting,
  connectResponse,
  disconnectResponse,
  next,
  publishResponse,
  READABLE,
  receive,
} from '../rig/read-mqtt.js';
import { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';

describe('connecting', () => {
  it('sends CONNECT with user name, password, will, keep-alive and clean start after the TLS handshake', () => {
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
        will: expect.objectContaining({ topic: 'status', retain: true }),
      },
    ]);
  });

  it('passes CAs, the client chain and the key to the transport unchanged', () => {
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
    'a transport that fails with %s is answered with that request state, once',
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

  it('a server that closes after the handshake and before CONNACK is SOCKETERROR, and the detail names a likely reason', () => {
    const rig = new Rig();
    const channel = connecting(rig);
    rig.link.open();
    rig.link.events.closed();
    expect(connectResponse(rig, channel)).toEqual(['SOCKETERROR', 0]);
    const [failed] = rig.events.filter(({ event }) => event === 'connectFailed');
    expect(failed).toMatchObject({ detail: expect.stringContaining('it may want a client certificate') });
  });

  it('a missing CONNACK is SOCKETERROR after the connect timeout', () => {
    const rig = new Rig({ behaviour: { connectTimeout: 5000 } });
    const channel = connecting(rig);
    rig.link.open();
    rig.advance(1);
    expect(rig.kernel.nextDeadline(rig.time)).toBe(rig.time + 4999);
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

  it('a second connect request while connected is answered with ALREADYCONNECTED and changes nothing', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvMqttRequestConnect', channel, rig.connectRequest());
    rig.tick();
    expect(connectResponse(rig, channel)).toEqual(['ALREADYCONNECTED', 0]);
    expect(rig.links.length).toBe(1);
    arrive(rig, 't', 'still here');
    expect(receive(rig, channel).payload).toBe('still here');
  });

  it('a system call neither sends nor notifies: it leaves that to the next tick', () => {
    const rig = new Rig();
    const channel = rig.channel();
    rig.ok('mvMqttRequestConnect', channel, rig.connectRequest());
    expect([rig.links.length, rig.news().length]).toEqual([0, 0]);
    expect(rig.kernel.nextDeadline(rig.time)).toBe(rig.time);
  });
});

describe('disconnecting', () => {
  it('sends DISCONNECT, ends the transport and answers REQUESTCOMPLETED', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvMqttRequestDisconnect', channel);
    rig.tick();
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

  it('answers NOTCONNECTED without a connection', () => {
    const rig = new Rig();
    const channel = rig.channel();
    rig.ok('mvMqttRequestDisconnect', channel);
    rig.tick();
    expect(disconnectResponse(rig, channel)).toEqual(['NOTCONNECTED', 0]);
  });

  it('a connect request after a disconnect request of the same turn is answered with NOTCONNECTED and opens nothing', () => {
    const rig = new Rig();
    const channel = rig.channel();
    rig.ok('mvMqttRequestDisconnect', channel);
    rig.ok('mvMqttRequestConnect', channel, rig.connectRequest());
    rig.tick();
    expect(connectResponse(rig, channel)).toEqual(['NOTCONNECTED', 0]);
    expect(disconnectResponse(rig, channel)).toEqual(['NOTCONNECTED', 0]);
    expect(rig.links).toEqual([]);
  });

  it('the response to a DISCONNECT of the server has its reason code', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.link.send({ type: 'disconnect', reasonCode: 0x8e });
    expect(disconnectResponse(rig, channel)).toEqual(['REQUESTCOMPLETED', 0x8e]);
    expect(rig.events.at(-1)).toMatchObject({ event: 'disconnected', requested: false, reasonCode: 0x8e });
  });

  it('a dropped connection answers pending requests with NOTCONNECTED, then adds the disconnect response; one notification each', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(rig, ['a']));
    rig.ok('mvMqttRequestPublish', channel, publishRequest(rig, 'a', 'b', 1));
    rig.tick();
    rig.link.events.closed({ requestState: MvMqttRequestState.SOCKETERROR, detail: 'read ECONNRESET' });
    expect(rig.news()).toEqual([READABLE, READABLE, READABLE]);
    expect(codes(rig, 'mvMqttReadSubscribeResponse', channel)).toEqual(['NOTCONNECTED', 7, []]);
    expect(publishResponse(rig, channel)).toEqual(['NOTCONNECTED', 9, 0]);
    expect(disconnectResponse(rig, channel)).toEqual(['NOTCONNECTED', 0]);
    expect(rig.events.at(-1)).toEqual({ event: 'disconnected', reason: 'read ECONNRESET', requested: false });
  });

  it('closing the channel sends DISCONNECT to the broker', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.ok('mvCloseChannel', rig.words(channel));
    rig.link.last('disconnect');
    expect(rig.link.ended).toBe(true);
    expect(rig.events.at(-1)).toMatchObject({ event: 'disconnected', requested: true });
  });

  it('a LATEFAULT drops the connection without DISCONNECT, so that the will is published', () => {
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
