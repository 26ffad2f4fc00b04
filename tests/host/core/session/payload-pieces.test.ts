import { describe, expect, it } from 'vitest';
import {
  ClientSession,
  type ClientSessionEvent,
  type ClientSessionOptions,
  encodePacket,
  LARGEST_PACKET,
  type Packet,
  type PublishStart,
  sendPayload,
} from '../../../../host/core/index.js';
import { caught, connected, connectPacket, publish, sent, thrown } from './client-session-rig.js';

const payload = Buffer.from('0123456789'.repeat(100));
const message = { ...publish, payload, packetId: 7 } as Packet;
const start: PublishStart = { ...publish, payload: payload.subarray(0, 10), payloadLength: 1000 } as PublishStart;
const piece = (from: number, to: number) =>
  ({ type: 'piece', payload: payload.subarray(from, to), remaining: 0 }) as const;
const small: ClientSessionOptions = { largestBuffered: 100 };

/** Puts the payload of a message together again. */
function joined(events: ClientSessionEvent[]): string {
  return Buffer.concat(events.map(({ packet }) => (packet as { payload: Uint8Array }).payload)).toString();
}

describe('a PUBLISH that is received in pieces', () => {
  it('is an event with its length and then one for each piece, however it is fragmented', () => {
    const bytes = encodePacket(message, 5);
    for (const length of [1, 7, 99, 500, bytes.length]) {
      const session = connected(small);
      const events: ClientSessionEvent[] = [];
      for (let at = 0; at < bytes.length; at += length) {
        events.push(...session.receive(Buffer.from(bytes.subarray(at, at + length)), 0));
      }
      expect(events[0]).toMatchObject({
        type: 'message',
        packet: { type: 'publish', topic: 'a', payloadLength: 1000 },
      });
      expect(events.slice(1).every(({ type }) => type === 'piece')).toBe(true);
      expect(joined(events)).toBe(payload.toString());
      if (events.length > 1) expect(events.at(-1)?.packet).toMatchObject({ remaining: 0 });
    }
  });

  it('is acknowledged with its last piece, and comes again when the connection ends before', () => {
    const session = connected(small, { sessionExpiryInterval: 60 });
    const bytes = encodePacket(message, 5);
    expect(session.receive(bytes.subarray(0, 900), 0)[0].type).toBe('message');
    expect(sent(session)).toEqual([]);
    session.close();
    session.send(connectPacket(5, { sessionExpiryInterval: 60 }), 0);
    session.receive(encodePacket({ type: 'connack', sessionPresent: true, reasonCode: 0 }, 5), 0);
    session.takeOutput();
    const [first, ...others] = session.receive(encodePacket({ ...message, dup: true } as Packet, 5), 0);
    expect(first.type).toBe('message');
    expect(joined([first, ...others])).toBe(payload.toString());
    expect(sent(session)).toMatchObject([{ type: 'puback', packetId: 7 }]);
  });

  it('is a duplicate from its first piece on when it was taken before', () => {
    const session = connected(small);
    const bytes = encodePacket({ ...message, qos: 2 } as Packet, 5);
    session.receive(bytes, 0);
    expect(session.receive(bytes, 0)[0].type).toBe('duplicate');
    expect(sent(session)).toMatchObject([{ type: 'pubrec' }, { type: 'pubrec' }]);
  });

  it('is acknowledged by hand when it is complete, not before', () => {
    const session = connected({ ...small, manualAcknowledgement: true });
    const bytes = encodePacket(message, 5);
    const acknowledge = () => session.send({ type: 'puback', packetId: 7, reasonCode: 0 }, 0);
    session.receive(bytes.subarray(0, 900), 0);
    expect(thrown(acknowledge).codeName).toBe('PACKET_ID_UNKNOWN');
    session.receive(bytes.subarray(900), 0);
    acknowledge();
    expect(sent(session)).toMatchObject([{ type: 'puback', packetId: 7 }]);
  });

  it('sets the topic of an alias when it is complete, and has the topic of one', () => {
    const session = connected({ ...small, aliasBytes: 40 }, { topicAliasMaximum: 2 });
    const long = { ...publish, qos: 0, payload, topic: 'gr\u00fcn', properties: { topicAlias: 2 } } as Packet;
    session.receive(encodePacket(long, 5), 0);
    const [again] = session.receive(encodePacket({ ...long, topic: '' } as Packet, 5), 0);
    expect(again.packet).toMatchObject({ topic: 'gr\u00fcn', payloadLength: 1000 });
  });

  it('is dropped with all its pieces when the session refuses it, and the session can go on after it', () => {
    const session = connected(small);
    const refused = encodePacket({ ...message, topic: '', properties: { topicAlias: 1 } } as Packet, 5);
    expect(thrown(() => session.receive(refused.subarray(0, 500), 0)).codeName).toBe('TOPIC_ALIAS_EXCEEDED');
    const events = session.receive(Buffer.concat([refused.subarray(500), encodePacket({ type: 'pingresp' }, 5)]), 0);
    expect(events.map(({ type }) => type)).toEqual(['pong']);
  });

  it('shows that the server is alive with each piece', () => {
    const session = connected({ ...small, responseTimeout: 1000 });
    const bytes = encodePacket(message, 5);
    session.tick(60_000);
    for (let n = 0; n < 5; n++) {
      session.receive(bytes.subarray(n * 200, n * 200 + 200), 60_900 + n * 900);
      session.tick(60_900 + n * 900);
    }
    expect(thrown(() => session.tick(65_500)).codeName).toBe('RESPONSE_TIMEOUT');
  });

  it('may be of a session that was saved', () => {
    const session = ClientSession.restore(new ClientSession().save(), small);
    session.send(connectPacket(5), 0);
    const connack = encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 5);
    expect(session.receive(Buffer.concat([connack, encodePacket(message, 5)]), 0).length).toBeGreaterThan(1);
    expect(() => new ClientSession({ largestBuffered: 0 })).toThrow(RangeError);
  });
});

