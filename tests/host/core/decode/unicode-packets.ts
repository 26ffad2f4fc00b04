import type { Packet } from '../../../../host/core/index.js';

/** Texts that are not ASCII, by what they have. */
export const unicodeTexts: readonly [string, string][] = [
  ['characters of two bytes', 'Küche/Wärme'],
  ['characters of three bytes', '中文/温度'.repeat(8)],
  ['characters of four bytes', '😀/\u{10ffff}'],
  ['a byte order mark, which is a character', '\ufefftopic'],
  ['1,024 bytes', `a${'中'.repeat(341)}`],
  ['1,025 bytes', `ab${'中'.repeat(341)}`],
  ['65,535 bytes', '中'.repeat(21_845)],
];

/** Packets with the text in every field. */
export function packetsWith(text: string): Packet[] {
  const properties = { userProperty: [[text, text]] as [string, string][] };
  const payload = Buffer.from('x');
  const connect: Packet = {
    type: 'connect',
    protocolVersion: 5,
    cleanStart: true,
    keepAlive: 0,
    clientId: text,
    properties,
    will: { topic: text, payload, qos: 0, retain: false, properties: { contentType: text } },
    userName: text,
  };
  const subscribe: Packet = { type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: text, qos: 0 }] };
  const publish: Packet = { type: 'publish', topic: text, payload, qos: 0, retain: false, dup: false };
  return [connect, subscribe, publish];
}
