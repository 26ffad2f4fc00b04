import { describe, expect, it } from 'vitest';
import { PacketRecord } from '../../../../build/abi/core.js';
import { fillRecord } from '../../../../host/core/encode/encode.js';
import { packetSize } from '../../../../host/core/encode/packet-writer.js';
import { core } from '../../../../host/core/engine/core.js';
import { recordAddress, scratch } from '../../../../host/core/engine/scratch.js';
import { encodePacket, MqttError, type Packet } from '../../../../host/core/index.js';
import { samplePackets } from '../support/packet-arbitraries.js';

/** The bytes that the encoder of the core writes from the record. */
function encodeRecord(room: number): Buffer {
  const output = scratch.take(room);
  const length = core.mqtt_encode(recordAddress, output, room);
  expect(length).toBeGreaterThan(0);
  return Buffer.from(scratch.u8.subarray(output, output + length));
}

describe.each([4, 5] as const)('the record of a packet of version %i', (version) => {
  it('is read from the bytes of encodePacket, and the encoder of the core writes the same bytes from it', () => {
    for (const sample of samplePackets(version, 1000, version * 31)) {
      // A session sends the payload of a PUBLISH itself.
      const packet = sample.type === 'publish' ? { ...sample, payload: Buffer.alloc(0) } : sample;
      const expected = encodePacket(packet, version);
      const size = packetSize(fillRecord(packet, version));
      expect(size).toBe(expected.length);
      expect(scratch.u32[(recordAddress + PacketRecord.length) >> 2]).toBe(size);
      expect(encodeRecord(size).equals(expected)).toBe(true);
    }
  });

  it('is not filled from a refused packet', () => {
    const packet = {
      type: 'publish',
      topic: '#',
      payload: Buffer.alloc(0),
      qos: 0,
      retain: false,
      dup: false,
    } as Packet;
    expect(() => fillRecord(packet, version)).toThrow(MqttError);
    expect(() => fillRecord({ ...packet, topic: 1 } as unknown as Packet, version)).toThrow(TypeError);
  });
});
