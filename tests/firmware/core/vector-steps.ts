import { expect } from 'vitest';
import {
  CertificateListRecord,
  CertificateRecord,
  ChunkRecord,
  type CoreExports,
  DecodeOption,
  DerElementRecord,
  DerHeadRecord,
  FilterRecord,
  PacketRecord,
  PacketType,
  PrivateKeyRecord,
  PropertyRecord,
  Result,
} from '../../../build/abi/core.js';
import { LARGEST_PACKET } from '../../../host/core/index.js';
import { runSession, sessionVectors } from '../../host/core/session/session-vectors.js';
import { compile } from '../../host/core/support/bare-core.js';
import { callVectors, runCall } from '../../host/core/support/call-vectors.js';
import { type DerVector, derVectors } from '../../host/core/support/der-vectors.js';
import { bytesOf, title, type Vector, vectors } from '../../host/core/support/mqtt-vectors.js';
import { MEMORY, Steps } from './steps.js';

const newSteps = () => new Steps(compile('core.wasm').instantiate() as unknown as CoreExports);

/** Addresses for records and bytes, the same in all steps. */
function places({ heapBase }: Steps) {
  return { record: heapBase, entry: heapBase + 1_024, input: heapBase + 1_280, output: heapBase + 32_768 };
}

/** Reads a list of the packet entry by entry, and writes each entry back. */
function walk(steps: Steps, name: string, list: 'properties' | 'willProperties' | 'payload', type?: number): void {
  const { record, entry, output } = places(steps);
  let address = steps.word(record + PacketRecord[list]);
  const end = address + steps.word(record + PacketRecord[`${list}Length`]);
  while (address < end) {
    const left = end - address;
    const used =
      type === undefined
        ? steps.call(name, 'mqtt_property_read', address, left, entry)
        : steps.call(name, 'mqtt_filter_read', address, left, type, entry);
    if (used <= 0) return;
    if (type === undefined) steps.call(name, 'mqtt_property_write', entry, output, 4_096);
    else steps.call(name, 'mqtt_filter_write', entry, type, output, 4_096);
    if (type !== undefined) {
      const filter = steps.word(entry + FilterRecord.filter);
      steps.call(name, 'mqtt_topic_filter_check', filter, steps.word(entry + FilterRecord.filterLength), 5);
    }
    address += used;
  }
}

function decode(steps: Steps, vector: Vector, gap: number): void {
  const { record, entry, input, output } = places(steps);
  const bytes = bytesOf(vector);
  const name = title(vector);
  const at = input + gap;
  const version = vector.protocolVersion | (vector.strict ? DecodeOption.STRICT : 0);
  const maximum = vector.maximumPacketSize ?? LARGEST_PACKET;
  steps.write(at, bytes);
  steps.call(name, 'mqtt_decode_chunk', at, bytes.length, version, maximum, output, 4, entry);
  steps.fill(record, PacketRecord.SIZE, 0xee);
  const result = steps.call(name, 'mqtt_decode', at, bytes.length, version, maximum, record);
  if (vector.error) {
    expect(result, name).toBe(Result[vector.error as keyof typeof Result]);
    expect(steps.word(record + PacketRecord.errorOffset), name).toBe(vector.errorOffset);
    expect(steps.word(entry + ChunkRecord.errorOffset), name).toBe(vector.errorOffset);
  }
  if (!vector.packet) return;
  expect(result, name).toBe(bytes.length);
  for (const list of ['properties', 'willProperties'] as const) walk(steps, name, list);
  const type = steps.word(record + PacketRecord.type);
  if (type === PacketType.SUBSCRIBE || type === PacketType.UNSUBSCRIBE) walk(steps, name, 'payload', type);
  if (type === PacketType.PUBLISH) {
    const topic = [record + PacketRecord.topic, record + PacketRecord.topicLength].map((field) => steps.word(field));
    steps.call(name, 'mqtt_topic_name_check', topic[0], topic[1]);
    steps.call(name, 'mqtt_topic_match', topic[0], topic[1], topic[0], topic[1]);
  }
  if (vector.protocolVersion > 3) steps.call(name, 'mqtt_encode', record, output, MEMORY - output);
}

const DER_CALLS = { certificate: 'x509_read', request: 'csr_read', crl: 'crl_read', key: 'key_read' } as const;
const DER_SIZES = {
  element: DerHeadRecord.SIZE,
  certificate: CertificateRecord.SIZE,
  request: CertificateRecord.SIZE,
  crl: CertificateListRecord.SIZE,
  key: PrivateKeyRecord.SIZE,
};

