import { expect, it } from 'vitest';
import type { CoreExports } from '../../../../build/abi/core.js';
import { DATA_END } from '../../../../host/core/engine/load.js';
import { scratch } from '../../../../host/core/engine/scratch.js';
import { encodePacket, type Packet, PacketDecoder } from '../../../../host/core/index.js';
import { compile } from '../support/bare-core.js';

it('packets that end around the end of linear memory are encoded and decoded, and memory grows for them', () => {
  const room = scratch.u8.length - scratch.reserve(0);
  for (let size = room; size < room + 6; size++) {
    const packet: Packet = { type: 'suback', packetId: 1, reasonCodes: Array(size - 6).fill(1), properties: {} };
    const bytes = encodePacket(packet, 5);
    expect(new PacketDecoder({ protocolVersion: 5 }).push(bytes)).toMatchObject([{ packetId: 1 }]);
  }
});

it('a packet that is about as long as all the memory for it is encoded', () => {
  const room = scratch.u8.length - scratch.reserve(0);
  for (const length of [room - 6, room - 2]) {
    // Nothing is decoded in between, since that would take more memory.
    const packet = encodePacket({ type: 'suback', packetId: 1, reasonCodes: Array(length).fill(1) }, 4);
    expect(packet.subarray(-length).equals(Buffer.alloc(length, 1))).toBe(true);
  }
});

it('a packet of few fields that is about as long as all the memory for it is encoded', () => {
  scratch.ensure(17 * 1024 * 1024);
  const address = scratch.reserve(0);
  const room = scratch.u8.length - address;
  const packetOf = (length: number) =>
    encodePacket(
      {
        type: 'disconnect',
        reasonCode: 0,
        properties: { userProperty: [['x'.repeat(room >> 1), 'y'.repeat(length)]] },
      },
      5,
    );
  const more = packetOf(1).length - 1;
  for (const length of [room - 8, room, room + 4]) expect(packetOf(length - more)).toHaveLength(length);
});

it.each(['core.wasm', 'core.simd.wasm'] as const)(
  'memory of the caller begins with the first word after the tables of %s',
  (build) => {
    const core = compile(build).instantiate() as unknown as CoreExports;
    const words = new Uint32Array(core.memory.buffer);
    expect(core.heap_base()).toBe(4 * (words.findLastIndex((word) => word !== 0) + 1));
    expect(core.heap_base()).toBeLessThanOrEqual(DATA_END);
  },
);
