import { session_arrived } from '../../assembly/mqtt/session';
import { DecodeOption, Packet, PacketType, Result, Session, SessionEvent } from '../../build/abi/assembly';
import { OUTPUT } from './bytes';
import { decode, hexAt, LARGEST, place, RECORD, record } from './mqtt-records';
import {
  at,
  CONTEXT,
  close,
  connect,
  connected,
  context,
  event,
  fresh,
  poll,
  pollRefused,
  receiveRecord,
  reconnect,
} from './session-context';

const HEADER: i32 = DecodeOption.HEADER;

/** What the buffer holds is refused with this code at this byte, long before the packet is complete. */
function refused(version: i32, hex: string, code: i32, offset: u32, maximum: u32 = LARGEST): void {
  expect(decode(version | HEADER, hex, maximum)).toBe(code, hex);
  expect(record.errorOffset).toBe(offset, hex);
}

function waits(version: i32, hex: string, needed: u32): void {
  expect(decode(version | HEADER, hex)).toBe(0, hex);
  expect(record.needed).toBe(needed, hex);
}

/** The header is complete: so many bytes of the payload are here, so many are still to come. */
function begins(version: i32, hex: string, here: u32, toCome: u32): void {
  expect(decode(version | HEADER, hex)).toBe(hex.length >> 1, hex);
  expect(record.type).toBe(PacketType.PUBLISH, hex);
  expect(record.protocolVersion).toBe(version, hex);
  expect(record.payloadLength).toBe(here, hex);
  expect(place(offsetof<Packet>('payload'))).toBe((hex.length >> 1) - here, hex);
  expect(record.needed).toBe(toCome, hex);
  expect(record.length).toBe((hex.length >> 1) + toCome, hex);
  expect(load<u32>(RECORD + Packet.SIZE)).toBe(0xeeeeeeee, 'nothing is written behind the record');
}

describe('mqtt_decode with DecodeOption.HEADER: a PUBLISH larger than the buffer', () => {
  it('is a header record, with what is here of the payload and the count of what is to come', () => {
    begins(4, '30ffffff7f' + '000161' + '6869', 2, 268435455 - 5);
    expect(hexAt(<u32>record.topic, record.topicLength)).toBe('61');
    begins(5, '34e807' + '00026162' + '0007' + '03230004' + '68', 1, 1000 - 11);
    expect(record.packetId).toBe(7);
    expect(record.topicAlias).toBe(4);
    expect(record.propertiesLength).toBe(3);
  });

  it('is given as soon as the last byte of its header is here', () => {
    begins(4, '30e807' + '000161', 0, 997);
    begins(4, '32e807' + '000161' + '0007', 0, 995);
    begins(5, '30e807' + '000161' + '00', 0, 996);
  });

  it('before that, needed tells what is missing of the header at least', () => {
    waits(5, '', 2);
    waits(5, '30', 1);
    waits(5, '30e8', 1);
    waits(5, '30e807', 1);
    waits(5, '30e807' + '00', 1);
    waits(5, '30e807' + '0002' + '61', 1);
    waits(4, '32e807' + '000161' + '00', 1);
    waits(5, '30e807' + '000161', 1);
    waits(5, '30e807' + '000161' + '80', 1);
    waits(5, '30e807' + '000161' + '8001', 128);
    waits(5, '30e807' + '000161' + '8001' + '0101', 126);
    waits(5, '30e807' + '000161' + '02' + '01', 1);
  });

  it('that is complete is decoded as without the option, and nothing is to come', () => {
    begins(4, '3005' + '000161' + '6869', 2, 0);
    expect(decode(4 | HEADER, '3005' + '000161' + '6869' + 'c000')).toBe(7, 'what follows is left');
  });

  it('other packets wait until they are complete', () => {
    waits(4, '82e807' + '0001', 998);
    waits(4, '100f' + '00044d515454', 9);
    expect(decode(4 | HEADER, 'c000')).toBe(2);
  });

  it('is refused as the whole packet is: the same codes at the same bytes', () => {
    refused(4, '36', Result.QOS_INVALID, 0);
    refused(4, '30e807', Result.PACKET_TOO_LARGE, 1, 1002);
    refused(5, '30e88700', Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL, 1);
    refused(4, '30e807' + '0000', Result.TOPIC_EMPTY, 3);
    refused(4, '30e807' + '0003612b62', Result.TOPIC_WILDCARD, 6);
    refused(4, '30e807' + '0002c080', Result.UTF8_INVALID, 5);
    refused(4, '32e807' + '000161' + '0000', Result.PACKET_ID_ZERO, 6);
    refused(5, '30e807' + '000161' + '022700', Result.PROPERTY_FOREIGN, 7);
    refused(5, '30e807' + '000161' + '020102', Result.PROPERTY_NOT_BOOLEAN, 8);
    refused(5, '30e807' + '000161' + '020161', Result.PROPERTY_NOT_BOOLEAN, 8);
    refused(5, '30e807' + '000161' + '8000', Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL, 6);
    refused(5, '30e807' + '000161' + 'ffffffff', Result.REMAINING_LENGTH_TOO_LONG, 6);
  });

  it('a property list that runs past the packet is refused without waiting for it', () => {
    waits(5, '30e807' + '000161' + 'e307', 995);
    refused(5, '30e807' + '000161' + 'e407', Result.PROPERTY_LENGTH_INVALID, 6);
    refused(5, '30e807' + '000161' + 'ffffff7f', Result.PROPERTY_LENGTH_INVALID, 6);
  });
});

