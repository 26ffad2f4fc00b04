// Decodes packets with the built core and prints, as one JSON object, by how much the JavaScript heap grew.
// Usage: node --expose-gc --import tsx heap.ts cursor|object PACKETS
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';

const built = new URL('../../../../../build/host/core.js', import.meta.url);
const core: typeof import('../../../../../host/core/index.js') = await import(built.href);
const { encodePacket, PacketCursor, PacketDecoder } = core;

const [way, count] = [process.argv[2] as 'cursor' | 'object', Number(process.argv[3])];
const PAYLOAD = 16;
const publish = (packetId: number) =>
  encodePacket(
    {
      type: 'publish',
      topic: 'sensor/device/UV00000001',
      payload: Buffer.alloc(PAYLOAD, 'a'),
      qos: 1,
      retain: false,
      dup: false,
      packetId,
    },
    4,
  );
/** 64 KiB of the stream, which are decoded again and again. */
const packets = Array.from({ length: 1337 }, (_, n) => publish(n + 1));
const chunk = Buffer.concat(packets);

const cursor = new PacketCursor();
const decoder = new PacketDecoder();
let sum = 0;

const ways = {
  cursor() {
    cursor.push(chunk);
    while (cursor.next()) sum += cursor.type + cursor.qos + cursor.packetId + cursor.payloadLength;
  },
  object() {
    for (const packet of decoder.push(chunk)) {
      const { qos, packetId = 0, payload } = packet as { qos: number; packetId?: number; payload: Uint8Array };
      sum += 3 + qos + packetId + payload.length;
    }
  },
};

function decode(chunks: number): void {
  const run = ways[way];
  for (let n = 0; n < chunks; n++) run();
}

let collections = 0;
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length;
});
observer.observe({ entryTypes: ['gc'] });

/** Lets the engine finish its compilation, and the observer hear of collections. */
async function settle(): Promise<void> {
  for (let n = 0; n < 5; n++) await turn();
}

const chunks = Math.ceil(count / packets.length);
decode(chunks); // engines compile hot code, and keep what they learn on the heap
await settle();
if (!globalThis.gc) throw new Error('heap.ts needs the option --expose-gc');
globalThis.gc();
await settle();
collections = 0;
sum = 0;
const before = getHeapStatistics().used_heap_size;
decode(chunks);
const grown = getHeapStatistics().used_heap_size - before;
await settle();
observer.disconnect();
const decoded = chunks * packets.length;
const expected = chunks * packets.reduce((total, _, n) => total + 3 + 1 + n + 1 + PAYLOAD, 0);
console.log(JSON.stringify({ way, decoded, right: sum === expected, collections, grown, perPacket: grown / decoded }));