describe('a PUBLISH that is sent in pieces', () => {
  it('has the bytes of one that is sent whole', () => {
    const whole = connected();
    const session = connected();
    expect(session.send(start, 1)).toBe(whole.send({ ...publish, payload } as Packet, 1));
    expect(session.send(piece(10, 10), 1)).toBe(0);
    session.send(piece(10, 600), 1);
    session.send(piece(600, 1000), 1);
    expect(Buffer.concat(session.takeOutput())).toEqual(Buffer.concat(whole.takeOutput()));
    expect(session.receive(encodePacket({ type: 'puback', packetId: 1, reasonCode: 0 }, 5), 1)).toMatchObject([
      { type: 'published' },
    ]);
  });

  it('is followed by what was due meanwhile', () => {
    const session = connected();
    session.send(start, 0);
    session.receive(encodePacket({ ...publish, packetId: 9 } as Packet, 5), 0);
    session.takeOutput();
    session.send(piece(10, 999), 0);
    expect(Buffer.concat(session.takeOutput())).toEqual(payload.subarray(10, 999));
    session.send(piece(999, 1000), 0);
    expect(session.takeOutput().map((bytes) => bytes.length)).toEqual([1, 4]);
  });

  it('lets no other packet and no further byte in between', () => {
    const session = connected();
    session.send(start, 0);
    session.takeOutput();
    const error = thrown(() => session.send({ type: 'disconnect', reasonCode: 0 }, 0));
    expect(error.message).toMatch(/^cannot send disconnect before the other 990 bytes of a payload: /);
    expect(caught(() => session.send({ ...piece(0, 991) }, 0))).toEqual(
      new RangeError('piece: 991 bytes, but only 990 of the payload of a PUBLISH are missing'),
    );
    expect(() => session.send({ ...piece(0, 1), payload: 'x' as never }, 0)).toThrow(TypeError);
    expect(session.takeOutput()).toEqual([]);
    session.close();
    expect(() => session.send(piece(0, 1), 0)).toThrow('only 0 of the payload');
  });

  it('needs no PINGREQ while it goes on, but the answer to an earlier one', () => {
    const session = connected({ responseTimeout: 1000 });
    session.send(start, 0);
    session.takeOutput();
    expect([session.nextDeadline(70_000), session.tick(70_000)]).toEqual([undefined, undefined]);
    session.send(piece(10, 1000), 70_000);
    session.takeOutput();
    session.tick(70_000);
    expect(sent(session)).toEqual([{ type: 'pingreq' }]);
    session.send({ ...start, qos: 0 }, 70_100);
    expect(session.nextDeadline(70_100)).toBe(71_000);
    expect(session.tick(70_999)).toBeUndefined();
    expect(thrown(() => session.tick(71_000)).codeName).toBe('RESPONSE_TIMEOUT');
  });

  it.each([
    ['longer than the server takes', { ...start, payloadLength: 2000 }, 'PACKET_TOO_LARGE', 1010],
    ['longer than MQTT allows', { ...start, payloadLength: LARGEST_PACKET - 5 }, 'PACKET_TOO_LARGE', 0xffff_ffff],
  ])('is refused before its first byte when it is %s', (_, packet, codeName, maximumPacketSize) => {
    const session = connected({}, {}, { maximumPacketSize });
    expect(caught(() => session.send(packet, 0))).toMatchObject({ codeName });
    expect(session.send({ ...start, payloadLength: 1000 }, 0)).toBe(1);
  });

  it.each([
    ['not a number', '5', TypeError],
    ['less than the first piece', 9, RangeError],
    ['more than a packet', LARGEST_PACKET, RangeError],
  ])('is refused when its length is %s', (_, payloadLength, kind) => {
    expect(() => connected().send({ ...start, payloadLength: payloadLength as number }, 0)).toThrow(kind);
  });
});

describe('a payload from a source of pieces', () => {
  const { payload: _, ...head } = start;
  /** Sends from the source; returns the bytes that were flushed, and what came of it. */
  async function send(source: Iterable<unknown> | AsyncIterable<unknown>, session = connected()) {
    const flushed: Buffer[] = [];
    const flush = () => {
      flushed.push(...session.takeOutput());
    };
    const outcome = await sendPayload(session, head, source as never, { now: () => 0, flush }).catch((error) => error);
    return { flushed, outcome, session };
  }

  it('is sent piece by piece', async () => {
    async function* source() {
      yield payload.subarray(0, 300);
      yield payload.subarray(300);
    }
    const { flushed, outcome } = await send(source());
    expect(outcome).toBe(1);
    expect(flushed.map((bytes) => bytes.length)).toEqual([9, 300, 700]);
    expect(Buffer.concat(flushed).subarray(9)).toEqual(payload);
  });

  it.each([
    ['is short', [payload.subarray(1)], 'pieces: the last 1 of 1000 bytes are missing'],
    ['is long', [payload, Buffer.alloc(1)], 'piece: 1 bytes, but only 0 of'],
    ['has a text', ['x'], 'pieces must be Uint8Arrays'],
  ])('closes the session when it %s', async (_, source, words) => {
    const { outcome, session } = await send(source);
    expect((outcome as Error).message).toContain(words);
    expect(session.state).toBe('closed');
  });

  it('is not begun when the session refuses the packet', async () => {
    const session = new ClientSession();
    const { flushed, outcome } = await send([payload], session);
    expect(outcome).toMatchObject({ codeName: 'SESSION_STATE' });
    expect(flushed).toEqual([]);
  });
});
