// What the twins are called with: the seeds of tests/fuzz/corpus, the vectors of tests/vectors, and both changed at random.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../tools/root.js';
import { type CoreTargetName, coreTargetNames } from '../../fuzz/campaign/targets.js';
import type * as SessionVectors from '../../host/core/session/session-vectors.js';
import type * as CallVectors from '../../host/core/support/call-vectors.js';
import type { Machine } from '../../host/core/support/core-machine.js';
import type * as DerVectors from '../../host/core/support/der-vectors.js';
import type * as MqttVectors from '../../host/core/support/mqtt-vectors.js';
import { bundle } from '../bundles/bundle.js';
import { load } from '../bundles/in-process.js';
import { CallMemory } from './call-memory.js';
import { calls } from './calls.js';
import { changed, changedSession, changedVector, type Random } from './changes.js';
import type { CallName } from './masks.js';
import type { Twins } from './twins.js';

/** Stands in for `expect`: whatever a call returns is compared with the core, not with what the vector expects. */
const lenient: object = new Proxy(() => lenient, { get: () => lenient });
const require = createRequire(import.meta.url);
const read = async <T>(file: string): Promise<T> =>
  load<T>(await bundle(join(root, 'tests/host/core', file)), require, { expect: lenient });

const { callVectors, runCall } = await read<typeof CallVectors>('support/call-vectors.ts');
const { sessionVectors, runSession } = await read<typeof SessionVectors>('session/session-vectors.ts');
const { derVectors } = await read<typeof DerVectors>('support/der-vectors.ts');
const { vectors: packetVectors } = await read<typeof MqttVectors>('support/mqtt-vectors.ts');

/** One thing to try. */
export interface Input {
  target: string;
  name: string;
  /** Of a fuzz target. */
  bytes?: Buffer;
  /** Changes it at random; `others` are inputs of the same target. */
  change(random: Random, others: readonly Input[]): Input;
  run(twins: Twins): void;
}

/** The twins as the readers of vectors use an instance of the core. */
function machineOf(twins: Twins): Machine {
  const { memory } = twins;
  let decoded = 0;
  return {
    heapBase: (twins.heapBase + 15) & ~15,
    memoryEnd: memory.length,
    write: (address, bytes) => memory.set(bytes, address),
    fill: (address, length, octet) => memory.fill(octet, address, address + length),
    read: (address, length) => Buffer.from(memory.subarray(address, address + length)),
    word: (address) => memory.readUInt32LE(address),
    call(_: string, name: CallName, ...words: number[]): number {
      // The session takes only packets that mqtt_decode has accepted.
      if (/^session_(receive|send)$/.test(name) && decoded <= 0) return 0;
      const result = twins.call(name, ...words);
      if (name === 'mqtt_decode') decoded = result;
      return result;
    },
  };
}

const hasBytes = (input: Input): input is Input & { bytes: Buffer } => input.bytes !== undefined;

function bytesInput(target: CoreTargetName, name: string, bytes: Buffer): Input {
  return {
    target,
    name,
    bytes,
    change: (random, others) =>
      bytesInput(target, `${name}, changed`, changed(target, bytes, random, others.filter(hasBytes))),
    run(twins) {
      for (const isTurned of [false, true]) {
        twins.fresh(`${target}: ${name}`, bytes.toString('hex'));
        calls[target](new CallMemory(twins, bytes, isTurned));
      }
    },
  };
}

function vectorInput<T extends { name: string }>(
  target: string,
  vector: T,
  runVector: (machine: Machine, vector: T) => void,
  change: (vector: T, random: Random) => T,
): Input {
  return {
    target,
    name: vector.name,
    change: (random) => vectorInput(target, change(vector, random), runVector, change),
    run(twins) {
      twins.fresh(`${target}: ${vector.name}`, JSON.stringify(vector));
      runVector(machineOf(twins), vector);
    },
  };
}

const CORPUS = join(root, 'tests/fuzz/corpus');
const seeds = coreTargetNames.flatMap((target) =>
  readdirSync(join(CORPUS, target)).map((name) => bytesInput(target, name, readFileSync(join(CORPUS, target, name)))),
);

/** A vector behind the first bytes of the targets packet and stream. */
function packetInputs({ name, protocolVersion, bytes, maximumPacketSize, strict }: MqttVectors.Vector): Input[] {
  const packet = Buffer.from(bytes, 'hex');
  const limit = maximumPacketSize !== undefined && maximumPacketSize < 256 ? maximumPacketSize : undefined;
  const option = protocolVersion - 3 + (strict ? 4 : 0);
  const head = [option + (limit === undefined ? 0 : 16), limit ?? 0];
  const one = bytesInput('packet', name, Buffer.concat([Buffer.from(head), packet]));
  // One byte first, then many, into a table of three rows.
  const many = bytesInput('stream', name, Buffer.concat([Buffer.from([option, 250, 2, 2, 0, 255]), packet]));
  return packet.length > 2_000 ? [one] : [one, many];
}

/** By the kind of a DER vector: the target, and its first byte as hexadecimal. */
const DER_TARGETS = {
  element: { target: 'der', first: '20' },
  certificate: { target: 'x509', first: '20' },
  request: { target: 'x509', first: '21' },
  crl: { target: 'crl', first: '' },
  key: { target: 'keys', first: '20' },
} as const;

function derInput({ name, kind, hex }: DerVectors.DerVector): Input {
  const { target, first } = DER_TARGETS[kind];
  return bytesInput(target, name, Buffer.from(first + hex, 'hex'));
}

/** DER as it is stored: hexadecimal. */
const hexInput = ({ name, hex }: DerVectors.DerVector): Input => bytesInput('hex', name, Buffer.from(`\0${hex}`));

/** Every seed and vector, always in the same order. */
export const inputs: readonly Input[] = [
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

/** Changes one of the inputs. Every kind is as likely as any other. */
export function randomInput(random: Random): Input {
  const kind = random.pick(kinds);
  return random.pick(kind).change(random, kind);
}