/** Reads DER with the function for its kind, and with all functions that take any DER. */
function read(steps: Steps, { kind, hex, name, error, errorOffset }: DerVector, last: boolean): void {
  const { record, entry, input, output } = places(steps);
  const bytes = Buffer.from(hex, 'hex');
  const at = last ? MEMORY - bytes.length : input;
  steps.write(at, bytes);
  steps.fill(record, DER_SIZES[kind], 0xee);
  const result =
    kind === 'element'
      ? steps.call(name, 'der_check', at, bytes.length, record, 32, record + DerHeadRecord.errorOffset)
      : steps.call(name, DER_CALLS[kind], at, bytes.length, record);
  if (error) {
    expect(result, name).toBe(Result[error]);
    expect(steps.word(record + DerHeadRecord.errorOffset), name).toBe(errorOffset);
  } else expect(result, name).toBeGreaterThan(0);
  steps.fill(entry, DerElementRecord.SIZE, 0xee);
  steps.call(name, 'der_read', at, bytes.length, entry);
  steps.call(name, 'key_identify', at, bytes.length);
  if (kind === 'crl' && !error) {
    steps.write(entry, Uint8Array.of(1, 2, 3));
    for (const length of [1, 2, 3]) steps.call(name, 'crl_find', record, entry, length);
  }
  if (kind !== 'key') return;
  steps.call(name, 'key_check_pkcs8', at, bytes.length, record);
  steps.call(name, 'key_wrap_pkcs8', at, bytes.length, output, bytes.length + 64, record);
  steps.call(name, 'memory_wipe', output, bytes.length + 64);
}

/** Every vector of MQTT: results, records, lists, and the bytes of encoding. */
export function mqttSteps(): Steps {
  const steps = newSteps();
  vectors.forEach((vector, index) => {
    decode(steps, vector, index % 8);
  });
  expect(steps.calls).toBeGreaterThan(2 * vectors.length);
  return steps;
}

/** Every vector of DER, certificates, requests, CRLs and keys, also at the very end of memory. */
export function derSteps(): Steps {
  const steps = newSteps();
  for (const vector of derVectors) for (const last of [false, true]) read(steps, vector, last);
  expect(steps.calls).toBeGreaterThan(6 * derVectors.length);
  return steps;
}

/** Every vector of single calls: hex, UTF-8, topics, lists, records to encode, kinds of keys. */
export function callSteps(): Steps {
  const steps = newSteps();
  for (const vector of callVectors) runCall(steps, vector);
  return steps;
}

/** Every vector of sessions. */
export function sessionSteps(): Steps {
  const steps = newSteps();
  for (const vector of sessionVectors) runSession(steps, vector);
  return steps;
}

/** Hex of every byte, also in place, and every octet as a digit. */
export function hexSteps(): Steps {
  const steps = newSteps();
  const { record, input, output } = places(steps);
  const all = Uint8Array.from({ length: 256 }, (_, octet) => octet);
  steps.write(input, all);
  expect(steps.call('all bytes', 'hex_encode', input, 256, output, 512)).toBe(512);
  expect(steps.call('all bytes', 'hex_decode', output, 512, output, 256, record)).toBe(256);
  expect(steps.read(output, 256)).toEqual(Buffer.from(all));
  expect(steps.call('in place', 'hex_encode', input, 256, input, 512)).toBe(512);
  steps.call('no room', 'hex_encode', input, 256, output, 511);
  steps.call('odd', 'hex_decode', input, 511, output, 512, record);
  for (const octet of all) {
    for (const at of [0, 1, 9]) {
      steps.write(input, Buffer.from('00112233445566'));
      steps.write(input + at, Uint8Array.of(octet));
      steps.call(`octet ${octet} at ${at}`, 'hex_decode', input, 14, output, 7, record);
    }
  }
  return steps;
}

/** UTF-8 of many first bytes, each with second bytes that are `stride` apart. */
export function utf8Steps(stride: number): Steps {
  const steps = newSteps();
  const { record, input } = places(steps);
  for (let first = 0; first < 256; first += first < 0xbf ? 16 : 1) {
    for (let second = 0; second < 256; second += stride) {
      steps.write(input, Uint8Array.of(0x61, first, second, 0x80, 0xbf));
      for (const length of [2, 3, 5]) steps.call('text', 'utf8_check', input, length, record);
    }
  }
  expect(steps.calls).toBeGreaterThan(35_000 / stride);
  return steps;
}

/** The version, the heap base, and a property of every identifier. */
export function otherSteps(): Steps {
  const steps = newSteps();
  expect(steps.call('version', 'abi_version')).toBeGreaterThan(0);
  expect(steps.call('heap base', 'heap_base')).toBeGreaterThan(0);
  const { record, output } = places(steps);
  for (let id = 0; id < 64; id++) {
    steps.fill(record, PropertyRecord.SIZE, 0);
    steps.write(record + PropertyRecord.id, Uint8Array.of(id));
    steps.write(record + PropertyRecord.value, Uint8Array.of(1));
    steps.call(`property ${id}`, 'mqtt_property_write', record, output, 16);
  }
  return steps;
}
