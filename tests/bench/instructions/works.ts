import { chunkOf, mix, sampleOf } from '../../../host/bench/codec/bench-packets.js';
import {
  encodePacket,
  hexDecode,
  hexEncode,
  PacketBatch,
  PacketCursor,
  PacketDecoder,
} from '../../../host/core/index.js';

/** Work that is counted: so many packets or texts in one run. */
export interface Work {
  units: number;
  run(): void;
}

/** Packets that one run encodes. */
const PACKETS = 256;

const times = (run: () => void): Work => ({
  units: PACKETS,
  run: () => {
    for (let n = 0; n < PACKETS; n++) run();
  },
});

function decode(chunkMade: () => { chunk: Buffer; count: number }): () => Work {
  return () => {
    const { chunk, count } = chunkMade();
    const decoder = new PacketDecoder();
    return { units: count, run: () => void decoder.push(chunk) };
  };
}

function cursor(): Work {
  const { chunk, count } = mix();
  const packets = new PacketCursor();
  const run = () => {
    packets.push(chunk);
    while (packets.next());
  };
  return { units: count, run };
}

function encode(name: string): () => Work {
  return () => {
    const { packet, protocolVersion } = sampleOf(name);
    return times(() => void encodePacket(packet, protocolVersion));
  };
}

function batch(): Work {
  const { packet, protocolVersion } = sampleOf('A');
  const packets = new PacketBatch(protocolVersion);
  const run = () => {
    for (let n = 0; n < PACKETS; n++) packets.add(packet);
    packets.take();
  };
  return { units: PACKETS, run };
}

const bytes = Buffer.alloc(1024, 'instructions');
const digits = bytes.toString('hex');

/** By the names that the rows of `wasmqtt bench` have. */
export const WORKS: Readonly<Record<string, () => Work>> = {
  'decode.cursor.mix': cursor,
  'decode.object.A': decode(() => chunkOf(sampleOf('A'))),
  'decode.object.mix': decode(mix),
  'encode.buffer.A': encode('A'),
  'encode.buffer.B': encode('B'),
  'encode.batch.A': batch,
  'hex.encode.1k': () => times(() => void hexEncode(bytes)),
  'hex.decode.1k': () => times(() => void hexDecode(digits)),
};
