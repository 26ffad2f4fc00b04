import { isUtf8 } from 'node:buffer';
import { core } from '../core/engine/core.js';
import { scratch } from '../core/engine/scratch.js';
import { encodePacket, PacketBatch, PacketCursor, PacketDecoder, preparePublish, topicMatches } from '../core/index.js';
import * as dropIn from '../mqtt-packet/index.js';
import { chunkOf, coldTopics, mix, type Sample, samples } from './bench-packets.js';
import { decodeControl } from './control.js';
import { kept, type Row } from './measure.js';

/** The part of mqtt-packet that the rows call. */
export interface Peer {
  parser(options: { protocolVersion: number }): {
    on(event: 'packet', listener: () => void): void;
    parse(chunk: Buffer): number;
  };
  generate(packet: object, options: { protocolVersion: number }): Buffer;
}

/** Keeps results alive, so that no engine can skip the work. */
let sink = 0;

const PEER = 'mqtt-packet';
const CONTROL = 'control';

/** All rows; every input is made once. */
export function rows(peer: Peer): Row[] {
  const mixed = mix();
  const cold = coldTopics();
  return [
    ...samples.flatMap((sample) => decodeRows(peer, sample)),
    cursorRow(peer, 'mix', 4, mixed, 40),
    objectRow(peer, 'A-cold', 4, cold, 11),
    objectRow(peer, 'mix', 4, mixed, 11),
    controlRow('A', chunkOf(samples[0].bytes)),
    controlRow('A-cold', cold),
    controlRow('mix', mixed),
    fragmentRow(peer, 'decode.bytewise.mix', mixed, 1, 20),
    fragmentRow(peer, 'decode.chunks1500.mix', mixed, 1500, 9),
    ...samples.map((sample, index) => encodeRow(peer, sample, [3.5, 14, 16, 7][index])),
    ...samples.map((sample, index) => batchRow(peer, sample, [5.5, 22, 30, 10][index])),
    preparedRow(peer, samples[0]),
    dropInParseRow(peer, 'A', chunkOf(samples[0].bytes)),
    dropInParseRow(peer, 'mix', mixed),
    dropInGenerateRow(peer, samples[0]),
    ...Object.entries(texts).map(([name, text]) => utf8Row(name, Buffer.from(text))),
    matchRow(),
  ];
}

interface Input {
  chunk: Buffer;
  count: number;
}

function parse(peer: Peer, protocolVersion: number, chunk: Buffer): () => void {
  const parser = peer.parser({ protocolVersion });
  parser.on('packet', () => {
    sink++;
  });
  return () => void parser.parse(chunk);
}

function decodeRows(peer: Peer, { name, protocolVersion, bytes }: Sample): Row[] {
  const input = chunkOf(bytes);
  const targets: Record<string, [number, number]> = { A: [50, 14], B: [50, 11], C: [40, 9], D: [40, 9] };
  const [cursor, object] = targets[name];
  return [cursorRow(peer, name, protocolVersion, input, cursor), objectRow(peer, name, protocolVersion, input, object)];
}

function cursorRow(peer: Peer, name: string, protocolVersion: 3 | 4 | 5, { chunk, count }: Input, target: number): Row {
  const cursor = new PacketCursor({ protocolVersion });
  const ours = () => {
    let sum = 0;
    cursor.push(chunk);
    while (cursor.next()) sum += cursor.type + cursor.qos + cursor.payloadLength;
    sink += sum;
  };
  const bench = `decode.cursor.${name}`;
  return { bench, peer: PEER, target, units: count, ours, theirs: parse(peer, protocolVersion, chunk) };
}

function objectRow(peer: Peer, name: string, protocolVersion: 3 | 4 | 5, { chunk, count }: Input, target: number): Row {
  const decoder = new PacketDecoder({ protocolVersion });
  const ours = () => {
    sink += decoder.push(chunk).length;
  };
  const bench = `decode.object.${name}`;
  return { bench, peer: PEER, target, units: count, ours, theirs: parse(peer, protocolVersion, chunk) };
}

function controlRow(name: string, { chunk, count }: Input): Row {
  const decoder = new PacketDecoder();
  return {
    bench: `decode.object.${name}`,
    peer: CONTROL,
    target: 1.3,
    units: count,
    ours: () => {
      sink += decoder.push(chunk).length;
    },
    theirs: () => {
      sink += decodeControl(chunk).length;
    },
  };
}

/** The stream comes in fragments of `size` bytes. */
function fragmentRow(peer: Peer, bench: string, { chunk, count }: Input, size: number, target: number): Row {
  const fragments: Buffer[] = [];
  for (let at = 0; at < chunk.length; at += size) fragments.push(chunk.subarray(at, at + size));
  const decoder = new PacketDecoder();
  const parser = peer.parser({ protocolVersion: 4 });
  parser.on('packet', () => {
    sink++;
  });
  return {
    bench,
    peer: PEER,
    target,
    units: count,
    ours: () => {
      let packets = 0;
      for (const fragment of fragments) packets += decoder.push(fragment).length;
      sink += packets;
    },
    theirs: () => {
      for (const fragment of fragments) parser.parse(fragment);
    },
  };
}

