import { expect, it } from 'vitest';
import { scratch } from '../../../../host/core/engine/scratch.js';
import { ClientSession, encodePacket, type Packet } from '../../../../host/core/index.js';
import { connected, publish, sent } from './client-session-rig.js';

const answer = (packetId: number) => encodePacket({ type: 'puback', packetId, reasonCode: 0 }, 5);

it('sessions of different sizes that are used by turns keep their states apart', () => {
  const sessions = [1, 50, 3, 3].map((sendCapacity) => connected({ sendCapacity, aliasBytes: sendCapacity }));
  for (let turn = 1; turn <= 3; turn++) {
    const ids = sessions.map((session) => session.send(publish as Packet, 0));
    expect(ids).toEqual([turn, turn, turn, turn]);
    expect(sessions.map((session) => session.receive(answer(turn), 0)[0].type)).toEqual(Array(4).fill('published'));
  }
  expect(sessions.map((session) => session.state)).toEqual(Array(4).fill('connected'));
});

it('a session goes on, and is saved as it was, when the core gives memory back under it', () => {
  const session = connected();
  session.send(publish as Packet, 0);
  const before = session.save();
  scratch.reserve(20_000_000);
  const { generation } = scratch;
  scratch.reserve(0);
  expect(scratch.u8.length).toBeLessThan(20_000_000);
  expect(scratch.generation).toBeGreaterThan(generation);
  expect(session.save()).toEqual(before);
  expect(session.receive(answer(1), 0)[0].type).toBe('published');
});

it('a session whose packet was refused goes on with the next one after other sessions were used', () => {
  const session = connected();
  const other = connected({ sendCapacity: 30 });
  const stray = encodePacket({ type: 'pubrec', packetId: 1, reasonCode: 0 }, 5);
  session.send(publish as Packet, 0);
  expect(() => session.receive(Buffer.concat([stray, answer(1)]), 0)).toThrow(/pubrec/);
  other.send(publish as Packet, 0);
  expect(sent(other)).toHaveLength(1);
  expect(session.receive(new Uint8Array(0), 0)).toMatchObject([{ type: 'published', packet: { packetId: 1 } }]);
});

it('bytes that are too few for a session are refused, and the session that was used before goes on', () => {
  const session = connected();
  for (const length of [0, 3, 251])
    expect(() => ClientSession.restore(new Uint8Array(length))).toThrow(/SESSION|context/);
  expect(session.send(publish as Packet, 0)).toBe(1);
});
