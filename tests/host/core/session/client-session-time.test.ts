import { describe, expect, it } from 'vitest';
import { ClientSession, encodePacket, type Packet, SessionError } from '../../../../host/core/index.js';
import { connected, connectPacket, publish, sent, thrown } from './client-session-rig.js';

/** Two megabytes of QoS 0. */
const LARGE = encodePacket({ ...publish, qos: 0, payload: Buffer.alloc(2_000_000) } as Packet, 5);
/** Bytes that come in a second. */
const RATE = 32_000;
const PONG = Buffer.from('d000', 'hex');
const authentication = { authenticationMethod: 'x' };
const auth = (reasonCode: number): Packet => ({ type: 'auth', reasonCode, properties: authentication });

/** Bytes that arrive at RATE, with a tick and then a chunk each second. Returns the time at the end. */
function slowly(session: ClientSession, bytes: Uint8Array, from: number, tick: (now: number) => void): number {
  let now = from;
  for (let at = 0; at < bytes.length; at += RATE) {
    now += 1000;
    tick(now);
    session.receive(bytes.subarray(at, at + RATE), now);
  }
  return now;
}

describe('ClientSession in time', () => {
  it('is alive while a packet arrives for longer than PINGRESP may take, which waits behind it (3.1.2.10)', () => {
    const session = connected({ responseTimeout: 20_000 }, undefined, { serverKeepAlive: 30 });
    const end = slowly(session, Buffer.concat([LARGE, PONG]), 0, (now) => session.tick(now));
    expect(end).toBeGreaterThan(60_000);
    expect(sent(session).map(({ type }) => type)).toEqual(['pingreq', 'pingreq']);
    expect(session.nextDeadline(end)).toBe(90_000);
  });

  it('ends when a packet stops arriving', () => {
    const session = connected({ responseTimeout: 20_000 }, undefined, { serverKeepAlive: 30 });
    const end = slowly(session, LARGE.subarray(0, 40 * RATE), 0, (now) => session.tick(now));
    session.receive(Buffer.alloc(0), end + 19_999);
    session.tick(end + 19_999);
    expect(thrown(() => session.tick(end + 20_000)).codeName).toBe('RESPONSE_TIMEOUT');
  });

  it('is alive when a packet begins to arrive', () => {
    const session = connected({ responseTimeout: 20_000 }, undefined, { serverKeepAlive: 30 });
    session.tick(30_000);
    session.receive(LARGE.subarray(0, 100), 45_000);
    session.tick(64_999);
    expect(thrown(() => session.tick(65_000)).codeName).toBe('RESPONSE_TIMEOUT');
  });

  it('takes an empty chunk for no sign of life, even while bytes wait behind a refused packet', () => {
    const session = connected({ responseTimeout: 20_000 }, undefined, { serverKeepAlive: 30 });
    session.tick(30_000);
    const stray = encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 5);
    expect(() => session.receive(Buffer.concat([stray, LARGE.subarray(0, 100)]), 35_000)).toThrow(SessionError);
    expect(session.receive(Buffer.alloc(0), 40_000)).toEqual([]);
    session.tick(49_999);
    expect(thrown(() => session.tick(50_000)).codeName).toBe('RESPONSE_TIMEOUT');
  });

  it('an AUTH that nobody answers ends after the response timeout, although PINGRESPs come (4.12.1)', () => {
    const session = connected({ responseTimeout: 20_000 }, authentication, { ...authentication, serverKeepAlive: 10 });
    session.send(auth(0x19), 0);
    for (let now = 1000; now < 20_000; now += 1000) {
      session.tick(now);
      if (sent(session).length > 0) expect(session.receive(PONG, now)).toMatchObject([{ type: 'pong' }]);
    }
    expect(thrown(() => session.tick(20_000)).codeName).toBe('RESPONSE_TIMEOUT');
  });

  it('the answer to AUTH does not stand for PINGRESP', () => {
    const session = connected({ responseTimeout: 20_000 }, authentication, authentication);
    session.send(auth(0x19), 0);
    session.send({ type: 'pingreq' }, 0);
    expect(session.receive(encodePacket(auth(0), 5), 0)).toMatchObject([{ type: 'authenticated' }]);
    expect(thrown(() => session.tick(20_000)).codeName).toBe('RESPONSE_TIMEOUT');
  });

  it('the answer to AUTH may wait behind a packet that arrives for longer than the response timeout', () => {
    const session = connected({ responseTimeout: 20_000 }, authentication, authentication);
    session.send(auth(0x19), 0);
    const events: string[] = [];
    const end = slowly(session, LARGE, 0, (now) => session.tick(now));
    session.tick(end + 10_000);
    for (const { type } of session.receive(encodePacket(auth(0), 5), end + 10_000)) events.push(type);
    expect(events).toEqual(['authenticated']);
  });

  it('a clock that goes back by a millisecond is neither silence nor a timeout', () => {
    const waiting = new ClientSession();
    waiting.send(connectPacket(5), 1000);
    expect(waiting.tick(999)).toBeUndefined();
    const session = connected();
    session.send({ ...publish, qos: 0 } as Packet, 1001);
    session.takeOutput();
    session.tick(1000);
    expect(session.takeOutput()).toEqual([]);
  });
});
