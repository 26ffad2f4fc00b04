import {
  encodePacket,
  type Packet,
  PacketDecoder,
  type ProtocolVersion,
  type QoS,
} from '../../../../host/core/index.js';

/** A reason code: as hexadecimal when it is an error. */
export const codeWord = (code: number): string => (code < 10 ? String(code) : `0x${code.toString(16)}`);

/** A text as one word: "-" is none, "1500*x" is so many times one character. */
export function textWord(bytes: Uint8Array | string): string {
  const text = Buffer.from(bytes).toString();
  if (text === '') return '-';
  return /^(.)\1{9,}$/.test(text) ? `${text.length}*${text[0]}` : text;
}

function textOf(word: string): Buffer {
  const [, count, character] = /^(\d+)\*(.)$/.exec(word) ?? [];
  if (count) return Buffer.from(character.repeat(Number(count)));
  return Buffer.from(word === '-' ? '' : word);
}

/** What follows a name among optional words, as in "qos 1 id 5 dup". */
const numberAfter = (words: string[], name: string): number | undefined =>
  words.includes(name) ? Number(words[words.indexOf(name) + 1]) : undefined;

/**
 * A packet of the broker from its words:
 *
 *   connack [session-present] [receive-maximum N] [code C]
 *   publish TOPIC PAYLOAD [qos Q id N] [dup]
 *   puback | pubrec | pubrel | pubcomp ID [CODE]
 *   suback | unsuback ID CODE...
 *   disconnect CODE
 *   pingresp
 */
function packetOf([type, ...words]: string[]): Packet {
  switch (type) {
    case 'connack': {
      const receiveMaximum = numberAfter(words, 'receive-maximum');
      return {
        type,
        sessionPresent: words.includes('session-present'),
        reasonCode: numberAfter(words, 'code') ?? 0,
        ...(receiveMaximum === undefined ? {} : { properties: { receiveMaximum } }),
      };
    }
    case 'publish': {
      const [topic, payload, ...rest] = words;
      const packetId = numberAfter(rest, 'id');
      return {
        type,
        topic,
        payload: textOf(payload),
        qos: (numberAfter(rest, 'qos') ?? 0) as QoS,
        retain: false,
        dup: rest.includes('dup'),
        ...(packetId === undefined ? {} : { packetId }),
      };
    }
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return { type, packetId: Number(words[0]), reasonCode: Number(words[1] ?? 0) };
    case 'suback':
    case 'unsuback':
      return { type, packetId: Number(words[0]), reasonCodes: words.slice(1).map(Number) };
    case 'disconnect':
      return { type, reasonCode: Number(words[0]) };
    case 'pingresp':
      return { type };
    default:
      throw new Error(`a broker does not send "${type}"`);
  }
}

/** The bytes of a packet of the broker, in hexadecimal, from its words or its members. */
export const brokerBytes = (packet: string[] | Packet, version: ProtocolVersion): string =>
  encodePacket(Array.isArray(packet) ? packetOf(packet) : packet, version).toString('hex');

/** A packet that the application sent, in words. */
function wordsOf(packet: Packet): (string | number)[] {
  switch (packet.type) {
    case 'connect': {
      const { clientId, cleanStart, keepAlive, userName, password, will, properties } = packet;
      const expiry = properties?.sessionExpiryInterval;
      return [
        ...['connect', clientId, ...(cleanStart ? ['clean'] : []), 'keep-alive', keepAlive],
        ...(expiry === undefined ? [] : ['session-expiry', expiry]),
        ...(userName === undefined ? [] : ['user', userName]),
        ...(password === undefined ? [] : ['password', textWord(password)]),
        ...(will === undefined ? [] : ['will', will.topic, textWord(will.payload)]),
      ];
    }
    case 'publish': {
      const { topic, payload, qos, packetId, dup, retain } = packet;
      const flags = [...(dup ? ['dup'] : []), ...(retain ? ['retain'] : [])];
      return ['publish', topic, textWord(payload), ...(qos ? ['qos', qos, 'id', packetId ?? 0] : []), ...flags];
    }
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return [packet.type, packet.packetId, ...(packet.reasonCode ? [codeWord(packet.reasonCode)] : [])];
    case 'subscribe':
      return [
        packet.type,
        packet.packetId,
        ...packet.subscriptions.map(({ topicFilter, qos }) => `${topicFilter}:${qos}`),
      ];
    case 'unsubscribe':
      return [packet.type, packet.packetId, ...packet.topicFilters];
    case 'disconnect':
      return [packet.type, ...(packet.reasonCode ? [codeWord(packet.reasonCode)] : [])];
    default:
      return [packet.type];
  }
}

/** The packets that an application sent, in words. */
export function packetsInWords(hex: string, protocolVersion: ProtocolVersion): string {
  const packets = new PacketDecoder({ protocolVersion }).push(Buffer.from(hex, 'hex'));
  return packets.map((packet) => wordsOf(packet).join(' ')).join(', ') || 'nothing';
}
