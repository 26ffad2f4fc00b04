import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Outgoing } from '../../../../host/broker/listeners/outgoing.js';

/** A stream, and what reached its other end: one list for each write. */
function setUp() {
  const writes: Uint8Array[][] = [];
  const stream = new Duplex({
    writableHighWaterMark: 16_384,
    read() {},
    write(chunk, _encoding, done) {
      writes.push([chunk]);
      done();
    },
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => chunk as Uint8Array));
      done();
    },
  });
  return { stream, writes, outgoing: new Outgoing(stream) };
}

const bytes = (length: number, value: number) => Buffer.alloc(length, value);

describe('what one turn has for one stream', () => {
  it('leaves as one piece when it is many small ones', () => {
    const { writes, outgoing } = setUp();
    for (let n = 0; n < 100; n++) outgoing.add(bytes(10, n));
    expect([writes.length, outgoing.size]).toEqual([0, 1000]);
    outgoing.flush();
    expect(writes.map((pieces) => pieces.map(({ length }) => length))).toEqual([[1000]]);
    expect([...writes[0][0].filter((_, at) => at % 10 === 0)]).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it('leaves as it is when it is one piece', () => {
    const { writes, outgoing } = setUp();
    const piece = bytes(10, 1);
    outgoing.add(piece);
    outgoing.flush();
    expect(writes[0][0]).toBe(piece);
  });

  it('leaves in one write and in its order, large pieces without being copied', () => {
    const { writes, outgoing } = setUp();
    const large = bytes(2049, 3);
    for (const piece of [bytes(5, 1), bytes(2048, 2), large, bytes(5, 4), bytes(5, 5)]) outgoing.add(piece);
    outgoing.flush();
    expect(writes).toHaveLength(1);
    expect(writes[0].map((piece) => [piece.length, piece[0]])).toEqual([
      [2053, 1],
      [2049, 3],
      [10, 4],
    ]);
    expect(writes[0][1]).toBe(large);
  });

  it('is with the stream before the turn ends when it is much: so the stream knows that it is behind', () => {
    const { stream, writes, outgoing } = setUp();
    for (let n = 0; n < 64; n++) outgoing.add(bytes(1024, n));
    expect([writes.length, outgoing.size, stream.writableLength, stream.writableNeedDrain]).toEqual([
      0,
      0,
      65_536,
      true,
    ]);
    outgoing.add(bytes(1, 64));
    outgoing.flush();
    expect(writes.map((pieces) => pieces.map(({ length }) => length))).toEqual([[65_536, 1]]);
  });
});