function encodeRow(peer: Peer, sample: Sample, target: number): Row {
  const { name, protocolVersion, packet } = sample;
  return {
    bench: `encode.buffer.${name}`,
    peer: PEER,
    target,
    units: 1,
    ours: () => {
      sink += encodePacket(packet, protocolVersion).length;
    },
    theirs: generate(peer, sample, 1),
  };
}

/** Packets of one batch. */
const BATCH = 32;

function generate(peer: Peer, { protocolVersion, peerPacket }: Sample, times: number): () => void {
  const options = { protocolVersion };
  return () => {
    for (let n = 0; n < times; n++) sink += peer.generate(peerPacket, options).length;
  };
}

/** Many packets into one piece of memory, which the caller then owns. */
function batchRow(peer: Peer, sample: Sample, target: number): Row {
  const { name, protocolVersion, packet } = sample;
  const batch = new PacketBatch(protocolVersion);
  return {
    bench: `encode.batch.${name}`,
    peer: PEER,
    target,
    units: BATCH,
    ours: () => {
      for (let n = 0; n < BATCH; n++) batch.add(packet);
      sink += batch.take().length;
    },
    theirs: generate(peer, sample, BATCH),
  };
}

/** The same for a prepared PUBLISH. */
function preparedRow(peer: Peer, sample: Sample): Row {
  const { name, protocolVersion, packet } = sample;
  if (packet.type !== 'publish') throw new TypeError(`sample ${name} is not a PUBLISH`);
  const { payload } = packet;
  const batch = new PacketBatch(protocolVersion);
  const prepared = preparePublish(packet, protocolVersion);
  return {
    bench: `encode.prepared.${name}`,
    peer: PEER,
    target: 20,
    units: BATCH,
    ours: () => {
      for (let n = 0; n < BATCH; n++) batch.addPrepared(prepared, payload);
      sink += batch.take().length;
    },
    theirs: generate(peer, sample, BATCH),
  };
}

/** The drop-in for mqtt-packet against mqtt-packet. */
function dropInParseRow(peer: Peer, name: string, { chunk, count }: Input): Row {
  const ours = parse(dropIn as unknown as Peer, 4, chunk);
  return {
    bench: `dropin.decode.${name}`,
    peer: PEER,
    target: null,
    units: count,
    ours,
    theirs: parse(peer, 4, chunk),
  };
}

function dropInGenerateRow(peer: Peer, sample: Sample): Row {
  const ours = generate(dropIn as unknown as Peer, sample, 1);
  const bench = `dropin.encode.${sample.name}`;
  return { bench, peer: PEER, target: null, units: 1, ours, theirs: generate(peer, sample, 1) };
}

/** Texts by their bytes; the mixed one has characters of one to four bytes and 256 in all. */
const texts = {
  '24': 'sensor/device/UV00000001',
  '256': 'sensor/+/x'.repeat(26).slice(0, 256),
  mixed: 'aé€😀 zß'.repeat(18).concat('stop'),
};

/** The core checks bytes in linear memory; the peer checks them in a Buffer, and accepts U+0000. */
function utf8Row(name: string, bytes: Buffer): Row {
  let at = 0;
  let generation = -1;
  return {
    bench: `utf8.check.${name}`,
    peer: 'buffer.isUtf8',
    target: null,
    units: 1,
    ours: () => {
      if (generation !== scratch.generation) {
        at = scratch.reserve(bytes.length);
        scratch.u8.set(bytes, at);
        generation = scratch.generation;
      }
      sink += core.utf8_check(at, bytes.length, 0) + 1;
    },
    theirs: () => {
      if (isUtf8(bytes)) sink++;
    },
  };
}

/** Matches one topic against 10,000 filters, one by one; the peer splits both into levels in JavaScript. */
function matchRow(): Row {
  const filters = Array.from({ length: 10_000 }, (_, n) =>
    n % 3 === 0 ? `sensor/+/${n}` : n % 3 === 1 ? `sensor/device/${n}/#` : `command/${n}/+/state`,
  );
  const topic = 'sensor/device/4711/temperature';
  return {
    bench: 'topic.match.10k',
    peer: CONTROL,
    target: null,
    units: filters.length,
    ours: () => {
      for (const filter of filters) if (topicMatches(filter, topic)) sink++;
    },
    theirs: () => {
      for (const filter of filters) if (matchControl(filter, topic)) sink++;
    },
  };
}

function matchControl(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (let n = 0; n < wanted.length; n++) {
    if (wanted[n] === '#') return true;
    if (n >= levels.length || (wanted[n] !== '+' && wanted[n] !== levels[n])) return false;
  }
  return wanted.length === levels.length;
}

/** The sum of all results; reading it makes them count as used. */
export function consumed(): number {
  return sink + kept();
}
