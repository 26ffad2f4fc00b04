// The calls for an input of tests/fuzz/corpus: exports that its target is about. First bytes mean what tests/fuzz/targets says.
import {
  CertificateListRecord,
  CertificateRecord,
  DerElementRecord,
  DerLimit,
  KeyFormat,
  PrivateKeyRecord,
} from '../../../build/abi/core.js';
import type { CoreTargetName } from '../../fuzz/campaign/targets.js';
import type { CallMemory, View } from './call-memory.js';
import { encode, packet, stream } from './packet-calls.js';
import { callSession } from './session-calls.js';

/** Looks up every serial number of a list, then with its last bit changed, and without its last byte. */
function find(memory: CallMemory, crl: number): void {
  const first = memory.word(crl + CertificateListRecord.revokedCertificates);
  const length = memory.word(crl + CertificateListRecord.revokedCertificatesLength);
  const element = memory.place(DerElementRecord.SIZE);
  const view = (): View => [
    memory.word(element + DerElementRecord.content),
    memory.word(element + DerElementRecord.contentLength),
  ];
  const other = memory.place(32);
  for (let at = 0; at < length; ) {
    const used = memory.call('der_read', first + at, length - at, element);
    memory.call('der_read', ...view(), element);
    const [serial, size] = view();
    memory.put(other, memory.read(serial, size));
    memory.call('crl_find', crl, serial, size);
    memory.put(other + size - 1, [memory.read(other + size - 1, 1)[0] ^ 1]);
    for (const less of [0, 1]) memory.call('crl_find', crl, other, size - less);
    at += used;
  }
}

/** Gives DER of any kind to every reader. */
function der(memory: CallMemory, choice: number): void {
  const bytes = memory.take();
  const input = memory.last(bytes);
  const offset = memory.place(4);
  const stack = memory.place(8 * (DerLimit.DEPTH + 1));
  for (const depth of [choice % (DerLimit.DEPTH + 2), DerLimit.DEPTH])
    for (const at of [offset, 0]) memory.call('der_check', input, bytes.length, stack, depth, at);
  memory.call('der_read', input, bytes.length, memory.place(DerElementRecord.SIZE));
  memory.call('key_identify', input, bytes.length);
  for (const name of ['x509_read', 'csr_read'] as const)
    memory.call(name, input, bytes.length, memory.place(CertificateRecord.SIZE));
  const crl = memory.place(CertificateListRecord.SIZE);
  if (memory.call('crl_read', input, bytes.length, crl) > 0) find(memory, crl);
  const key = memory.place(PrivateKeyRecord.SIZE);
  memory.call('key_check_pkcs8', input, bytes.length, key);
  const format = memory.call('key_read', input, bytes.length, key);
  const least = bytes.length + DerLimit.WRAPPING;
  const output = memory.place(least + 64);
  for (const capacity of [least + (choice % 64), least - 1])
    memory.call('key_wrap_pkcs8', input, bytes.length, output, capacity, key);
  if (format === KeyFormat.SEC1) memory.call('memory_wipe', output, least);
}

function hex(memory: CallMemory): void {
  const option = memory.u8();
  const bytes = memory.take();
  const { length } = bytes;
  const offset = memory.place(4);
  const output = memory.place(2 * length + 8);
  const input = memory.last(bytes);
  for (const capacity of [length >> 1, (length >> 1) + 6, Math.max((length >> 1) - 1, 0)])
    for (const at of [offset, 0]) memory.call('hex_decode', input, length, output, capacity, at);
  const digits = memory.call('hex_encode', input, length, output, 2 * length + ((option >> 2) % 8));
  memory.call('hex_encode', input, length, output, Math.max(2 * length - 1, 0));
  memory.call('hex_decode', output, digits, output, length, offset);
  memory.call('hex_decode', input, length, input, length, offset);
  memory.put(output, bytes);
  memory.call('hex_encode', output, length, output, 2 * length);
}

function text(memory: CallMemory): void {
  const bytes = memory.take();
  const input = memory.last(bytes);
  const offset = memory.place(4);
  for (const at of [offset, 0]) memory.call('utf8_check', input, bytes.length, at);
  memory.call('mqtt_topic_name_check', input, bytes.length);
  for (const version of [3, 4, 5]) memory.call('mqtt_topic_filter_check', input, bytes.length, version);
}

/** A filter and a name, which are matched when both are valid. */
function topic(memory: CallMemory): void {
  const version = 3 + (memory.u8() % 3);
  const filter = memory.take(memory.u8());
  const name = memory.take();
  const views: [View, View] = [
    [memory.place(filter.length, filter), filter.length],
    [memory.last(name), name.length],
  ];
  const results = views.map((view) => ({
    asFilter: memory.call('mqtt_topic_filter_check', ...view, version),
    asName: memory.call('mqtt_topic_name_check', ...view),
  }));
  if (results[0].asFilter === 0 && results[1].asName === 0) memory.call('mqtt_topic_match', ...views[0], ...views[1]);
  for (const [at, length] of views) {
    memory.call('utf8_check', at, length, 0);
    memory.call('mqtt_topic_name_check', at, 65_536 + length);
    memory.call('mqtt_topic_filter_check', at, 65_536 + length, version);
  }
}

/** Makes the calls for an input, by target. */
export const calls: Readonly<Record<CoreTargetName, (memory: CallMemory) => void>> = {
  packet,
  stream,
  encode,
  session: callSession,
  der: (memory) => der(memory, memory.u8()),
  x509: (memory) => der(memory, memory.u8()),
  crl: (memory) => der(memory, 0),
  keys: (memory) => der(memory, memory.u8()),
  hex,
  utf8: text,
  topic,
};
