import { describe, expect, it } from 'vitest';
import {
  ClientSession,
  encodePacket,
  MalformedPacketError,
  MqttError,
  type Packet,
} from '../../../../host/core/index.js';
import { caught, connected, connectPacket, publish, sent, thrown } from './client-session-rig.js';

describe('ClientSession', () => {
  it('sends a CONNECT with a will and credentials unchanged', () => {
    const session = new ClientSession();
    expect(session.state).toBe('closed');
    const will = { topic: 'w', payload: Buffer.from([0, 255]), qos: 1 as const, retain: true, properties: {} };
    const packet = { ...connectPacket(5, { receiveMaximum: 8 }), will, userName: 'u', password: Buffer.from('p') };
    expect(session.send(packet as Packet, 0)).toBe(0);
    expect(session.state).toBe('connecting');
    const [again] = sent(session);
    expect(again).toMatchObject(packet);
  });

  it('assigns packet ids, and reports what the server answers, however it is fragmented', () => {
    const session = connected();
    expect(session.state).toBe('connected');
    expect(session.send(publish, 1)).toBe(1);
    expect(session.send({ ...publish, qos: 2 } as Packet, 1)).toBe(2);
    expect(session.send({ type: 'subscribe', packetId: 0, subscriptions: [{ topicFilter: 'a/#', qos: 1 }] }, 1)).toBe(
      3,
    );
    expect(sent(session).map((packet) => 'packetId' in packet && packet.packetId)).toEqual([1, 2, 3]);
    const bytes = Buffer.concat([
      encodePacket({ type: 'puback', packetId: 1, reasonCode: 0x10 }, 5),
      encodePacket({ type: 'pubrec', packetId: 2, reasonCode: 0 }, 5),
      encodePacket({ type: 'suback', packetId: 3, reasonCodes: [1] }, 5),
    ]);
    const events = [...bytes].flatMap((byte) => session.receive(Uint8Array.of(byte), 2));
    expect(events.map(({ type }) => type)).toEqual(['published', 'accepted', 'subscribed']);
    expect(events[0].packet).toMatchObject({ type: 'puback', reasonCode: 0x10 });
    expect(sent(session)).toMatchObject([{ type: 'pubrel', packetId: 2 }]);
  });

  it('fills in the topic of an alias, even one that is not ASCII', () => {
    const session = connected({ aliasBytes: 40 }, { topicAliasMaximum: 2 });
    const message = { ...publish, qos: 0, topic: 'gr\u00fc\u00dfe', properties: { topicAlias: 2 } } as Packet;
    const [first] = session.receive(encodePacket(message, 5), 0);
    const [second] = session.receive(encodePacket({ ...message, topic: '' } as Packet, 5), 0);
    expect(first.packet).toMatchObject({ topic: 'gr\u00fc\u00dfe' });
    expect(second.packet).toMatchObject({ type: 'publish', topic: 'gr\u00fc\u00dfe' });
    expect(Buffer.from((second.packet as typeof publish & { payload: Uint8Array }).payload).toString()).toBe('hello');
  });

  it('knows no topic of an alias that was not set, however much room each has (3.3.2.3.4)', () => {
    const session = connected({ aliasBytes: 70_000 }, { topicAliasMaximum: 1 });
    const message = { ...publish, qos: 0, topic: '', properties: { topicAlias: 1 } } as Packet;
    expect(thrown(() => session.receive(encodePacket(message, 5), 0)).codeName).toBe('TOPIC_ALIAS_UNKNOWN');
  });

  it('throws for a packet from the server that breaks a rule, with the events before it, and can go on after it', () => {
    const session = connected();
    const message = encodePacket({ ...publish, packetId: 9 } as Packet, 5);
    const stray = encodePacket({ type: 'puback', packetId: 77, reasonCode: 0 }, 5);
    session.send({ ...publish, qos: 2, packetId: 77 } as Packet, 0);
    session.takeOutput();
    const error = thrown(() => session.receive(Buffer.concat([message, stray, message]), 0));
    expect(error).toMatchObject({ codeName: 'TRANSITION_ILLEGAL', reasonCode: 0x82, statement: 'MQTT 4.3' });
    expect(error.message).toContain('puback');
    expect(error.events.map(({ type }) => type)).toEqual(['message']);
    expect(session.receive(new Uint8Array(0), 0).map(({ type }) => type)).toEqual(['message']);
    expect(sent(session)).toMatchObject([
      { type: 'puback', packetId: 9 },
      { type: 'puback', packetId: 9 },
    ]);
  });

  describe('sends nothing and throws', () => {
    const limited = () => connected({ sendCapacity: 1 }, undefined, { maximumPacketSize: 20, retainAvailable: 0 });

    it.each<[string, Packet, string]>([
      ['that the server does not support', { ...publish, retain: true } as Packet, 'RETAIN_NOT_SUPPORTED'],
      ['that is too large for the server', { ...publish, payload: Buffer.alloc(20) } as Packet, 'PACKET_TOO_LARGE'],
      ['that the state does not allow', connectPacket(5), 'SESSION_STATE'],
    ])('a SessionError for a packet %s', (_, packet, codeName) => {
      const session = limited();
      expect(thrown(() => session.send(packet, 0)).codeName).toBe(codeName);
      expect(sent(session)).toEqual([]);
    });

    it('an MqttError for a packet that itself is wrong', () => {
      const session = limited();
      expect(() => session.send({ ...publish, topic: 'a/#' } as Packet, 0)).toThrow(MqttError);
      expect(sent(session)).toEqual([]);
    });

    it('a SessionError for a message when there is no room for it', () => {
      const session = limited();
      session.send(publish, 0);
      expect(thrown(() => session.send(publish, 0)).codeName).toBe('NO_MEMORY');
      expect(sent(session)).toHaveLength(1);
    });
  });

  it('throws for a malformed packet, with the events before it, and throws again until it is closed', () => {
    const session = connected();
    const bytes = Buffer.concat([encodePacket({ ...publish, packetId: 9 } as Packet, 5), Uint8Array.of(0xd1, 0)]);
    for (const chunk of [bytes, new Uint8Array(0)]) {
      const error = caught(() => session.receive(chunk, 0));
      expect(error).toBeInstanceOf(MalformedPacketError);
      expect(error).toMatchObject({ codeName: 'FLAGS_RESERVED', byteOffset: 0 });
      expect((error as MalformedPacketError).events.map(({ type }) => type)).toEqual(
        chunk === bytes ? ['message'] : [],
      );
    }
    session.close();
    expect(session.receive(new Uint8Array(0), 0)).toEqual([]);
  });

  it('refuses a packet from the server above its own maximum before all of it has come', () => {
    const session = connected({}, { maximumPacketSize: 100 });
    expect(() => session.receive(Buffer.from('308001', 'hex'), 0)).toThrow(MqttError);
  });

  it('says when its next tick is due, sends PINGREQ, and gives up when no answer comes', () => {
    const session = connected({ responseTimeout: 5_000 });
    expect(session.nextDeadline(1_000)).toBe(60_000);
    session.tick(59_999);
    expect(session.takeOutput()).toEqual([]);
    session.tick(60_000);
    expect(sent(session)).toEqual([{ type: 'pingreq' }]);
    expect(session.nextDeadline(60_000)).toBe(65_000);
    expect(thrown(() => session.tick(65_000)).codeName).toBe('RESPONSE_TIMEOUT');
    session.close();
    expect(session.nextDeadline(65_000)).toBeUndefined();
  });

  it('goes on after a restart with the saved state', () => {
    const before = connected({}, { sessionExpiryInterval: 60 });
    before.send(publish, 0);
    const session = ClientSession.restore(before.save());
    expect(session.state).toBe('closed');
    session.send(connectPacket(5), 0);
    session.receive(encodePacket({ type: 'connack', sessionPresent: true, reasonCode: 0 }, 5), 0);
    session.takeOutput();
    expect(session.tick(0)).toBe(1);
    session.send({ ...publish, packetId: 1, dup: true } as Packet, 0);
    expect(sent(session)).toMatchObject([{ type: 'publish', packetId: 1, dup: true }]);
    expect(session.tick(0)).toBeUndefined();
  });

  it.each<[string, (saved: Uint8Array) => Uint8Array, string]>([
    ['a saved session without its first byte', (saved) => saved.subarray(1), 'SESSION_FORMAT'],
    ['a saved session without its last bytes', (saved) => saved.subarray(0, -4), 'SESSION_TORN'],
    ['zeros', () => new Uint8Array(600), 'SESSION_FORMAT'],
    ['too few bytes', () => new Uint8Array(2), 'SESSION_TORN'],
  ])('does not restore %s', (_, change, codeName) => {
    const saved = connected().save();
    expect(thrown(() => ClientSession.restore(change(saved))).codeName).toBe(codeName);
  });

  it.each([
    ['sendCapacity', 65_536, RangeError],
    ['responseTimeout', 0, RangeError],
    ['receiveCapacity', 1.5, TypeError],
  ] as const)('refuses the option %s of %d', (name, value, error) => {
    expect(() => new ClientSession({ [name]: value })).toThrow(error);
  });

  it('keeps sessions apart that are used alternately', () => {
    const [one, two] = [connected(), connected()];
    one.send(publish, 0);
    two.send(publish, 0);
    two.receive(encodePacket({ type: 'puback', packetId: 1, reasonCode: 0 }, 5), 0);
    const events = (session: ClientSession) =>
      session.receive(encodePacket({ type: 'puback', packetId: 1, reasonCode: 0 }, 5), 0).map(({ type }) => type);
    expect(events(two)).toEqual(['none']);
    expect(events(one)).toEqual(['published']);
  });
});
