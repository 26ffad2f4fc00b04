// Takes one huge PUBLISH the way that is named, then a small one, and prints what memory the process has more than before, MiB.
import { setImmediate } from 'node:timers/promises';
import { ClientSession, encodePacket, PacketBatch, PacketDecoder } from '../../../../../host/core/index.js';

const MIB = 1024 * 1024;
const [way = '', megabytes = ''] = process.argv.slice(2);
const payloadOf = (length: number) => Buffer.alloc(length, 0x2a);
const publish = (payload: Buffer) =>
  ({ type: 'publish', topic: 'a', payload, qos: 0, retain: false, dup: false }) as const;

/** A PUBLISH of 3.1.1 made by hand, so that only what is measured uses the core. */
function publishBytes(length: number): Buffer {
  const head = Buffer.from([0x30, 0, 0, 0, 0, 0, 1, 0x61]);
  let rest = length + 3;
  for (let at = 1; at < 5; at++, rest >>= 7) head[at] = (rest & 0x7f) | (at < 4 ? 0x80 : 0);
  return Buffer.concat([head, payloadOf(length)]);
}

function connected(): ClientSession {
  const session = new ClientSession();
  session.send({ type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: 'c' }, 0);
  session.receive(encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 4), 1);
  session.takeOutput();
  return session;
}

const session = connected();
const decoder = new PacketDecoder();
const batch = new PacketBatch(4);
/** Another connection of the same process, which shows nothing. */
const idle = new PacketDecoder();
idle.push(encodePacket({ type: 'pingreq' }, 4));

/** Each way takes a packet whose payload is so long, and returns the length that came out. */
const ways: Record<string, (length: number) => number> = {
  decoder: (length) => {
    const [packet] = decoder.push(publishBytes(length));
    return packet.type === 'publish' ? packet.payload.length : 0;
  },
  'decoder, in fragments': (length) => {
    const bytes = publishBytes(length);
    let found = 0;
    for (let at = 0; at < bytes.length; at += 65_536) {
      for (const packet of decoder.push(Buffer.from(bytes.subarray(at, at + 65_536)))) {
        if (packet.type === 'publish') found = packet.payload.length;
      }
    }
    return found;
  },
  encoder: (length) => encodePacket(publish(payloadOf(length)), 4).length - (length < 0x4000 ? 6 : 8),
  'encoder of a long list': (length) => {
    const codes = Array.from<number>({ length }).fill(1);
    return encodePacket({ type: 'suback', packetId: 1, reasonCodes: codes }, 4).length - (length < 0x4000 ? 5 : 7);
  },
  batch: (length) => {
    batch.add(publish(payloadOf(length)));
    return batch.take().length - (length < 0x4000 ? 6 : 8);
  },
  'session, received': (length) => {
    const [event] = session.receive(publishBytes(length), 2);
    return event.packet.type === 'publish' ? event.packet.payload.length : 0;
  },
  'session, sent': (length) => {
    session.send(publish(payloadOf(length)), 3);
    const [packet] = session.takeOutput();
    return packet.length - (length < 0x4000 ? 6 : 8);
  },
};

async function used(): Promise<number> {
  for (let n = 0; n < 4; n++) {
    global.gc?.();
    await setImmediate();
  }
  const { rss, external } = process.memoryUsage();
  return Math.max(rss, external) / MIB;
}

const take = ways[way];
take(200);
const before = await used();
const taken = take(Number(megabytes) * MIB);
const most = await used();
take(200);
const after = await used();
console.log(JSON.stringify({ taken, most: most - before, left: after - before }));
