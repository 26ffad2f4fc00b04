// What the twins are called with: the seeds of tests/fuzz/corpus, the vectors of tests/vectors, and both with something changed at random.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../tools/root.js';
import { bundle } from '../bundles/bundle.js';
import { load } from '../bundles/in-process.js';
import { Room } from './call-memory.js';
import { calls } from './calls.js';
import { changed, changedSession, changedVector } from './changes.js';

/** What the readers of vectors expect is no matter here: whatever comes is compared with the core. */
const lenient = new Proxy(() => lenient, { get: () => lenient });
const require = createRequire(import.meta.url);
const read = async (file) => load(await bundle(join(root, 'tests/host', file)), require, { expect: lenient });
const { callVectors, runCall } = await read('core/support/call-vectors.ts');
const { sessionVectors, runSession } = await read('core/session/session-vectors.ts');
const { derVectors } = await read('core/support/der-vectors.ts');
const { vectors: packetVectors } = await read('core/support/mqtt-vectors.ts');

/** The twins as the readers of vectors want an instance of the core. */
function machineOf(twins) {
  const { memory } = twins;
  let decoded = 0;
  let isMade = false;
  return {
    heapBase: (twins.heapBase + 15) & ~15,
    memoryEnd: memory.length,
    write: (address, bytes) => memory.set(bytes, address),
    fill: (address, length, octet) => memory.fill(octet, address, address + length),
    read: (address, length) => Buffer.from(memory.subarray(address, address + length)),
    word: (address) => memory.readUInt32LE(address),
    call(_, name, ...words) {
      // "Takes a packet of the server as mqtt_decode gave it", and so do the vectors with those of the client: what it refused is none.
      if (/^session_(receive|send)$/.test(name) && decoded <= 0) return 0;
      // Only session_send looks whether a context was ever made.
      if (/^session_(close|deadline|poll|receive)$/.test(name) && !isMade) return 0;
      const result = twins.call(name, ...words);
      if (name === 'mqtt_decode') decoded = result;
      if (name === 'session_init') isMade = result === 0;
      return result;
    },
  };
}

const bytesInput = (target, name, bytes) => ({
  target,
  name,
  change: (random, others) => bytesInput(target, `${name}, changed`, changed(target, bytes, random, others)),
  bytes,
  run(twins) {
    for (const isTurned of [false, true]) {
      twins.fresh(`${target}: ${name}`, bytes.toString('hex'));
      calls[target](new Room(twins, bytes, isTurned));
    }
  },
});

const vectorInput = (target, vector, runVector, change) => ({
  target,
  name: vector.name,
  change: (random) => vectorInput(target, change(vector, random), runVector, change),
  run(twins) {
    twins.fresh(`${target}: ${vector.name}`, JSON.stringify(vector));
    runVector(machineOf(twins), vector);
  },
});

const CORPUS = join(root, 'tests/fuzz/corpus');
const seeds = Object.keys(calls).flatMap((target) =>
  readdirSync(join(CORPUS, target)).map((name) => bytesInput(target, name, readFileSync(join(CORPUS, target, name)))),
);

/** First bytes of the targets packet and stream for a vector. */
function packetInputs({ name, protocolVersion, bytes, maximumPacketSize, strict }) {
  const packet = Buffer.from(bytes, 'hex');
  const limit = maximumPacketSize < 256 ? maximumPacketSize : undefined;
  const option = protocolVersion - 3 + (strict ? 4 : 0);
  const head = [option + (limit === undefined ? 0 : 16), limit ?? 0];
  const one = bytesInput('packet', name, Buffer.concat([Buffer.from(head), packet]));
  // A byte first, then many, into a table of three rows.
  const many = bytesInput('stream', name, Buffer.concat([Buffer.from([option, 250, 2, 2, 0, 255]), packet]));
  return packet.length > 2_000 ? [one] : [one, many];
}

const DER_TARGETS = { element: 'der', certificate: 'x509', request: 'x509', crl: 'crl', key: 'keys' };

function derInput({ name, kind, hex }) {
  const target = DER_TARGETS[kind];
  return bytesInput(target, name, Buffer.from((target === 'crl' ? '' : kind === 'request' ? '21' : '20') + hex, 'hex'));
}

/** DER as it is stored: hexadecimal. */
const hexInput = ({ name, hex }) => bytesInput('hex', name, Buffer.from(`\0${hex}`));

/** Every seed and vector, in an order that stays. */
export const inputs = [
  ...seeds,
  ...packetVectors.flatMap(packetInputs),
  ...derVectors.map(derInput),
  ...derVectors.map(hexInput),
  ...callVectors.map((vector) => vectorInput('call', vector, runCall, changedVector)),
  ...sessionVectors.map((vector) => vectorInput('steps', vector, runSession, changedSession)),
];

const kinds = [...new Set(inputs.map(({ target }) => target))].map((target) =>
  inputs.filter((input) => input.target === target),
);

/** One of the inputs, of each kind as often as of any other, with something changed. */
export function randomInput(random) {
  const kind = random.pick(kinds);
  return random.pick(kind).change(random, kind);
}
