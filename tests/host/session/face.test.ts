import { describe, expect, it } from 'vitest';
import { SessionRecord } from '../../../build/abi/core.js';
import {
  ClientSession,
  type ClientSessionOptions,
  encodePacket,
  MalformedPacketError,
  MqttError,
  type Packet,
  PacketDecoder,
  type Properties,
  type ProtocolVersion,
  SessionError,
} from '../../../host/core/index.js';

/** What the session wants to send, as packets. */
function sent(session: ClientSession, protocolVersion: ProtocolVersion = 5): readonly Packet[] {
  return new PacketDecoder({ protocolVersion }).push(Buffer.concat(session.takeOutput()));
}

function connectPacket(protocolVersion: ProtocolVersion, properties?: Properties): Packet {
  return { type: 'connect', protocolVersion, cleanStart: false, keepAlive: 60, clientId: 'device', properties };
}

function connected(options: ClientSessionOptions = {}, own?: Properties, properties: Properties = {}): ClientSession {
  const session = new ClientSession(options);
  session.send(connectPacket(5, own), 0);
  session.receive(encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0, properties }, 5), 0);
  session.takeOutput();
  return session;
}

const publish: Packet = {
  type: 'publish',
  topic: 'a',
  payload: Buffer.from('hello'),
  qos: 1,
  retain: false,
  dup: false,
};

/** What is thrown. */
function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** The SessionError that is thrown. */
function thrown(run: () => unknown): SessionError {
  const error = caught(run);
  if (error instanceof SessionError) return error;
  throw error;
}

