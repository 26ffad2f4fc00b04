// What a call may leave in memory as it likes, by assembly/abi: all else has to be the same for a mutant.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../tools/root.js';
import { bundle } from '../bundles/bundle.js';
import { load } from '../bundles/in-process.js';

/** Result codes, constants and offsets of records, as tools/generate/generate.ts makes them of assembly/abi. */
export const abi = load(await bundle(join(root, 'build/abi/core.ts')), createRequire(import.meta.url));

const { Result, CertificateListRecord, CertificateRecord, DerHeadRecord, PacketRecord, PrivateKeyRecord } = abi;
const { SessionContext, SessionLimitsRecord, SessionRecord } = abi;

/** Names of the parameters of each export. */
const described = ['der', 'hex', 'memory', 'mqtt', 'session'].map((file) =>
  JSON.parse(readFileSync(join(root, `assembly/abi/${file}.json`), 'utf8')),
);
export const parameters = new Map(
  described.flatMap(({ exports }) => exports.map(({ name, params }) => [name, params.map((param) => param.name)])),
);

/** Fields of DerHead that the ABI calls working memory of the reader, with the length beside an address. */
const WORKING = described[0].records.DerHead.fields
  .filter(({ doc }) => doc === 'working memory of the reader')
  .flatMap(({ name, count = 1 }) => [
    [DerHeadRecord[name], 4 * count],
    ...(DerHeadRecord[`${name}Length`] === undefined ? [] : [[DerHeadRecord[`${name}Length`], 4]]),
  ]);
/** crl_find uses "the fields stack, elements and those of extensions" meanwhile. */
const SEARCHING = [
  ...WORKING,
  ...Object.entries(DerHeadRecord)
    .filter(([name]) => /^(elements|extension|unknownCritical)/.test(name))
    .map(([, offset]) => [offset, 4]),
];

const at = (record, ranges) => ranges.map(([offset, length]) => [record + offset, length]);

/** These end with four octets that belong to no field: padding_596 and padding_508 of build/wasmqtt.h. */
const PADDED = [CertificateRecord.SIZE, CertificateListRecord.SIZE];

/** "After an error only errorOffset means anything." */
function readerRanges(record, size, result) {
  if (result >= 0) return at(record, PADDED.includes(size) ? [...WORKING, [size - 4, 4]] : WORKING);
  const behind = DerHeadRecord.errorOffset + 4;
  return at(record, [
    [0, DerHeadRecord.errorOffset],
    [behind, size - behind],
  ]);
}

/** Behind the limits of client and server is working memory of a call, and behind the records that count is nothing. */
function contextRanges(context, memory) {
  const limits = SessionRecord.SIZE + 2 * SessionLimitsRecord.SIZE;
  const records = SessionContext.HEADER + SessionContext.ENTRY * memory.readUInt32LE(context + SessionRecord.count);
  const aliases = memory.readUInt32LE(context + SessionRecord.aliasOffset);
  return at(context, [
    [limits, SessionContext.HEADER - limits],
    [records, aliases - records],
  ]);
}

/** Room for the longest answer, of which only `result` bytes are one. */
const ANSWER = 5;

const RANGES = {
  // "8 * depth bytes for the walk".
  der_check: ([, , stack, depth], result) => (result === Result.INVALID_ARGUMENT ? [] : [[stack, 8 * depth]]),
  x509_read: ([, , record], result) => readerRanges(record, CertificateRecord.SIZE, result),
  csr_read: ([, , record], result) => readerRanges(record, CertificateRecord.SIZE, result),
  crl_read: ([, , record], result) => readerRanges(record, CertificateListRecord.SIZE, result),
  key_read: ([, , record], result) => readerRanges(record, PrivateKeyRecord.SIZE, result),
  key_check_pkcs8: ([, , record], result) => readerRanges(record, PrivateKeyRecord.SIZE, result),
  // "OUT_OF_SPACE, with nothing written"; KEY_ENCRYPTED and KEY_PARAMETERS leave what key_read found.
  key_wrap_pkcs8: ([, , , , record], result) =>
    result === Result.OUT_OF_SPACE ? [] : readerRanges(record, PrivateKeyRecord.SIZE, result),
  crl_find: ([record]) => at(record, SEARCHING),
  // "After HEX_BAD_DIGIT or HEX_ODD_LENGTH the output holds an unspecified part of the result."
  hex_decode: ([, length, output], result) =>
    result === Result.HEX_BAD_DIGIT || result === Result.HEX_ODD_LENGTH ? [[output, length >>> 1]] : [],
  // Behind the summaries that were decoded: rows that are free, and "room for the rest of a whole record".
  mqtt_decode_chunk: ([, , , , table, capacity], count) => [
    [table + count * PacketRecord.SUMMARY_SIZE, (capacity - count - 1) * PacketRecord.SUMMARY_SIZE + PacketRecord.SIZE],
  ],
  session_init: ([context], result, memory) => (result < 0 ? [] : contextRanges(context, memory)),
  session_close: ([context], _, memory) => contextRanges(context, memory),
  // "Nothing has changed then but the output's content."
  session_send: ([context, , , output, capacity], result, memory) =>
    result === Result.SESSION_FORMAT
      ? []
      : [...contextRanges(context, memory), ...(result < 0 ? [[output, capacity]] : [])],
  session_receive: ([context, , , output], result, memory) => [
    ...contextRanges(context, memory),
    ...(result > 0 ? [[output + result, ANSWER - result]] : []),
  ],
  session_poll: ([context, , output], result, memory) => [
    ...contextRanges(context, memory),
    ...(result > 0 ? [[output + result, ANSWER - result]] : []),
  ],
};

/** Addresses and lengths of what is left open after this call with this result; `memory` is as the call left it. */
export function openRanges(name, words, result, memory) {
  const ranges = RANGES[name]?.(words, result, memory) ?? [];
  return ranges
    .map(([address, length]) => [address, Math.min(length, memory.length - address)])
    .filter(([, length]) => length > 0);
}
