// What a finding becomes: an entry of tests/vectors where they have a form for it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../tools/root.js';
import { encodePacket, PacketDecoder, Result, results } from './built-core.js';

const VERSIONS = [3, 4, 5, 5];
/** Byte 0 of the target packet. */
const STRICT = 4;
const HEADER = 8;
const LIMITED = 16;

/** A call of the release core with these bytes at the beginning of the caller's memory, and a record of so many bytes behind them. */
function call(name, bytes, argumentsOf, recordSize) {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(root, 'build/core.wasm'))));
  const { heap_base, memory, [name]: f } = instance.exports;
  const record = (heap_base() + 7) & ~7;
  const input = record + recordSize;
  new Uint8Array(memory.buffer).set(bytes, input);
  const result = f(...argumentsOf(input, bytes.length, record));
  const words = new Uint32Array(memory.buffer.slice(record, record + recordSize));
  return { result, word: (offset) => words[offset / 4] };
}

const hexOf = (bytes) => Buffer.from(bytes).toString('hex');
const nameOf = (code) => Object.keys(Result).find((name) => Result[name] === code);

/** Packets are told with their binary fields as hex. */
const plain = (_, value) => (value?.type === 'Buffer' ? hexOf(value.data) : value);

function packetVector(input, name) {
  const [option, limit, ...rest] = input;
  if (option & HEADER) return undefined;
  const head = {
    protocolVersion: VERSIONS[option & 3],
    ...(option & STRICT ? { strict: true } : {}),
    ...(option & LIMITED ? { maximumPacketSize: limit } : {}),
  };
  const { result, word } = call(
    'mqtt_decode',
    rest,
    (at, length, record) => [
      at,
      length,
      head.protocolVersion | (head.strict ? 16 : 0),
      head.maximumPacketSize ?? 268_435_460,
      record,
    ],
    112,
  );
  const start = {
    name,
    protocolVersion: head.protocolVersion,
    bytes: hexOf(result > 0 ? rest.slice(0, result) : rest),
  };
  const { protocolVersion: _, ...limits } = head;
  if (result === 0) return { ...start, ...limits, needed: word(80) };
  const decoder = new PacketDecoder(head);
  if (result < 0) {
    const { codeName, byteOffset, statement } = refusal(decoder, rest);
    return { ...start, ...limits, error: codeName, errorOffset: byteOffset, statement };
  }
  const [packet] = decoder.push(Buffer.from(start.bytes, 'hex'));
  const version = packet.type === 'connect' ? packet.protocolVersion : head.protocolVersion;
  const canonical = hexOf(encodePacket(packet, version)) === start.bytes;
  return {
    ...start,
    ...limits,
    packet: JSON.parse(JSON.stringify(packet, plain)),
    ...(canonical ? {} : { canonical }),
  };
}

/** The error of a decoder, which the core gave too. */
function refusal(decoder, bytes) {
  try {
    decoder.push(Buffer.from(bytes));
  } catch (error) {
    return error;
  }
  throw new Error('build/core.wasm and the decoder of Node differ: npm run build');
}

/** How each target of DER reads: kind of vector, function, and where its bytes begin. */
function derReader(target, input) {
  if (target === 'der') return { kind: 'element', name: 'der_check', from: 1 };
  if (target === 'crl') return { kind: 'crl', name: 'crl_read', from: 0 };
  if (target === 'keys') return { kind: 'key', name: 'key_read', from: 1 };
  return input[0] & 1
    ? { kind: 'request', name: 'csr_read', from: 1 }
    : { kind: 'certificate', name: 'x509_read', from: 1 };
}

/** errorOffset stands behind 63 words of stack and the count of elements. */
const DER_ERROR_OFFSET = 256;

function derVector(target, input, vectorName) {
  const { kind, name, from } = derReader(target, input);
  const bytes = input.slice(from);
  const check = (at, length, record) => [at, length, record, 32, record + DER_ERROR_OFFSET];
  const { result, word } = call(name, bytes, kind === 'element' ? check : (...all) => all, 1024);
  const start = { name: vectorName, kind, hex: hexOf(bytes) };
  if (result >= 0) return { ...start, fields: {} };
  return { ...start, error: nameOf(result), errorOffset: word(DER_ERROR_OFFSET), clause: results[result].source };
}

/**
 * What the core now gives for an input of a target, as a vector.
 *
 * @param {string} target
 * @param {Uint8Array} input with the bytes that choose how it is taken
 * @param {string} name of the vector
 * @returns {{ file: string, vector: object } | undefined} undefined where vectors have no form for it
 */
export function vectorOf(target, input, name) {
  const bytes = [...input];
  if (target === 'packet') {
    const vector = packetVector(bytes, name);
    return vector && { file: 'tests/vectors/mqtt.json', vector };
  }
  if (!['der', 'x509', 'crl', 'keys'].includes(target)) return undefined;
  return { file: 'tests/vectors/der.json', vector: derVector(target, bytes, name) };
}

/** The text of a file of vectors with one more at its end. */
export function withVector(text, vector) {
  const end = text.lastIndexOf('\n]');
  if (end < 0) throw new Error('the list of vectors does not end as it should');
  // As the other lines of the file are written: with spaces, or without.
  const line = text.includes('{"name": ')
    ? JSON.stringify(vector, null, 1)
        .replace(/\n\s*/g, ' ')
        .replace(/([{[]) | ([}\]])/g, '$1$2')
    : JSON.stringify(vector);
  return `${text.slice(0, end)},\n${line}${text.slice(end)}`;
}
