import { describe, expect, it } from 'vitest';
import { MqttError, PacketDecoder } from '../../../host/core/index.js';
import { World } from '../../host/broker/world.js';
import { Client, refusal } from '../session-rig.js';

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
const size = (digits: string) => digits.length / 2;
const octet = (value: number) => value.toString(16).padStart(2, '0');

/** First byte, what stands before the properties, and what stands behind them. */
const packets = {
  connect: ['10', '00044d515454 05 02 003c', '0003646576'],
  will: ['10', '00044d515454 05 06 003c 00 0003646576', '000177 0000'],
  connack: ['20', '0000', ''],
  publish: ['30', '000161', ''],
  puback: ['40', '0001 00', ''],
  pubrec: ['50', '0001 00', ''],
  pubrel: ['62', '0001 00', ''],
  pubcomp: ['70', '0001 00', ''],
  subscribe: ['82', '0001', '000161 00'],
  suback: ['90', '0001', '00'],
  unsubscribe: ['a2', '0001', '000161'],
  unsuback: ['b0', '0001', '00'],
  disconnect: ['e0', '00', ''],
  auth: ['f0', '18', ''],
} as const;
type Kind = keyof typeof packets;

const FROM_CLIENT: readonly Kind[] = ['connect', 'will', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp'];
const ONLY_FROM_CLIENT: readonly Kind[] = ['connect', 'will', 'subscribe', 'unsubscribe'];
const ONLY_FROM_SERVER: readonly Kind[] = ['connack', 'suback', 'unsuback'];
const isFromClient = (kind: Kind) => FROM_CLIENT.includes(kind) || !ONLY_FROM_SERVER.includes(kind);

/** A packet of MQTT 5 with these properties. */
function packet(kind: Kind, properties: string): Uint8Array {
  const [first, before, behind] = packets[kind].map((part) => part.replaceAll(' ', ''));
  const list = properties.replaceAll(' ', '');
  const body = before + octet(size(list)) + list + behind;
  return hex(first + octet(size(body)) + body);
}

/** Two properties of one kind. */
const twice = (property: string) => property + property;

const DUPLICATE = 'PROPERTY_DUPLICATE';
const NOT_BOOLEAN = 'PROPERTY_NOT_BOOLEAN';
const ZERO = 'PROPERTY_ZERO';

/** Protocol Errors (0x82) in single properties: the id of the sentence, the packet, its properties, and the result code. */
const properties: [sentence: string, Kind, properties: string, codeName: string][] = [
  ['3.1.2.11.2-a', 'connect', twice('11 00000001'), DUPLICATE],
  ['3.1.2.11.3-a', 'connect', twice('21 0001'), DUPLICATE],
  ['3.1.2.11.3-a, zero', 'connect', '21 0000', ZERO],
  ['3.1.2.11.4-a', 'connect', twice('27 00000010'), DUPLICATE],
  ['3.1.2.11.4-a, zero', 'connect', '27 00000000', ZERO],
  ['3.1.2.11.5-a', 'connect', twice('22 0001'), DUPLICATE],
  ['3.1.2.11.6-a', 'connect', twice('19 01'), DUPLICATE],
  ['3.1.2.11.6-a, 2', 'connect', '19 02', NOT_BOOLEAN],
  ['3.1.2.11.7-a', 'connect', twice('17 01'), DUPLICATE],
  ['3.1.2.11.7-a, 2', 'connect', '17 02', NOT_BOOLEAN],
  ['3.1.2.11.9-a', 'connect', twice('15 00016d'), DUPLICATE],
  ['3.1.2.11.10-a', 'connect', '16 000164', 'AUTHENTICATION_METHOD_MISSING'],
  ['3.1.2.11.10-b', 'connect', `15 00016d ${twice('16 000164')}`, DUPLICATE],
  ['3.1.3.2.2-a', 'will', twice('18 00000001'), DUPLICATE],
  ['3.1.3.2.3-b', 'will', twice('01 01'), DUPLICATE],
  ['3.1.3.2.4-a', 'will', twice('02 00000001'), DUPLICATE],
  ['3.1.3.2.5-a', 'will', twice('03 000163'), DUPLICATE],
  ['3.1.3.2.6-a', 'will', twice('08 000172'), DUPLICATE],
  ['3.1.3.2.7-a', 'will', twice('09 000164'), DUPLICATE],
  ['3.2.2.3.2-a', 'connack', twice('11 00000001'), DUPLICATE],
  ['3.2.2.3.3-a', 'connack', twice('21 0001'), DUPLICATE],
  ['3.2.2.3.3-a, zero', 'connack', '21 0000', ZERO],
  ['3.2.2.3.4-a', 'connack', twice('24 01'), DUPLICATE],
  ['3.2.2.3.4-a, 2', 'connack', '24 02', NOT_BOOLEAN],
  ['3.2.2.3.5-a', 'connack', twice('25 01'), DUPLICATE],
  ['3.2.2.3.5-a, 2', 'connack', '25 02', NOT_BOOLEAN],
  ['3.2.2.3.6-a', 'connack', twice('27 00000010'), DUPLICATE],
  ['3.2.2.3.6-a, zero', 'connack', '27 00000000', ZERO],
  ['3.2.2.3.7-a', 'connack', twice('12 000169'), DUPLICATE],
  ['3.2.2.3.8-a', 'connack', twice('22 0001'), DUPLICATE],
  ['3.2.2.3.9-a', 'connack', twice('1f 000172'), DUPLICATE],
  ['3.2.2.3.11-a', 'connack', twice('28 01'), DUPLICATE],
  ['3.2.2.3.11-a, 2', 'connack', '28 02', NOT_BOOLEAN],
  ['3.2.2.3.12-a', 'connack', twice('29 01'), DUPLICATE],
  ['3.2.2.3.12-a, 2', 'connack', '29 02', NOT_BOOLEAN],
  ['3.2.2.3.13-a', 'connack', twice('2a 01'), DUPLICATE],
  ['3.2.2.3.13-a, 2', 'connack', '2a 02', NOT_BOOLEAN],
  ['3.2.2.3.14-a', 'connack', twice('13 0001'), DUPLICATE],
  ['3.2.2.3.15-a', 'connack', twice('1a 000169'), DUPLICATE],
  ['3.2.2.3.16-a', 'connack', twice('1c 000173'), DUPLICATE],
  ['3.2.2.3.17-a', 'connack', twice('15 00016d'), DUPLICATE],
  ['3.2.2.3.18-a', 'connack', `15 00016d ${twice('16 000164')}`, DUPLICATE],
  ['3.3.2.3.4-a', 'publish', twice('23 0001'), DUPLICATE],
  ['3.3.2.3.5-a', 'publish', twice('08 000172'), DUPLICATE],
  ['3.3.2.3.6-a', 'publish', twice('09 000164'), DUPLICATE],
  ['3.3.2.3.8-a', 'publish', '0b 00', ZERO],
  ['3.3.2.3.9-a', 'publish', twice('03 000163'), DUPLICATE],
  ['3.4.2.2.2-a', 'puback', twice('1f 000172'), DUPLICATE],
  ['3.5.2.2.2-a', 'pubrec', twice('1f 000172'), DUPLICATE],
  ['3.6.2.2.2-a', 'pubrel', twice('1f 000172'), DUPLICATE],
  ['3.7.2.2.2-a', 'pubcomp', twice('1f 000172'), DUPLICATE],
  ['3.8.2.1.2-a', 'subscribe', '0b 00', ZERO],
  ['3.8.2.1.2-b', 'subscribe', twice('0b 01'), DUPLICATE],
  ['3.9.2.1.2-a', 'suback', twice('1f 000172'), DUPLICATE],
  ['3.11.2.1.2-a', 'unsuback', twice('1f 000172'), DUPLICATE],
  ['3.14.2.2.2-a', 'disconnect', twice('11 00000000'), DUPLICATE],
  ['3.14.2.2.3-a', 'disconnect', twice('1f 000172'), DUPLICATE],
  ['3.14.2.2.5-a', 'disconnect', twice('1c 000173'), DUPLICATE],
  ['3.15.2.2.2-a', 'auth', '', 'AUTHENTICATION_METHOD_MISSING'],
  ['3.15.2.2.2-a, twice', 'auth', twice('15 00016d'), DUPLICATE],
  ['3.15.2.2.3-a', 'auth', `15 00016d ${twice('16 000164')}`, DUPLICATE],
  ['3.15.2.2.4-a', 'auth', `15 00016d ${twice('1f 000172')}`, DUPLICATE],
];

/** Other packets that are refused by themselves: the id of the sentence, who sends it, the packet, result code and reason code. */
const others: [sentence: string, Kind, packet: string, codeName: string, reasonCode: number][] = [
  ['1.5.4-a', 'publish', '30 06 0003 eda080 00', 'UTF8_INVALID', 0x81],
  ['1.5.4-b', 'publish', '30 04 0001 00 00', 'UTF8_NUL', 0x81],
  ['1.5.5-a', 'publish', '30 80808080 01', 'REMAINING_LENGTH_TOO_LONG', 0x81],
  ['1.5.7-a', 'publish', '30 0b 0001 61 07 26 0001 ff 0001 61', 'UTF8_INVALID', 0x81],
  ['2.1.2-a', 'publish', '00 00', 'PACKET_TYPE_RESERVED', 0x81],
  ['2.1.3-a', 'puback', '41 02 0001', 'FLAGS_RESERVED', 0x81],
  ['2.1.4-a, too few bytes', 'puback', '40 01 00', 'PACKET_TRUNCATED', 0x81],
  ['2.1.4-a, too many bytes', 'publish', '30 03 0002 61', 'PACKET_TRUNCATED', 0x81],
  ['2.2.2.1-a', 'publish', '30 04 0001 61 05', 'PROPERTY_LENGTH_INVALID', 0x81],
  ['2.2.2.2-a, unknown', 'publish', '30 06 0001 61 02 7f00', 'PROPERTY_UNKNOWN', 0x81],
  ['2.2.2.2-a, of another packet', 'publish', '30 07 0001 61 03 210001', 'PROPERTY_FOREIGN', 0x81],
  ['2.2.2.2-a, in CONNECT', 'connect', '100f00044d5154540502000a0101000170', 'PROPERTY_FOREIGN', 0x81],
  ['2.2.2.2-b', 'publish', '30 06 0001 61 02 2300', 'PROPERTY_TRUNCATED', 0x81],
  ['2.4-a, SUBACK', 'suback', '90 03 0001 00', 'NO_REASON_CODES', 0x82],
  ['2.4-a, UNSUBACK', 'unsuback', 'b0 03 0001 00', 'NO_REASON_CODES', 0x82],
  ['3.1.2.3-a', 'connect', '10 10 00044d515454 05 03 003c 00 0003646576', 'CONNECT_FLAGS_RESERVED', 0x81],
  ['3.1.2.6-a', 'connect', '10 10 00044d515454 05 1e 003c 00 0003646576', 'WILL_QOS_INVALID', 0x81],
  ['3.3.1.2-b', 'publish', '36 06 0001 61 0001 00', 'QOS_INVALID', 0x81],
  ['3.3.2.1-a', 'publish', '30 03 0000 00', 'TOPIC_EMPTY', 0x82],
  ['3.3.4-c, alias 0', 'publish', '30 07 0001 61 03 230000', 'TOPIC_ALIAS_ZERO', 0x94],
  ['3.8.3-a', 'subscribe', '82 03 0001 00', 'NO_FILTERS', 0x82],
  ['3.8.3.1-a', 'subscribe', '82 07 0001 00 0001 61 03', 'QOS_INVALID', 0x82],
  ['3.8.3.1-b', 'subscribe', '82 07 0001 00 0001 61 30', 'RETAIN_HANDLING_INVALID', 0x82],
  ['3.10.3-a', 'unsubscribe', 'a2 03 0001 00', 'NO_FILTERS', 0x82],
];

type Row = [sentence: string, Kind, Uint8Array, codeName: string, reasonCode: number];
const rows: Row[] = [
  ...properties.map(([id, kind, list, codeName]): Row => [id, kind, packet(kind, list), codeName, 0x82]),
  ...others.map(([id, kind, bytes, codeName, reasonCode]): Row => [id, kind, hex(bytes), codeName, reasonCode]),
];

describe('a sentence of MQTT 5 without a statement id', () => {
  it.each(rows)('is kept by the decoder: %s', (_, _kind, bytes, codeName, reasonCode) => {
    const decode = () => new PacketDecoder({ protocolVersion: 5 }).push(bytes);
    expect(decode).toThrow(MqttError);
    expect(refusal(decode)).toMatchObject({ codeName, reasonCode });
  });

  it.each(rows.filter(([, kind]) => isFromClient(kind)))(
    'is kept by the broker, which says why it closes: %s',
    (_, kind, bytes, _codeName, reasonCode) => {
      const isConnect = kind === 'connect' || kind === 'will';
      const world = new World();
      const client = isConnect ? world.open(5) : world.connect({ protocolVersion: 5 });
      client.raw(bytes);
      expect(client.next(isConnect ? 'connack' : 'disconnect').reasonCode).toBe(reasonCode);
      expect(client.isClosed).toBe(true);
    },
  );

  it.each(rows.filter(([, kind]) => !ONLY_FROM_CLIENT.includes(kind)))(
    'is kept by the client session, which names the code to close with: %s',
    (_, kind, bytes, codeName, reasonCode) => {
      const client = new Client(5);
      if (kind === 'connack') client.begin();
      else client.connect();
      expect(refusal(() => client.session.receive(bytes, client.now))).toMatchObject({ codeName, reasonCode });
    },
  );
});