describe('a Remaining Length that is not in the fewest bytes (MQTT-1.5.5-1)', () => {
  it('is accepted before MQTT 5, unless DecodeOption.STRICT asks otherwise', () => {
    for (let version = 3; version < 5; version++) {
      expect(decode(version, 'c08000')).toBe(3);
      expect(decode(version | HEADER, 'c08000')).toBe(3);
      expect(decode(version | DecodeOption.STRICT, 'c08000')).toBe(Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
      expect(record.errorOffset).toBe(1);
      expect(decode(version | DecodeOption.STRICT, 'c000')).toBe(2);
      expect(record.protocolVersion).toBe(version, 'without the option');
    }
    expect(decode(5 | DecodeOption.STRICT, 'c08000')).toBe(Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
  });
});

/** The header of a message of MQTT 5 with the topic "a" and 994 bytes of payload, of which none is here. */
function begin(qos: i32, dup: bool = false): void {
  const first = dup ? (qos == 2 ? '3c' : '3a') : qos == 2 ? '34' : '32';
  begins(5, first + 'e807' + '000161' + '0005' + '00', 0, 994);
}

/** The session takes the record of the header, answers with these bytes, and says this. */
function taken(answer: string, meaning: i32): void {
  expect(receiveRecord()).toBe(answer.length / 2, answer);
  expect(hexAt(OUTPUT, answer.length / 2)).toBe(answer);
  expect(event()).toBe(meaning, answer);
}

describe('session_receive with the record of a header, after the last piece', () => {
  it('QoS 1 is acknowledged, QoS 2 handed out once (MQTT-4.3.3-10)', () => {
    connected(5);
    begin(1);
    taken('40020005', SessionEvent.MESSAGE);
    begin(2);
    taken('50020005', SessionEvent.MESSAGE);
    begin(2, true);
    taken('50020005', SessionEvent.DUPLICATE);
  });

  it('a connection that ends between the pieces leaves no trace: the message comes again as a new one', () => {
    connected(5);
    begin(2);
    close();
    expect(context.count).toBe(0);
    reconnect();
    begin(2, true);
    taken('50020005', SessionEvent.MESSAGE);
  });

  it('on a copy of the context it says before the pieces what the message is', () => {
    connected(5);
    begin(2);
    taken('50020005', SessionEvent.MESSAGE);
    const copy = memory.data(1024, 16);
    begin(2, true);
    memory.copy(copy, CONTEXT, 1024);
    expect(receiveRecord(copy)).toBe(4);
    expect(load<u32>(copy + offsetof<Session>('event'))).toBe(SessionEvent.DUPLICATE);
  });

  it('sets and resolves a topic alias (3.3.2.3.4)', () => {
    fresh(1, 1, 0, 12);
    connect(5, false, '220001');
    begins(5, '30e807' + '00026162' + '03230001', 0, 992);
    taken('', SessionEvent.MESSAGE);
    begins(5, '30e807' + '0000' + '03230001', 0, 994);
    taken('', SessionEvent.MESSAGE);
    expect(hexAt(<u32>record.topic, record.topicLength)).toBe('6162');
  });

  it('a server whose payload takes longer than a PINGRESP may is not silent while the caller notes the pieces', () => {
    at(0);
    connected(5);
    begin(1);
    at(60000);
    expect(poll()).toBe(2, 'PINGREQ after the keep-alive time of the client');
    for (let time = 62000; time < 70000; time += 2000) {
      at(time);
      session_arrived(CONTEXT, time);
      expect(poll()).toBe(0);
    }
    at(74000);
    pollRefused(Result.RESPONSE_TIMEOUT);
    at(0);
  });
});
