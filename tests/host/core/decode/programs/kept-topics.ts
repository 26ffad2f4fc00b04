// Decodes chunks of many packets with the built core, keeps one topic of each, and prints by how much the JavaScript heap grew for one.
// Usage: node --expose-gc --import tsx kept-topics.ts
import { setImmediate as turn } from 'node:timers/promises';

const built = new URL('../../../../../build/host/core.js', import.meta.url);
const core: typeof import('../../../../../host/core/index.js') = await import(built.href);
const { encodePacket, KnownTopics, PacketDecoder } = core;

const { gc } = globalThis;
if (!gc) throw new Error('kept-topics.ts needs the option --expose-gc');

/** One collection may leave what the next one takes: code that is no longer used, what an unfinished one has marked. */
async function collect(): Promise<void> {
  for (let n = 0; n < 5; n++) {
    await turn();
    gc?.();
  }
}

const COUNT = 10_000;
const publish = (topic: string) =>
  encodePacket({ type: 'publish', topic, payload: Buffer.from('21.5'), qos: 0, retain: false, dup: false }, 4);

/** Bytes of the heap for one topic that is kept, of chunks that `chunkOf` makes. */
async function perTopic(
  chunkOf: (n: number) => Buffer,
  options: ConstructorParameters<typeof PacketDecoder>[0],
): Promise<number> {
  const decoder = new PacketDecoder(options);
  const kept = new Array<string>(COUNT).fill('');
  const keep = (n: number) => {
    const packets = decoder.push(chunkOf(n));
    const packet = packets[packets.length >> 1];
    if (packet.type === 'publish') kept[n] = packet.topic;
  };
  for (let n = 0; n < COUNT; n++) keep(n);
  kept.fill('');
  await collect();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < COUNT; n++) keep(n);
  await collect();
  const grown = process.memoryUsage().heapUsed - before;
  if (kept.includes('')) throw new Error('a topic is missing');
  return grown / COUNT;
}

const neighbours = Array.from({ length: 20 }, (_, n) => publish(`sensor/device/UV${100_000 + n}`));
const cold = (n: number) =>
  Buffer.concat([...neighbours, publish(`sensor/device/UV${200_000 + n}`), ...neighbours.slice(1)]);
const hotChunk = Buffer.concat(neighbours);
const hot = () => hotChunk;
console.log(
  JSON.stringify({
    once: await perTopic(cold, {}),
    again: await perTopic(hot, {}),
    known: await perTopic(hot, { knownTopics: new KnownTopics() }),
  }),
);
