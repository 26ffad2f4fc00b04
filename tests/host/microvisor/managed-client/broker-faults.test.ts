import { describe, expect, it } from 'vitest';
import { encodePacket } from '../../../../host/core/index.js';
import { message, Pair } from '../rig/client-pair.js';
import { connectResponse, disconnectResponse } from '../rig/read-mqtt.js';
import { Rig } from '../rig/rig.js';

const hex = (text: string) => Buffer.from(text, 'hex');

/** A client whose broker answers CONNECT with these bytes. */
function answered(protocolVersion: 4 | 5, bytes: string): Pair {
  const pair = new Pair({ protocolVersion });
  pair.client.start(0);
  pair.sent();
  pair.receive(hex(bytes));
  return pair;
}

describe('a broker that refuses in a packet that breaks a rule', () => {
  it.each([
    [4, '20020087', 0x87, 'a CONNACK of 3.1.1 with a code of MQTT 5'],
    [4, '20020006', 6, 'a return code that 3.1.1 does not have'],
    [4, '20020105', 5, 'Session Present beside an error'],
    [4, '20020205', 5, 'a reserved flag'],
    [4, '2003000500', 5, 'a byte too many'],
    [5, '200700870416000170', 0x87, 'Authentication Data without a method'],
    [5, '20020001', 1, 'the CONNACK of a broker of 3.1.1'],
    [5, '20020087', 0x87, 'no Property Length'],
    [5, '20050087020101', 0x87, 'a foreign property'],
    [5, '2003008e00', 0x8e, 'a code that CONNACK does not have'],
    [5, 'e0028700', 0x87, 'a DISCONNECT before CONNACK'],
    [5, 'e0018e', 0x8e, 'a short DISCONNECT before CONNACK'],
  ] as const)('of version %i, %s, has refused with %i: %s', (version, bytes, reasonCode, _how) => {
    const pair = answered(version, bytes);
    expect(pair.events()).toMatchObject([{ type: 'refused', reasonCode }]);
    expect([pair.sent(), pair.client.connected, pair.deadline]).toEqual([[], false, undefined]);
  });

  it.each([
    [4, '20020200', 'a reserved flag'],
    [5, '20020000', 'no Property Length'],
    [5, 'd000', 'another packet'],
    [5, '4003000187', 'an acknowledgement with a code'],
  ] as const)('and one of version %i that does not refuse, %s, has not: %s', (version, bytes, _what) => {
    expect(answered(version, bytes).events()).toMatchObject([{ type: 'closed', reasonCode: 0 }]);
  });

  it('the application gets the code, and people its name and what is wrong besides', () => {
    const rig = new Rig();
    const channel = rig.channel();
    rig.ok('mvMqttRequestConnect', channel, rig.connectRequest({ protocolVersion: 0 }));
    rig.tick();
    rig.link.open();
    rig.link.events.data(hex('20020087'));
    expect(connectResponse(rig, channel)).toEqual(['REQUESTCOMPLETED', 0x87]);
    expect(rig.events.at(-1)).toMatchObject({
      event: 'connectFailed',
      requestState: 'REQUESTCOMPLETED',
      reasonCode: 0x87,
    });
    const { detail } = rig.events.at(-1) as { detail: string };
    expect(detail).toContain('the broker refused the connection: notAuthorized (0x87 of MQTT 5)');
    expect(detail).toContain('malformed connack, byte 3');
  });
});

describe('a broker that disconnects in a packet that breaks a rule', () => {
  it('has disconnected with the code that came', () => {
    const pair = new Pair().connected();
    pair.receive(hex('e0048e027f00'));
    expect(pair.events()).toMatchObject([{ type: 'closed', reasonCode: 0x8e }]);
    expect(pair.sent()).toMatchObject([{ type: 'disconnect', reasonCode: 0x81 }]);
  });

  it('the application gets the code', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.link.events.data(hex('e0048e027f00'));
    expect(disconnectResponse(rig, channel)).toEqual(['REQUESTCOMPLETED', 0x8e]);
    expect(rig.events.at(-1)).toMatchObject({ event: 'disconnected', reasonCode: 0x8e });
  });

  it('an acknowledgement with a code that it may not have names the code', () => {
    const pair = new Pair({ protocolVersion: 4 }).connected();
    pair.client.subscribe(1, [{ topicFilter: 'a', qos: 0 }], 0);
    pair.receive(hex('9003000187'));
    const reason = expect.stringContaining('its code is notAuthorized (0x87 of MQTT 5)');
    expect(pair.events()).toEqual([{ type: 'closed', reason, reasonCode: 0 }]);
  });
});

describe('the Maximum Packet Size of the managed client', () => {
  const big = (payload: number) => encodePacket({ ...message, payload: Buffer.alloc(payload) }, 5);

  it('is in its CONNECT of MQTT 5; 3.1.1 has no such property', () => {
    const sent = ([4, 5] as const).map((protocolVersion) => {
      const pair = new Pair({ protocolVersion }, {}, 5000);
      pair.client.start(0);
      return pair.sent()[0];
    });
    expect(sent[0]).not.toHaveProperty('properties');
    expect(sent[1]).toMatchObject({ properties: { maximumPacketSize: 5000 } });
  });

  it('is the size of the receive buffer and an overhead', () => {
    const rig = new Rig({ limits: { packetOverhead: 2048 } });
    rig.connected();
    expect(rig.link.last('connect').properties).toMatchObject({ maximumPacketSize: 1024 + 2048 });
  });

  it('a packet of that size is taken, and a larger one refused with 0x95 as soon as its length is known (MQTT-3.1.2-24)', () => {
    const whole = big(1000);
    const pair = new Pair({}, {}, whole.length).connected();
    pair.receive(whole);
    expect(pair.events()).toMatchObject([{ type: 'message' }]);
    pair.receive(big(1001).subarray(0, 3));
    expect(pair.sent()).toMatchObject([{ type: 'disconnect', reasonCode: 0x95 }]);
    const reason = `the broker sent a publish larger than the Maximum Packet Size of this client, ${whole.length} bytes (MQTT-3.1.2-24)`;
    expect(pair.events()).toEqual([{ type: 'closed', reason, reasonCode: 0 }]);
  });

  it('a broker of 3.1.1, which cannot know it, may send more', () => {
    const pair = new Pair({ protocolVersion: 4 }, {}, 100).connected();
    pair.receive(encodePacket({ ...message, payload: Buffer.alloc(1000) }, 4));
    expect(pair.events()).toMatchObject([{ type: 'message' }]);
  });
});