describe('ClientSession', () => {
  it('sends a CONNECT with a will and credentials as it was given', () => {
    const session = new ClientSession();
    expect(session.state).toBe('closed');
    const will = { topic: 'w', payload: Buffer.from([0, 255]), qos: 1 as const, retain: true, properties: {} };
    const packet = { ...connectPacket(5, { receiveMaximum: 8 }), will, userName: 'u', password: Buffer.from('p') };
    expect(session.send(packet as Packet, 0)).toBe(0);
    expect(session.state).toBe('connecting');
    const [again] = sent(session);
    expect(again).toMatchObject(packet);
  });

  it('gives packet ids, and hands out what the server answers in any fragments', () => {
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

  it('puts in the topic of an alias, also one that is not ASCII', () => {
    const session = connected({ aliasBytes: 40 }, { topicAliasMaximum: 2 });
    const message = { ...publish, qos: 0, topic: 'gr\u00fc\u00dfe', properties: { topicAlias: 2 } } as Packet;
    const [first] = session.receive(encodePacket(message, 5), 0);
    const [second] = session.receive(encodePacket({ ...message, topic: '' } as Packet, 5), 0);
    expect(first.packet).toMatchObject({ topic: 'gr\u00fc\u00dfe' });
    expect(second.packet).toMatchObject({ type: 'publish', topic: 'gr\u00fc\u00dfe' });
    expect(Buffer.from((second.packet as typeof publish & { payload: Uint8Array }).payload).toString()).toBe('hello');
  });

  it('throws for a packet of the server that breaks a rule, with the events before it, and can go on after it', () => {
    const session = connected();
    const message = encodePacket({ ...publish, packetId: 9 } as Packet, 5);
    const stray = encodePacket({ type: 'puback', packetId: 77, reasonCode: 0 }, 5);
    const error = thrown(() => session.receive(Buffer.concat([message, stray, message]), 0));
    expect(error).toMatchObject({ codeName: 'PACKET_ID_UNKNOWN', reasonCode: 0x82, statement: 'MQTT 4.3' });
    expect(error.message).toContain('puback');
    expect(error.events.map(({ type }) => type)).toEqual(['message']);
    expect(session.receive(new Uint8Array(0), 0).map(({ type }) => type)).toEqual(['message']);
    expect(sent(session)).toMatchObject([
      { type: 'puback', packetId: 9 },
      { type: 'puback', packetId: 9 },
    ]);
  });

  it('throws for a packet that the session does not allow now, and for one that is wrong by itself; nothing is sent', () => {
    const session = connected({ sendCapacity: 1 }, undefined, { maximumPacketSize: 20, retainAvailable: 0 });
    const refused = (packet: Packet) => thrown(() => session.send(packet, 0)).codeName;
    expect(refused({ ...publish, retain: true } as Packet)).toBe('RETAIN_NOT_SUPPORTED');
    expect(refused({ ...publish, payload: Buffer.alloc(20) } as Packet)).toBe('PACKET_TOO_LARGE');
    expect(refused(connectPacket(5))).toBe('SESSION_STATE');
    expect(() => session.send({ ...publish, topic: 'a/#' } as Packet, 0)).toThrow(MqttError);
    session.send(publish, 0);
    expect(refused(publish)).toBe('NO_MEMORY');
    expect(sent(session)).toHaveLength(1);
  });

  it('throws for a malformed packet, with the events before it, and goes on throwing until it is closed', () => {
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

  it('refuses a packet of the server above its own maximum before it has come whole', () => {
    const session = connected({}, { maximumPacketSize: 100 });
    expect(() => session.receive(Buffer.from('308001', 'hex'), 0)).toThrow(MqttError);
  });

  it('says when it has to be polled, sends PINGREQ, and gives up when no answer comes', () => {
    const session = connected({ responseTimeout: 5_000 });
    expect(session.deadline(1_000)).toBe(60_000);
    session.poll(59_999);
    expect(session.takeOutput()).toEqual([]);
    session.poll(60_000);
    expect(sent(session)).toEqual([{ type: 'pingreq' }]);
    expect(session.deadline(60_000)).toBe(65_000);
    expect(thrown(() => session.poll(65_000)).codeName).toBe('RESPONSE_TIMEOUT');
    session.close();
    expect(session.deadline(65_000)).toBeUndefined();
  });

  it('goes on after a restart from what was saved', () => {
    const before = connected({}, { sessionExpiryInterval: 60 });
    before.send(publish, 0);
    const session = ClientSession.restore(before.save());
    expect(session.state).toBe('closed');
    session.send(connectPacket(5), 0);
    session.receive(encodePacket({ type: 'connack', sessionPresent: true, reasonCode: 0 }, 5), 0);
    session.takeOutput();
    expect(session.poll(0)).toBe(1);
    session.send({ ...publish, packetId: 1, dup: true } as Packet, 0);
    expect(sent(session)).toMatchObject([{ type: 'publish', packetId: 1, dup: true }]);
    expect(session.poll(0)).toBeUndefined();
  });

  it('does not take bytes that are no session', () => {
    const saved = connected().save();
    const codeOf = (bytes: Uint8Array) => thrown(() => ClientSession.restore(bytes)).codeName;
    expect(codeOf(saved.subarray(1))).toBe('SESSION_FORMAT');
    expect(codeOf(saved.subarray(0, -4))).toBe('SESSION_FORMAT');
    expect(codeOf(new Uint8Array(600))).toBe('SESSION_FORMAT');
    expect(codeOf(new Uint8Array(2))).toBe('SESSION_FORMAT');
  });

  it('checks its options', () => {
    expect(() => new ClientSession({ sendCapacity: 65_536 })).toThrow(RangeError);
    expect(() => new ClientSession({ responseTimeout: 0 })).toThrow(RangeError);
    expect(() => new ClientSession({ receiveCapacity: 1.5 })).toThrow(TypeError);
  });

  it.each([
    ['sendCapacity', 0, 65_535],
    ['receiveCapacity', 0, 65_535],
    ['aliasBytes', 0, 0x1000_0000],
    ['responseTimeout', 1, 0x8000_0000],
  ] as const)('names %s when it is not %i to %i', (name, least, most) => {
    const session = (value: unknown) => () => new ClientSession({ [name]: value });
    expect(session(least - 1)).toThrow(new RangeError(`${name} must be ${least} to ${most}, not ${least - 1}`));
    expect(session(most + 1)).toThrow(RangeError);
    expect(session('1')).toThrow(new TypeError(`${name} must be an integer`));
    expect(session(least)).not.toThrow();
  });

  it.each(['manualAcknowledgement', 'adoptSession'])('takes true or false for %s, and nothing else', (name) => {
    const session = (value: unknown) => () => new ClientSession({ [name]: value });
    expect(session('false')).toThrow(new TypeError(`${name} must be true or false`));
    expect(session(false)).not.toThrow();
  });

  it('has room for eight messages and waits for 30 s when it is not told otherwise', () => {
    const session = connected();
    for (let count = 1; count <= 8; count++) expect(session.send(publish, 0)).toBe(count);
    expect(thrown(() => session.send(publish, 0)).codeName).toBe('NO_MEMORY');
    const received = (packetId: number) => encodePacket({ ...publish, qos: 2, packetId } as Packet, 5);
    for (let count = 1; count <= 8; count++) expect(session.receive(received(count), 0)).toHaveLength(1);
    expect(() => session.receive(received(9), 0)).toThrow(SessionError);
    const waiting = new ClientSession();
    waiting.send(connectPacket(5), 1_000);
    expect(waiting.deadline(1_000)).toBe(31_000);
  });

  it('acknowledges nothing by itself when that is left to the caller', () => {
    const session = connected({ manualAcknowledgement: true });
    session.receive(encodePacket({ ...publish, packetId: 9 } as Packet, 5), 0);
    expect(session.takeOutput()).toEqual([]);
    session.send({ type: 'puback', packetId: 9, reasonCode: 0 }, 0);
    expect(sent(session)).toMatchObject([{ type: 'puback', packetId: 9 }]);
  });

  it('takes up a session of the server of which it knows nothing only when it is told to (MQTT-3.2.2-4)', () => {
    const connack = encodePacket({ type: 'connack', sessionPresent: true, reasonCode: 0 }, 5);
    const session = (options: ClientSessionOptions) => {
      const created = new ClientSession(options);
      created.send(connectPacket(5), 0);
      return () => created.receive(connack, 0);
    };
    expect(session({ adoptSession: true })).not.toThrow();
    expect(session({})).toThrow(SessionError);
  });

  it('tells the keep alive of the CONNECT, or of the server', () => {
    expect(new ClientSession().keepAlive).toBe(0);
    expect(connected().keepAlive).toBe(60_000);
    expect(connected({}, undefined, { serverKeepAlive: 5 }).keepAlive).toBe(5_000);
  });

  it('says in its errors who did what, and with which packet', () => {
    const session = connected();
    const stray = thrown(() => session.receive(encodePacket({ type: 'puback', packetId: 7, reasonCode: 0 }, 5), 0));
    expect(stray).toMatchObject({ name: 'SessionError', message: expect.stringMatching(/^the server sent puback: /) });
    const again = thrown(() => session.send(connectPacket(5), 0));
    expect(again).toMatchObject({ events: [], message: expect.stringMatching(/^cannot send connect: /) });
    const silent = new ClientSession();
    silent.send(connectPacket(5), 0);
    expect(thrown(() => silent.poll(30_000)).message).toMatch(/^connection: /);
    expect(thrown(() => ClientSession.restore(new Uint8Array(600))).message).toMatch(/^restore: /);
    expect(() => session.receive('x' as never, 0)).toThrow(new TypeError('chunk must be a Uint8Array'));
    expect(() => session.send(undefined as never, 0)).toThrow(new TypeError('packet must be an object'));
  });

  it('cites the standard of its version', () => {
    const session = new ClientSession();
    session.send(connectPacket(4), 0);
    session.receive(encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 4), 0);
    const malformed = caught(() => session.receive(Uint8Array.of(0xd1, 0), 0)) as MalformedPacketError;
    expect(malformed).toMatchObject({ protocolVersion: 4, byteOffset: 0, packets: [] });
    expect(malformed.message).toContain('malformed pingresp, byte 0');
    expect(() => session.send({ ...publish, topic: 'a/#' } as Packet, 0)).toThrow(
      expect.objectContaining({ protocolVersion: 4, statement: 'MQTT-3.3.2-2' }),
    );
  });

  it('gives the packets before a malformed one with their events', () => {
    const session = connected();
    const bytes = Buffer.concat([encodePacket({ ...publish, packetId: 9 } as Packet, 5), Uint8Array.of(0xd1, 0)]);
    const error = caught(() => session.receive(bytes, 0)) as MalformedPacketError;
    expect(error.packets).toEqual(error.events.map(({ packet }) => packet));
    expect(error.packets).toMatchObject([{ type: 'publish', packetId: 9, topic: 'a' }]);
  });

  it('forgets with `close` what it did not send, and what it received of a packet', () => {
    const session = connected();
    session.send(publish, 0);
    session.receive(encodePacket({ ...publish, packetId: 9 } as Packet, 5).subarray(0, 4), 0);
    session.close();
    expect(session.takeOutput()).toEqual([]);
    expect(session.state).toBe('closed');
    session.send(connectPacket(5), 0);
    const events = session.receive(encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 5), 0);
    expect(events.map(({ type }) => type)).toEqual(['connected']);
  });

  it('hands out its output once', () => {
    const session = connected();
    session.send(publish, 0);
    expect(session.takeOutput()).toHaveLength(1);
    expect(session.takeOutput()).toEqual([]);
  });

  it('saves a copy, and restores one from anywhere in a buffer', () => {
    const session = connected({}, { sessionExpiryInterval: 60 });
    session.send(publish, 0);
    const saved = session.save();
    session.receive(encodePacket({ type: 'puback', packetId: 1, reasonCode: 0 }, 5), 0);
    const bytes = Buffer.concat([Buffer.alloc(4, 0xff), saved]);
    const restored = ClientSession.restore(bytes.subarray(4));
    bytes.fill(0);
    restored.send(connectPacket(5), 0);
    restored.receive(encodePacket({ type: 'connack', sessionPresent: true, reasonCode: 0 }, 5), 0);
    expect(restored.poll(0)).toBe(1);
  });

  it('does not take a session whose parts do not fit together', () => {
    const saved = connected({ sendCapacity: 3, receiveCapacity: 2, aliasBytes: 8 }).save();
    const { sendCapacity, receiveCapacity, aliasOffset, aliasBytes, count, format } = SessionRecord;
    expect(ClientSession.restore(saved)).toBeInstanceOf(ClientSession);
    for (const field of [format, sendCapacity, receiveCapacity, aliasOffset, aliasBytes]) {
      for (const step of [-1, 1]) {
        const other = Uint8Array.from(saved);
        other[field] += step;
        expect(thrown(() => ClientSession.restore(other)).codeName, `${field}`).toBe('SESSION_FORMAT');
      }
    }
    const full = Uint8Array.from(saved);
    full[count] = 6;
    expect(thrown(() => ClientSession.restore(full)).codeName).toBe('SESSION_FORMAT');
    full[count] = 5;
    expect(ClientSession.restore(full)).toBeInstanceOf(ClientSession);
    const smallest = connected({ sendCapacity: 0, receiveCapacity: 0 }).save();
    expect(ClientSession.restore(smallest)).toBeInstanceOf(ClientSession);
  });

  it('uses the packet id that it is given, and leaves the packet of the caller as it is', () => {
    const session = connected();
    const packet = { ...publish };
    expect(session.send(packet as Packet, 0)).toBe(1);
    expect(packet).toEqual(publish);
    expect(session.send({ ...publish, packetId: 500 } as Packet, 0)).toBe(500);
    expect(sent(session)).toMatchObject([{ packetId: 1 }, { packetId: 500 }]);
  });

  it('takes a packet of exactly its own maximum, and none that is larger', () => {
    const of = (length: number) => {
      const bytes = encodePacket({ ...publish, qos: 0, payload: Buffer.alloc(length) } as Packet, 5);
      return { bytes, session: connected({}, { maximumPacketSize: 100 }) };
    };
    const most = of(94);
    expect(most.bytes).toHaveLength(100);
    expect(most.session.receive(most.bytes, 0)).toHaveLength(1);
    const more = of(95);
    expect(() => more.session.receive(more.bytes, 0)).toThrow(MqttError);
  });

  it('keeps sessions apart that are used in turn', () => {
    const [one, two] = [connected(), connected()];
    one.send(publish, 0);
    two.send(publish, 0);
    two.receive(encodePacket({ type: 'puback', packetId: 1, reasonCode: 0 }, 5), 0);
    expect(thrown(() => two.receive(encodePacket({ type: 'puback', packetId: 1, reasonCode: 0 }, 5), 0)).codeName).toBe(
      'PACKET_ID_UNKNOWN',
    );
    expect(one.receive(encodePacket({ type: 'puback', packetId: 1, reasonCode: 0 }, 5), 0)).toHaveLength(1);
  });
});
