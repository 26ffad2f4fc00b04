import { describe, expect, it } from 'vitest';
import { SessionContext, SessionRecord } from '../../../../build/abi/core.js';
import {
  ClientSession,
  type ClientSessionOptions,
  encodePacket,
  type MalformedPacketError,
  MqttError,
  type Packet,
  type PublishPacket,
  SessionError,
} from '../../../../host/core/index.js';
import { caught, connected, connectPacket, publish, sent, thrown } from './client-session-rig.js';

describe('ClientSession', () => {
  it.each([
    ['sendCapacity', 0, 65_535],
    ['receiveCapacity', 0, 65_535],
    ['aliasBytes', 0, 0x1000_0000],
    ['responseTimeout', 1, 0x8000_0000],
  ] as const)('names %s when it is not in the range %i to %i', (name, least, most) => {
    const session = (value: unknown) => () => new ClientSession({ [name]: value });
    expect(session(least - 1)).toThrow(new RangeError(`${name} must be ${least} to ${most}, not ${least - 1}`));
    expect(session(most + 1)).toThrow(RangeError);
    expect(session('1')).toThrow(new TypeError(`${name} must be an integer`));
    expect(session(least)).not.toThrow();
  });

  it.each(['manualAcknowledgement', 'adoptSession'])('accepts true or false for %s, and nothing else', (name) => {
    const session = (value: unknown) => () => new ClientSession({ [name]: value });
    expect(session('false')).toThrow(new TypeError(`${name} must be true or false`));
    expect(session(false)).not.toThrow();
  });

  it('has room for eight messages and waits for 30 s by default', () => {
    const session = connected();
    for (let count = 1; count <= 8; count++) expect(session.send(publish, 0)).toBe(count);
    expect(thrown(() => session.send(publish, 0)).codeName).toBe('NO_MEMORY');
    const received = (packetId: number) => encodePacket({ ...publish, qos: 2, packetId } as Packet, 5);
    for (let count = 1; count <= 8; count++) expect(session.receive(received(count), 0)).toHaveLength(1);
    expect(() => session.receive(received(9), 0)).toThrow(SessionError);
    const waiting = new ClientSession();
    waiting.send(connectPacket(5), 1_000);
    expect(waiting.nextDeadline(1_000)).toBe(31_000);
  });

  it('acknowledges nothing by itself when the caller does', () => {
    const session = connected({ manualAcknowledgement: true });
    session.receive(encodePacket({ ...publish, packetId: 9 } as Packet, 5), 0);
    expect(session.takeOutput()).toEqual([]);
    session.send({ type: 'puback', packetId: 9, reasonCode: 0 }, 0);
    expect(sent(session)).toMatchObject([{ type: 'puback', packetId: 9 }]);
  });

  it('adopts a session of the server that it does not know only when asked to (MQTT-3.2.2-4)', () => {
    const connack = encodePacket({ type: 'connack', sessionPresent: true, reasonCode: 0 }, 5);
    const session = (options: ClientSessionOptions) => {
      const created = new ClientSession(options);
      created.send(connectPacket(5), 0);
      return () => created.receive(connack, 0);
    };
    expect(session({ adoptSession: true })).not.toThrow();
    expect(session({})).toThrow(SessionError);
  });

  it('reports the keep alive of the CONNECT, or of the server', () => {
    expect(new ClientSession().keepAlive).toBe(0);
    expect(connected().keepAlive).toBe(60_000);
    expect(connected({}, undefined, { serverKeepAlive: 5 }).keepAlive).toBe(5_000);
  });

  it('names in its errors who did what, and with which packet', () => {
    const session = connected();
    const stray = thrown(() =>
      session.receive(encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 5), 0),
    );
    expect(stray).toMatchObject({ name: 'SessionError', message: expect.stringMatching(/^the server sent connack: /) });
    const again = thrown(() => session.send(connectPacket(5), 0));
    expect(again).toMatchObject({ events: [], message: expect.stringMatching(/^cannot send connect: /) });
    const silent = new ClientSession();
    silent.send(connectPacket(5), 0);
    const late = thrown(() => silent.tick(30_000));
    expect(late).toMatchObject({ events: [], message: expect.stringMatching(/^connection: /) });
    expect(thrown(() => ClientSession.restore(new Uint8Array(600))).message).toMatch(/^restore: /);
    expect(() => session.receive('x' as never, 0)).toThrow(new TypeError('chunk must be a Uint8Array'));
    expect(() => session.send(undefined as never, 0)).toThrow(new TypeError('packet must be an object'));
  });

  it('reports the code of a refused packet, unless it is 0', () => {
    const connecting = new ClientSession();
    connecting.send(connectPacket(4), 0);
    expect(caught(() => connecting.receive(Buffer.from('20020087', 'hex'), 0))).toMatchObject({ receivedCode: 0x87 });
    const session = connected();
    session.send({ ...publish, qos: 2, packetId: 77 } as Packet, 0);
    const refused = (reasonCode: number) =>
      thrown(() => session.receive(encodePacket({ type: 'puback', packetId: 77, reasonCode }, 5), 0));
    expect(refused(0x87).receivedCode).toBe(0x87);
    expect(refused(0x87).message).toMatch(/; its code is notAuthorized \(0x87\)$/);
    expect(refused(0).receivedCode).toBeUndefined();
    expect(refused(0).message).not.toContain('its code');
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

  it('reports the packets before a malformed one with their events', () => {
    const session = connected();
    const bytes = Buffer.concat([encodePacket({ ...publish, packetId: 9 } as Packet, 5), Uint8Array.of(0xd1, 0)]);
    const error = caught(() => session.receive(bytes, 0)) as MalformedPacketError;
    expect(error.packets).toEqual(error.events.map(({ packet }) => packet));
    expect(error.packets).toMatchObject([{ type: 'publish', packetId: 9, topic: 'a' }]);
  });

  it('forgets with `close` its unsent output and an incomplete packet', () => {
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

  it('returns its output once', () => {
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
    expect(restored.tick(0)).toBe(1);
  });

  describe('restores', () => {
    const saved = () => connected({ sendCapacity: 3, receiveCapacity: 2, aliasBytes: 8 }).save();
    const changed = (field: number, change: (value: number) => number) => {
      const other = saved();
      other[field] = change(other[field]);
      return other;
    };

    it.each([
      ['as it was saved', saved],
      ['with as many entries as it has room for', () => changed(SessionRecord.count, () => 5)],
      ['without room for any', () => connected({ sendCapacity: 0, receiveCapacity: 0 }).save()],
    ])('a session %s', (_, make) => {
      expect(ClientSession.restore(make())).toBeInstanceOf(ClientSession);
    });

    it.each(['format', 'sendCapacity', 'receiveCapacity', 'aliasOffset', 'aliasBytes', 'length'] as const)(
      'no session whose %s is one too small or too large',
      (name) => {
        const codeName = name === 'format' ? 'SESSION_FORMAT' : 'SESSION_TORN';
        for (const step of [-1, 1]) {
          const other = changed(SessionRecord[name], (value) => value + step);
          expect(thrown(() => ClientSession.restore(other)).codeName, `${step}`).toBe(codeName);
        }
      },
    );

    it('no session with more entries than it has room for', () => {
      const full = changed(SessionRecord.count, () => 6);
      expect(thrown(() => ClientSession.restore(full)).codeName).toBe('SESSION_TORN');
    });

    it('no session of which bytes are missing, or that has more', () => {
      const bytes = saved();
      for (const length of [0, 3, SessionContext.HEADER - 1, SessionContext.HEADER, bytes.length - 1]) {
        expect(thrown(() => ClientSession.restore(bytes.subarray(0, length))).codeName, `${length}`).toBe(
          'SESSION_TORN',
        );
      }
      const longer = Buffer.concat([bytes, Buffer.alloc(4)]);
      expect(thrown(() => ClientSession.restore(longer)).codeName).toBe('SESSION_TORN');
    });
  });

  it('returns payloads as views on the chunk that brought the whole packet', () => {
    const session = connected();
    for (let round = 0; round < 3; round++) {
      const chunk = new Uint8Array(encodePacket({ ...publish, qos: 0 } as Packet, 5));
      const [{ packet }] = session.receive(chunk, 0);
      expect((packet as PublishPacket).payload.buffer).toBe(chunk.buffer);
    }
  });

  it('accepts a part of a packet after a whole one in the same chunk', () => {
    const bytes = encodePacket({ ...publish, qos: 0, payload: Buffer.alloc(40, 1) } as Packet, 5);
    for (let cut = 1; cut < bytes.length; cut++) {
      const session = connected();
      const types = (chunk: Uint8Array) => session.receive(chunk, 0).map(({ type }) => type);
      expect(types(Buffer.concat([bytes, bytes.subarray(0, cut)]))).toEqual(['message']);
      expect(types(bytes.subarray(cut))).toEqual(['message']);
    }
  });

  it('accepts packets byte by byte while all its room is in use', () => {
    const session = connected();
    const incoming = (packetId: number) => encodePacket({ ...publish, qos: 2, packetId } as Packet, 5);
    for (let packetId = 0x1001; packetId <= 0x1008; packetId++) session.receive(incoming(packetId), 0);
    const bytes = encodePacket({ type: 'pubrel', packetId: 0x1001, reasonCode: 0 }, 5);
    const events = [...bytes].flatMap((byte) => session.receive(Uint8Array.of(byte), 0));
    expect(events.map(({ type }) => type)).toEqual(['released']);
  });

  it('names the byte at which a packet from the server breaks a rule, and a packet without a type', () => {
    const problem = (hex: string) => caught(() => connected().receive(Buffer.from(hex, 'hex'), 0));
    expect(problem('d00100')).toMatchObject({ byteOffset: 2 });
    expect((problem('0000') as Error).message).toContain('malformed packet, byte 0: ');
  });

  it('accepts packets byte by byte while its room for topics is in use', () => {
    const session = connected({ aliasBytes: 120 }, { topicAliasMaximum: 1 });
    const message = (topic: string) =>
      encodePacket({ ...publish, qos: 0, topic, properties: { topicAlias: 1 } } as Packet, 5);
    session.receive(message('x'.repeat(110)), 0);
    const events = [...message('')].flatMap((byte) => session.receive(Uint8Array.of(byte), 0));
    expect(events).toMatchObject([{ packet: { topic: 'x'.repeat(110) } }]);
  });

  it('sends nothing when a message is acknowledged after the connection was lost', () => {
    const session = connected({ manualAcknowledgement: true }, { sessionExpiryInterval: 60 });
    session.receive(encodePacket({ ...publish, qos: 2, packetId: 9 } as Packet, 5), 0);
    session.close();
    expect(session.send({ type: 'pubrec', packetId: 9, reasonCode: 0 }, 0)).toBe(9);
    expect(session.takeOutput()).toEqual([]);
  });

  it('sends every PUBREL that is due after a reconnect in one tick', () => {
    const session = connected({}, { sessionExpiryInterval: 60 });
    for (const packetId of [1, 2, 3]) {
      session.send({ ...publish, qos: 2 } as Packet, 0);
      session.receive(encodePacket({ type: 'pubrec', packetId, reasonCode: 0 }, 5), 0);
    }
    session.close();
    session.send(connectPacket(5), 0);
    session.receive(encodePacket({ type: 'connack', sessionPresent: true, reasonCode: 0 }, 5), 0);
    session.takeOutput();
    expect(session.tick(0)).toBeUndefined();
    expect(sent(session).map((packet) => [packet.type, 'packetId' in packet && packet.packetId])).toEqual([
      ['pubrel', 1],
      ['pubrel', 2],
      ['pubrel', 3],
    ]);
  });

  it("uses the given packet id, and does not change the caller's packet", () => {
    const session = connected();
    const packet = { ...publish };
    expect(session.send(packet as Packet, 0)).toBe(1);
    expect(packet).toEqual(publish);
    expect(session.send({ ...publish, packetId: 500 } as Packet, 0)).toBe(500);
    expect(sent(session)).toMatchObject([{ packetId: 1 }, { packetId: 500 }]);
  });

  it('accepts a packet of exactly its own maximum, and no larger one', () => {
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
});

it('a SessionError of an unknown code shows the number', () => {
  expect(new SessionError(-9999, 'connection')).toMatchObject({
    message: 'connection: result code -9999',
    ...{ code: -9999, codeName: 'UNKNOWN', statement: '', reasonCode: undefined, packetType: '' },
  });
});
