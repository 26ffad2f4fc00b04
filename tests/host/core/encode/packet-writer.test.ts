import { describe, expect, it } from 'vitest';
import { borrowWriter, giveBack, PacketWriter } from '../../../../host/core/encode/packet-writer.js';
import { writeString } from '../../../../host/core/encode/write-string.js';
import { encodePacket, PacketBatch, PacketDecoder } from '../../../../host/core/index.js';

/** The memory that small packets share, bytes. */
const SHARED = 16_384;

/** Writes a packet with this payload. */
function write(writer: PacketWriter, payloadLength: number): void {
  writer.begin(4);
  writeString(writer, 'a', 'publish', 'topic');
  writer.close(payloadLength, 'publish');
  writer.finish(0x30, Buffer.alloc(payloadLength), payloadLength);
}

describe('a writer', () => {
  it('keeps the memory that small packets share, and leaves more to those who took packets from it', () => {
    const writer = new PacketWriter();
    const kept = [10, SHARED].map((length) => {
      write(writer, length);
      writer.take();
      return writer.bytes.length;
    });
    expect(kept).toEqual([SHARED, 0]);
  });

  it('is used again, unless it holds the memory of a large packet', () => {
    const writers = [10, SHARED].map((length) => {
      const writer = borrowWriter();
      write(writer, length);
      expect(writer.isLarge).toBe(length === SHARED);
      giveBack(writer);
      return { writer, next: borrowWriter() };
    });
    expect(writers.map(({ writer, next }) => writer === next)).toEqual([true, false]);
  });

  it('writes packets without text after a large one', () => {
    const payload = Buffer.alloc(SHARED);
    expect(
      encodePacket({ type: 'publish', topic: 'a', payload, qos: 0, retain: false, dup: false }, 4).length,
    ).toBeGreaterThan(SHARED);
    expect(encodePacket({ type: 'puback', packetId: 7, reasonCode: 0 }, 4).toString('hex')).toBe('40020007');
  });

  it('holds up to 1 GiB of packets', () => {
    const full = new PacketWriter();
    expect(() => full.room(2 ** 30)).not.toThrow(); // never touched, so it takes no memory
    const refusal = new RangeError('packets of more than 1 GiB in one piece: take them before');
    expect(() => new PacketWriter().room(2 ** 30 + 1)).toThrow(refusal);
    const writer = new PacketWriter();
    write(writer, 10);
    writer.begin(4);
    expect(() => writer.room(2 ** 30)).toThrow(refusal);
  });
});

it('packets behind many others in a batch are checked in the little memory that they need', () => {
  const batch = new PacketBatch(4);
  const publish = { type: 'publish', topic: 'a', payload: Buffer.alloc(60_000), qos: 0, retain: false, dup: false };
  for (let n = 0; n < 5; n++) batch.add(publish as never);
  batch.add({ type: 'pingreq' });
  expect(new PacketDecoder().push(batch.take()).map(({ type }) => type)).toEqual([
    ...Array(5).fill('publish'),
    'pingreq',
  ]);
});
