// What is called with an input of tests/fuzz/corpus: the exports that its target is about. First bytes mean what tests/fuzz/targets says.
import { abi } from './masks.js';
import { encode, packet, stream } from './packet-calls.js';
import { callSession } from './session-calls.js';

const { CertificateListRecord, CertificateRecord, DerElementRecord, DerLimit, KeyFormat, PrivateKeyRecord } = abi;

/** Every serial number of a list, each with its last bit changed, and without its last byte. */
function find(room, crl) {
  const [first, length] = ['revokedCertificates', 'revokedCertificatesLength'].map((name) =>
    room.word(crl + CertificateListRecord[name]),
  );
  const element = room.place(DerElementRecord.SIZE);
  const view = () => ['content', 'contentLength'].map((name) => room.word(element + DerElementRecord[name]));
  const other = room.place(32);
  for (let at = 0; at < length; ) {
    const used = room.call('der_read', first + at, length - at, element);
    room.call('der_read', ...view(), element);
    const [serial, size] = view();
    room.put(other, room.read(serial, size));
    room.call('crl_find', crl, serial, size);
    room.put(other + size - 1, [room.read(other + size - 1, 1)[0] ^ 1]);
    for (const less of [0, 1]) room.call('crl_find', crl, other, size - less);
    at += used;
  }
}

/** DER of any kind goes to every reader. */
function der(room, choice) {
  const bytes = room.take();
  const input = room.last(bytes);
  const offset = room.place(4);
  const stack = room.place(8 * (DerLimit.DEPTH + 1));
  for (const depth of [choice % (DerLimit.DEPTH + 2), DerLimit.DEPTH])
    for (const at of [offset, 0]) room.call('der_check', input, bytes.length, stack, depth, at);
  room.call('der_read', input, bytes.length, room.place(DerElementRecord.SIZE));
  room.call('key_identify', input, bytes.length);
  for (const name of ['x509_read', 'csr_read'])
    room.call(name, input, bytes.length, room.place(CertificateRecord.SIZE));
  const crl = room.place(CertificateListRecord.SIZE);
  if (room.call('crl_read', input, bytes.length, crl) > 0) find(room, crl);
  const key = room.place(PrivateKeyRecord.SIZE);
  room.call('key_check_pkcs8', input, bytes.length, key);
  const format = room.call('key_read', input, bytes.length, key);
  const least = bytes.length + DerLimit.WRAPPING;
  const output = room.place(least + 64);
  for (const capacity of [least + (choice % 64), least - 1])
    room.call('key_wrap_pkcs8', input, bytes.length, output, capacity, key);
  if (format === KeyFormat.SEC1) room.call('memory_wipe', output, least);
}

function hex(room) {
  const option = room.u8();
  const bytes = room.take();
  const { length } = bytes;
  const offset = room.place(4);
  const output = room.place(2 * length + 8);
  const input = room.last(bytes);
  for (const capacity of [length >> 1, (length >> 1) + 6, Math.max((length >> 1) - 1, 0)])
    for (const at of [offset, 0]) room.call('hex_decode', input, length, output, capacity, at);
  const digits = room.call('hex_encode', input, length, output, 2 * length + ((option >> 2) % 8));
  room.call('hex_encode', input, length, output, Math.max(2 * length - 1, 0));
  room.call('hex_decode', output, digits, output, length, offset);
  room.call('hex_decode', input, length, input, length, offset);
  room.put(output, bytes);
  room.call('hex_encode', output, length, output, 2 * length);
}

function text(room) {
  const bytes = room.take();
  const input = room.last(bytes);
  const offset = room.place(4);
  for (const at of [offset, 0]) room.call('utf8_check', input, bytes.length, at);
  room.call('mqtt_topic_name_check', input, bytes.length);
  for (const version of [3, 4, 5]) room.call('mqtt_topic_filter_check', input, bytes.length, version);
}

/** A filter and a name; only valid ones are matched. */
function topic(room) {
  const version = 3 + (room.u8() % 3);
  const filter = room.take(room.u8());
  const name = room.take();
  const views = [
    [room.place(filter.length, filter), filter.length],
    [room.last(name), name.length],
  ];
  const isValid = views.map((view) => [
    room.call('mqtt_topic_filter_check', ...view, version),
    room.call('mqtt_topic_name_check', ...view),
  ]);
  if (isValid[0][0] === 0 && isValid[1][1] === 0) room.call('mqtt_topic_match', ...views[0], ...views[1]);
  for (const [at, length] of views) {
    room.call('utf8_check', at, length, 0);
    room.call('mqtt_topic_name_check', at, 65_536 + length);
    room.call('mqtt_topic_filter_check', at, 65_536 + length, version);
  }
}

/** By target: what is done with the bytes of a room. */
export const calls = {
  packet,
  stream,
  encode,
  session: callSession,
  der: (room) => der(room, room.u8()),
  x509: (room) => der(room, room.u8()),
  crl: (room) => der(room, 0),
  keys: (room) => der(room, room.u8()),
  hex,
  utf8: text,
  topic,
};
