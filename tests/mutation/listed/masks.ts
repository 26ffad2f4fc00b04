// What assembly/abi leaves open in memory after a call. All else must be the same for a mutant.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CertificateListRecord,
  CertificateRecord,
  type CoreExports,
  DerHeadRecord,
  PacketRecord,
  PrivateKeyRecord,
  Result,
  SessionContext,
  SessionLimitsRecord,
  SessionRecord,
} from '../../../build/abi/core.js';
import { root } from '../../../tools/root.js';

/** The exports that are called. */
export type CallName = Exclude<keyof CoreExports, 'memory'>;

/** A part of memory: address, or offset in a record, and length. */
export type Range = readonly [number, number];

/** What this reads of a file of assembly/abi. */
interface Described {
  exports: { name: CallName; params: { name: string }[] }[];
  records: Record<string, { fields: { name: string; doc?: string; count?: number }[] }>;
}

const described: Described[] = ['der', 'hex', 'memory', 'mqtt', 'session'].map((file) =>
  JSON.parse(readFileSync(join(root, `assembly/abi/${file}.json`), 'utf8')),
);
/** Names of the parameters of each export. */
export const parameters = new Map<CallName, string[]>(
  described.flatMap(({ exports }) =>
    exports.map(({ name, params }) => [name, params.map((param) => param.name)] as const),
  ),
);

const derHead: Readonly<Record<string, number>> = DerHeadRecord;

/** Fields of DerHead that the ABI calls working memory of the reader, with the length that belongs to an address. */
const WORKING: Range[] = described[0].records.DerHead.fields
  .filter(({ doc }) => doc === 'working memory of the reader')
  .flatMap(({ name, count = 1 }): Range[] => {
    const length = derHead[`${name}Length`];
    return [[derHead[name], 4 * count], ...(length === undefined ? [] : [[length, 4] as const])];
  });
/** crl_find uses "the fields stack, elements, revocationDate, reasonCode, entryIssuer and those of extensions" meanwhile. */
const SEARCHING: Range[] = [
  ...WORKING,
  ...Object.entries(DerHeadRecord)
    .filter(([name]) => /^(elements|extension|unknownCritical)/.test(name))
    .map(([, offset]): Range => [offset, 4]),
];

/** They are of the entry that is found. Without one they are working memory. */
const ENTRY: Range[] = [
  [CertificateListRecord.revocationDate, 8],
  [CertificateListRecord.reasonCode, 4],
  [CertificateListRecord.entryIssuer, 8],
];

const at = (record: number, ranges: readonly Range[]): Range[] =>
  ranges.map(([offset, length]) => [record + offset, length]);

/** These end with four octets outside any field: padding_596 of build/wasmqtt.h. */
const PADDED: readonly number[] = [CertificateRecord.SIZE];

/** "After an error only errorOffset means anything." */
function readerRanges(record: number, size: number, result: number): Range[] {
  if (result >= 0) return at(record, PADDED.includes(size) ? [...WORKING, [size - 4, 4]] : WORKING);
  const behind = DerHeadRecord.errorOffset + 4;
  return at(record, [
    [0, DerHeadRecord.errorOffset],
    [behind, size - behind],
  ]);
}

/** After the limits of client and server is working memory of a call. After the records in use is room for more. */
function contextRanges(context: number, memory: Buffer): Range[] {
  const limits = SessionRecord.SIZE + 2 * SessionLimitsRecord.SIZE;
  const records = SessionContext.HEADER + SessionContext.ENTRY * memory.readUInt32LE(context + SessionRecord.count);
  const aliases = memory.readUInt32LE(context + SessionRecord.aliasOffset);
  return at(context, [
    [limits, SessionContext.HEADER - limits],
    [records, aliases - records],
  ]);
}

/** Room for the longest answer. */
const ANSWER = 5;

/** Of an answer only `result` bytes count. */
const afterAnswer = (output: number, result: number): Range[] =>
  result > 0 ? [[output + result, ANSWER - result]] : [];

/** The open ranges after a call with these arguments and this result. */
type OpenRanges = (words: readonly number[], result: number, memory: Buffer) => Range[];

const RANGES: Partial<Record<CallName, OpenRanges>> = {
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
  crl_find: ([record], result) => at(record, result === 0 ? [...SEARCHING, ...ENTRY] : SEARCHING),
  // "After HEX_BAD_DIGIT or HEX_ODD_LENGTH the output holds an unspecified part of the result."
  hex_decode: ([, length, output], result) =>
    result === Result.HEX_BAD_DIGIT || result === Result.HEX_ODD_LENGTH ? [[output, length >>> 1]] : [],
  // Behind the summaries that were decoded: rows that are free, and "room for the rest of a whole record".
  mqtt_decode_chunk: ([, , , , table, capacity], count) => [
    [table + count * PacketRecord.SUMMARY_SIZE, (capacity - count - 1) * PacketRecord.SUMMARY_SIZE + PacketRecord.SIZE],
  ],
  session_init: ([context], result, memory) => (result < 0 ? [] : contextRanges(context, memory)),
  session_close: ([context], _, memory) => contextRanges(context, memory),
  session_restore: ([context], result, memory) => (result < 0 ? [] : contextRanges(context, memory)),
  // "Nothing has changed then but the output's content."
  session_send: ([context, , , output, capacity], result, memory) => [
    ...contextRanges(context, memory),
    ...(result < 0 ? [[output, capacity] as const] : []),
  ],
  session_receive: ([context, , , output], result, memory) => [
    ...contextRanges(context, memory),
    ...afterAnswer(output, result),
  ],
  session_poll: ([context, , output], result, memory) => [
    ...contextRanges(context, memory),
    ...afterAnswer(output, result),
  ],
};

/** What is left open after this call with this result. `memory` is as the call left it. */
export function openRanges(name: CallName, words: readonly number[], result: number, memory: Buffer): Range[] {
  // A context that is not one of this version, or torn, stays as it is.
  if (result === Result.SESSION_FORMAT || result === Result.SESSION_TORN) return [];
  const ranges = RANGES[name]?.(words, result, memory) ?? [];
  return ranges
    .map(([address, length]): Range => [address, Math.min(length, memory.length - address)])
    .filter(([, length]) => length > 0);
}
