// What a finding becomes: an entry of tests/vectors, where these have a form for it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CoreExports, DerHeadRecord, PacketRecord } from '../../../build/abi/core.js';
import type { PacketDecoder as Decoder, MqttError, ProtocolVersion } from '../../../host/core/index.js';
import { root } from '../../../tools/root.js';
import { wasm } from '../../webassembly.js';
import type { TargetName } from '../campaign/targets.js';
import { encodePacket, PacketDecoder, Result, results } from './built-core.js';

/** An entry of a file of vectors. */
export interface FindingVector {
  file: string;
  vector: object;
}

/** Protocol versions by the two lowest bits of byte 0 of the target packet; the other bits. */
const VERSIONS: readonly ProtocolVersion[] = [3, 4, 5, 5];
const STRICT = 4;
const HEADER = 8;
const LIMITED = 16;

const LARGEST_PACKET = 268_435_460;
/** Bit of the argument `protocolVersion` of mqtt_decode. */
const DECODE_STRICT = 16;
/** Bytes for any DER record. */
const DER_RECORD = 1024;

type Reader = 'mqtt_decode' | 'der_check' | 'crl_read' | 'key_read' | 'csr_read' | 'x509_read';
/** Makes the arguments of a call from the addresses and the length of its input and of its record. */
type Arguments = (at: number, length: number, record: number) => number[];

interface Answer {
  result: number;
  /** A field of the record. */
  word: (offset: number) => number;
}

/** Calls the release core, with these bytes in the caller's memory behind a record of `recordSize` bytes. */
function call(name: Reader, bytes: readonly number[], argumentsOf: Arguments, recordSize: number): Answer {
  const module = new wasm.Module(readFileSync(join(root, 'build/core.wasm')));
  const core = new wasm.Instance(module).exports as unknown as CoreExports;
  const record = (core.heap_base() + 7) & ~7;
  const input = record + recordSize;
  new Uint8Array(core.memory.buffer).set(bytes, input);
  const read = core[name] as (...words: number[]) => number;
  const result = read(...argumentsOf(input, bytes.length, record));
  const words = new Uint32Array(core.memory.buffer.slice(record, record + recordSize));
  return { result, word: (offset) => words[offset / 4] };
}

const hexOf = (bytes: readonly number[] | Uint8Array): string => Buffer.from(bytes).toString('hex');
const nameOf = (code: number): string | undefined => Object.entries(Result).find(([, other]) => other === code)?.[0];

/** Vectors write binary fields of packets as hexadecimal. */
function plain(_: string, value: unknown): unknown {
  const { type, data } = (value ?? {}) as { type?: unknown; data?: number[] };
  return type === 'Buffer' && data ? hexOf(data) : value;
}

interface Head {
  protocolVersion: ProtocolVersion;
  strict?: true;
  maximumPacketSize?: number;
}

function packetVector([option, limit, ...rest]: number[], name: string): object | undefined {
  if (option & HEADER) return undefined;
  const limits: Omit<Head, 'protocolVersion'> = {
    ...(option & STRICT ? { strict: true } : {}),
    ...(option & LIMITED ? { maximumPacketSize: limit } : {}),
  };
  const head: Head = { protocolVersion: VERSIONS[option & 3], ...limits };
  const versionWord = head.protocolVersion | (head.strict ? DECODE_STRICT : 0);
  const maximum = head.maximumPacketSize ?? LARGEST_PACKET;
  const { result, word } = call(
    'mqtt_decode',
    rest,
    (at, length, record) => [at, length, versionWord, maximum, record],
    PacketRecord.SIZE,
  );
  const bytes = hexOf(result > 0 ? rest.slice(0, result) : rest);
  const start = { name, protocolVersion: head.protocolVersion, bytes, ...limits };
  if (result === 0) return { ...start, needed: word(PacketRecord.needed) };
  const decoder = new PacketDecoder(head);
  if (result < 0) {
    const { codeName, byteOffset, statement } = refusal(decoder, rest);
    return { ...start, error: codeName, errorOffset: byteOffset, statement };
  }
  const [packet] = decoder.push(Buffer.from(bytes, 'hex'));
  const version = packet.type === 'connect' ? packet.protocolVersion : head.protocolVersion;
  const canonical = hexOf(encodePacket(packet, version)) === bytes;
  return { ...start, packet: JSON.parse(JSON.stringify(packet, plain)), ...(canonical ? {} : { canonical }) };
}

/** The error of the decoder for bytes that the core refuses. */
function refusal(decoder: Decoder, bytes: number[]): MqttError {
  try {
    decoder.push(Buffer.from(bytes));
  } catch (error) {
    return error as MqttError;
  }
  throw new Error('build/core.wasm and the decoder of Node differ: npm run build');
}

/** How each DER target reads its input: the kind of vector, the export, and where the DER begins. */
function derReader(target: DerTarget, input: readonly number[]): { kind: string; name: Reader; from: number } {
  if (target === 'der') return { kind: 'element', name: 'der_check', from: 1 };
  if (target === 'crl') return { kind: 'crl', name: 'crl_read', from: 0 };
  if (target === 'keys') return { kind: 'key', name: 'key_read', from: 1 };
  return input[0] & 1
    ? { kind: 'request', name: 'csr_read', from: 1 }
    : { kind: 'certificate', name: 'x509_read', from: 1 };
}

const DER_TARGETS = ['der', 'x509', 'crl', 'keys'] as const;
type DerTarget = (typeof DER_TARGETS)[number];
const isDerTarget = (target: TargetName): target is DerTarget => DER_TARGETS.some((name) => name === target);

const MAXIMUM_DEPTH = 32;
const { errorOffset: ERROR_OFFSET } = DerHeadRecord;

function derVector(target: DerTarget, input: readonly number[], vectorName: string): object {
  const { kind, name, from } = derReader(target, input);
  const bytes = input.slice(from);
  const check: Arguments = (at, length, record) => [at, length, record, MAXIMUM_DEPTH, record + ERROR_OFFSET];
  const read: Arguments = (at, length, record) => [at, length, record];
  const { result, word } = call(name, bytes, kind === 'element' ? check : read, DER_RECORD);
  const start = { name: vectorName, kind, hex: hexOf(bytes) };
  if (result >= 0) return { ...start, fields: {} };
  return { ...start, error: nameOf(result), errorOffset: word(ERROR_OFFSET), clause: results[result].source };
}

/**
 * Makes a vector of the input of a target. It expects what the core does now.
 *
 * @param input with the bytes that choose how it is read
 * @param name of the vector
 * @returns undefined where vectors have no form for it
 */
export function vectorOf(target: TargetName, input: Uint8Array, name: string): FindingVector | undefined {
  const bytes = [...input];
  if (target === 'packet') {
    const vector = packetVector(bytes, name);
    return vector && { file: 'tests/vectors/mqtt.json', vector };
  }
  return isDerTarget(target) ? { file: 'tests/vectors/der.json', vector: derVector(target, bytes, name) } : undefined;
}

/** Appends a vector to the text of a file of vectors. */
export function withVector(text: string, vector: object): string {
  const end = text.lastIndexOf('\n]');
  if (end < 0) throw new Error('the list of vectors does not end as it should');
  // In the style of the other lines of the file: with spaces, or without.
  const line = text.includes('{"name": ')
    ? JSON.stringify(vector, null, 1)
        .replace(/\n\s*/g, ' ')
        .replace(/([{[]) | ([}\]])/g, '$1$2')
    : JSON.stringify(vector);
  return `${text.slice(0, end)},\n${line}${text.slice(end)}`;
}
