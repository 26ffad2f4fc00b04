// alone: it watches the memory that the core keeps
import { expect, it } from 'vitest';
import { scratch } from '../../../../host/core/engine/scratch.js';
import { encodePacket, hexEncode, PacketCursor, PacketDecoder } from '../../../../host/core/index.js';

const MANY = 17 * 1024 * 1024;
const publish = (topic: string, length = 1) =>
  encodePacket({ type: 'publish', topic, payload: Buffer.alloc(length, 7), qos: 0, retain: false, dup: false }, 4);

/** Lets the core use more memory than it keeps. */
function takeMuch(): void {
  scratch.reserve(MANY);
  expect(scratch.u8.length).toBeGreaterThan(MANY);
}

/** Any call that needs little. */
function giveBack(): void {
  expect(hexEncode(Buffer.alloc(100, 0xab))).toBe('ab'.repeat(100));
  expect(scratch.u8.length).toBeLessThan(1024 * 1024);
}

it('the core has small memory again after the next call', () => {
  takeMuch();
  const before = scratch.generation;
  giveBack();
  expect(scratch.generation).toBeGreaterThan(before);
});

it('packets that a cursor is to show are shown after the core gave its memory back', () => {
  const cursor = new PacketCursor();
  cursor.push(Buffer.concat([publish('first'), publish('second'), publish('third')]));
  expect(cursor.next() && cursor.topic).toBe('first');
  takeMuch();
  expect(cursor.topic).toBe('first');
  giveBack();
  expect([cursor.topic, cursor.next(), cursor.topic, cursor.payload[0]]).toEqual(['first', true, 'second', 7]);
  expect([cursor.next(), cursor.topic, cursor.next()]).toEqual([true, 'third', false]);
});

it('a cursor goes on with the rest of a chunk after the core gave its memory back', () => {
  const cursor = new PacketCursor();
  const packets = Array.from({ length: 600 }, (_, n) => publish(`topic ${n}`));
  cursor.push(Buffer.concat(packets));
  for (let n = 0; n < 600; n++) {
    expect(cursor.next() && cursor.topic).toBe(`topic ${n}`);
    if (n % 100 === 50) {
      takeMuch();
      giveBack();
    }
  }
  expect(cursor.next()).toBe(false);
});

it('an idle cursor shows zeros, also after the memory of the core grew', () => {
  const cursor = new PacketCursor();
  cursor.push(publish('a'));
  while (cursor.next());
  takeMuch();
  expect([cursor.type, cursor.length, cursor.payload.length, cursor.topic]).toEqual([0, 0, 0, '']);
  expect(() => cursor.toObject()).toThrow('the cursor shows no packet');
});

it('huge packets after one another are decoded, each in memory of its own', () => {
  const decoder = new PacketDecoder();
  for (let n = 0; n < 3; n++) {
    expect(decoder.push(publish('huge', MANY))).toMatchObject([{ topic: 'huge' }]);
    expect(decoder.push(publish('small'))).toMatchObject([{ topic: 'small' }]);
  }
});
