import { Packet, PacketType, Result } from '../../build/abi/assembly';
import { INPUT, repeat } from './bytes';
import { decode, field, hexAt, LARGEST, place, RECORD, record } from './mqtt-records';

/** The bytes are refused with this code, at this byte. */
function refused(version: i32, hex: string, code: i32, offset: u32, maximum: u32 = LARGEST): void {
  expect(decode(version, hex, maximum)).toBe(code, hex);
  expect(record.errorOffset).toBe(offset, hex);
}

function refusedByBoth(hex: string, code: i32, offset: u32): void {
  refused(4, hex, code, offset);
  refused(5, hex, code, offset);
}

function waits(version: i32, hex: string, needed: u32): void {
  expect(decode(version, hex)).toBe(0, hex);
  expect(record.needed).toBe(needed, hex);
}

/** The bytes are one whole packet. */
function accepted(version: i32, hex: string): void {
  expect(decode(version, hex)).toBe(hex.length >> 1, hex);
  expect(record.length).toBe(hex.length >> 1, hex);
  expect(load<u32>(RECORD + Packet.SIZE)).toBe(0xeeeeeeee, 'nothing is written behind the record');
}

function bytes(offset: usize): string {
  return hexAt(field(offset), field(offset + 4));
}

/** Fixed header, protocol name and version of a CONNECT, of which `rest` follows. */
function connect(version: string, rest: string): string {
  const body = '00044d515454' + version + rest;
  return (
    '10' + String.fromCharCode(48 + (body.length >> 5)) + '0123456789abcdef'.charAt((body.length >> 1) & 15) + body
  );
}

describe('mqtt_decode: views and fields', () => {
  it('CONNECT: every field, as views on the input', () => {
    accepted(
      5,
      connect('05', 'f60e10' + '0511000000aa' + '0003646576' + '00' + '000177' + '00026869' + '000175' + '000170'),
    );
    expect(record.type).toBe(PacketType.CONNECT);
    expect(record.protocolVersion).toBe(5);
    expect(record.connectFlags).toBe(0xf6);
    expect(record.keepAlive).toBe(3600);
    expect(bytes(offsetof<Packet>('properties'))).toBe('11000000aa');
    expect(place(offsetof<Packet>('properties'))).toBe(13);
    expect(record.propertiesPresentLow).toBe(1 << 17);
    expect(bytes(offsetof<Packet>('clientId'))).toBe('646576');
    expect(place(offsetof<Packet>('clientId'))).toBe(20);
    expect(record.willPropertiesLength).toBe(0);
    expect(bytes(offsetof<Packet>('topic'))).toBe('77');
    expect(bytes(offsetof<Packet>('payload'))).toBe('6869');
    expect(bytes(offsetof<Packet>('userName'))).toBe('75');
    expect(bytes(offsetof<Packet>('password'))).toBe('70');
  });

  it('PUBLISH: flags, packet id, alias, properties and payload', () => {
    accepted(5, '3d120001611234' + '0a' + '230007' + '260001780001' + '79' + '7061');
    expect(record.flags & 15).toBe(13);
    expect(record.packetId).toBe(0x1234);
    expect(record.topicAlias).toBe(7);
    expect(record.propertiesPresentLow).toBe(0);
    expect(record.propertiesPresentHigh).toBe((1 << 3) | (1 << 6));
    expect(place(offsetof<Packet>('payload'))).toBe(18);
    expect(bytes(offsetof<Packet>('payload'))).toBe('7061');
  });

  it('lists: their bytes and how many entries they have', () => {
    accepted(4, '820a0001000161010001' + '6202');
    expect(record.count).toBe(2);
    expect(place(offsetof<Packet>('payload'))).toBe(4);
    accepted(5, 'a209' + '000100' + '000161' + '000162');
    expect(record.count).toBe(2);
    accepted(5, '9006' + '000100' + '000187');
    expect(record.count).toBe(3);
    expect(bytes(offsetof<Packet>('payload'))).toBe('000187');
  });

  it('CONNACK, acknowledgements, DISCONNECT, AUTH: reason codes, and 0 when they are left out', () => {
    accepted(4, '20020005');
    expect(record.reasonCode).toBe(5);
    accepted(4, '20020100');
    expect(record.connectFlags).toBe(1);
    accepted(5, '4003000110');
    expect(record.reasonCode).toBe(0x10);
    accepted(5, '40020001');
    expect(record.reasonCode).toBe(0);
    accepted(5, 'e00104');
    expect(record.reasonCode).toBe(4);
    accepted(5, 'f006' + '18' + '041500016d');
    expect(record.reasonCode).toBe(0x18);
    accepted(4, 'c000');
    accepted(5, 'd000');
  });

  it('uses the first packet only, and says where the next begins', () => {
    expect(decode(4, 'c000' + 'ffffffffff')).toBe(2);
    expect(decode(5, '40020001' + '4002')).toBe(4);
  });

  it('a CONNECT brings its version, whatever the stream spoke before', () => {
    accepted(5, connect('04', '02003c0000'));
    expect(record.protocolVersion).toBe(4);
    accepted(4, connect('05', '02003c000000'));
    expect(record.protocolVersion).toBe(5);
    accepted(4, '100e00064d514973647003' + '02003c0000');
    expect(record.protocolVersion).toBe(3);
  });

  it('clears what an earlier packet left in the record', () => {
    accepted(5, '3212' + '0001611234' + '0a' + '230007' + '26000178000179' + '7061');
    accepted(4, 'c000');
    expect(record.packetId).toBe(0);
    expect(<u32>record.topic).toBe(0);
    expect(record.payloadLength).toBe(0);
    expect(record.propertiesPresentHigh).toBe(0);
  });
});

describe('mqtt_decode: packets that are not complete', () => {
  it('says how many bytes are missing at least, and never more than a shortest packet lacks', () => {
    waits(4, '', 2);
    waits(4, 'c0', 1);
    waits(5, '30', 1);
    waits(5, '3080', 1);
    waits(5, '30ffffff', 1);
    waits(5, '3003', 3);
    waits(5, '30030001', 1);
    waits(4, '30ffffff7f', 268435455);
    waits(5, '30ffffff7f' + '0001', 268435453);
  });

  it('refuses at once what no further byte can mend', () => {
    refusedByBoth('00', Result.PACKET_TYPE_RESERVED, 0);
    refused(4, 'f0', Result.PACKET_TYPE_RESERVED, 0);
    refusedByBoth('36', Result.QOS_INVALID, 0);
    refusedByBoth('38', Result.DUP_WITH_QOS_0, 0);
    refusedByBoth('41', Result.FLAGS_RESERVED, 0);
    refusedByBoth('30ffffffff', Result.REMAINING_LENGTH_TOO_LONG, 1);
    refused(5, '308000', Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL, 1);
    refused(5, '30c801', Result.PACKET_TOO_LARGE, 1, 202);
    waits(5, '30c8', 1);
  });

  it('counts the fixed header in the maximum packet size', () => {
    expect(decode(4, '30030001' + '61', 5)).toBe(5);
    refused(4, '3003000161', Result.PACKET_TOO_LARGE, 1, 4);
    refused(4, 'c000', Result.PACKET_TOO_LARGE, 1, 1);
  });
});

describe('mqtt_decode: each rule broken once', () => {
  it('fixed header', () => {
    refusedByBoth('3080808080', Result.REMAINING_LENGTH_TOO_LONG, 1);
    refused(5, 'c08000', Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL, 1);
    accepted(4, 'c08000');
    refusedByBoth('0000', Result.PACKET_TYPE_RESERVED, 0);
    refusedByBoth('6002' + '0001', Result.FLAGS_RESERVED, 0);
    refusedByBoth('36050001610001', Result.QOS_INVALID, 0);
    refusedByBoth('38030001' + '61', Result.DUP_WITH_QOS_0, 0);
  });

  it('a CONNECT of MQTT 5 has a minimal Remaining Length even when the stream spoke 3.1.1', () => {
    refused(4, '108d00' + '00044d51545405' + '02003c000000', Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL, 1);
    accepted(4, '108c00' + '00044d51545404' + '02003c0000');
  });

  it('framing', () => {
    refusedByBoth('30020002', Result.PACKET_TRUNCATED, 2);
    refusedByBoth('c00100', Result.TRAILING_BYTES, 2);
    refused(4, '4003000100', Result.TRAILING_BYTES, 4);
    refusedByBoth('40020000', Result.PACKET_ID_ZERO, 2);
  });

  it('text and topics', () => {
    refusedByBoth('30050003' + '61ed9f', Result.UTF8_INVALID, 5);
    refusedByBoth('30040002' + '6100', Result.UTF8_NUL, 5);
    refused(4, '30020000', Result.TOPIC_EMPTY, 2);
    refused(5, '3003000000', Result.TOPIC_EMPTY, 2);
    refusedByBoth('30040002' + '612b', Result.TOPIC_WILDCARD, 5);
    refused(4, '82060001' + '0001' + '2304', Result.SUBSCRIPTION_OPTIONS_RESERVED, 7);
    refused(4, '82070001' + '0002' + '612300', Result.FILTER_WILDCARD_MISPLACED, 6);
    refused(4, '82070001' + '0002' + '612b00', Result.FILTER_PLUS_MISPLACED, 6);
    refused(5, '820d000100' + '0007' + '2473686172652f' + '00', Result.SHARE_NAME_INVALID, 7);
    refused(5, '820e000100' + '0008' + '2473686172652f67' + '00', Result.SHARE_FILTER_INVALID, 7);
  });

  it('subscriptions', () => {
    refused(5, '8210000100' + '000a' + '2473686172652f672f61' + '04', Result.SHARE_NO_LOCAL, 17);
    refused(4, '82020001', Result.NO_FILTERS, 4);
    refused(5, 'a203000100', Result.NO_FILTERS, 5);
    refused(5, '8207000100' + '00016140', Result.SUBSCRIPTION_OPTIONS_RESERVED, 8);
    refused(5, '8207000100' + '00016103', Result.QOS_INVALID, 8);
    refused(5, '8207000100' + '00016130', Result.RETAIN_HANDLING_INVALID, 8);
    refused(4, '90020001', Result.NO_REASON_CODES, 4);
    refused(5, 'b003000100', Result.NO_REASON_CODES, 5);
    refused(4, '9003000103', Result.REASON_CODE_INVALID, 4);
  });

  it('CONNECT and CONNACK', () => {
    refusedByBoth('100c' + '00046d717474' + '0402003c0000', Result.PROTOCOL_NAME_INVALID, 4);
    refusedByBoth(connect('06', '02003c0000'), Result.PROTOCOL_VERSION_UNSUPPORTED, 8);
    refusedByBoth(connect('04', '03003c0000'), Result.CONNECT_FLAGS_RESERVED, 9);
    refusedByBoth(connect('04', '0a003c0000'), Result.WILL_FLAGS_WITHOUT_WILL, 9);
    refusedByBoth(connect('04', '22003c0000'), Result.WILL_RETAIN_WITHOUT_WILL, 9);
    refusedByBoth(connect('04', '1e003c00000001770000'), Result.WILL_QOS_INVALID, 9);
    refusedByBoth(connect('04', '06003c000000000000'), Result.TOPIC_EMPTY, 16);
    refusedByBoth(connect('04', '06003c00000001230000'), Result.TOPIC_WILDCARD, 16);
    refusedByBoth(connect('04', '42003c00000000'), Result.PASSWORD_WITHOUT_USER_NAME, 9);
    accepted(5, connect('05', '42003c0000000000'));
    refusedByBoth(connect('04', '00003c0000'), Result.CLIENT_ID_REQUIRED, 12);
    accepted(5, connect('05', '00003c000000'));
    refusedByBoth('20020200', Result.CONNACK_FLAGS_RESERVED, 2);
    refused(4, '20020105', Result.SESSION_PRESENT_WITH_ERROR, 2);
    refused(5, '2003018700', Result.SESSION_PRESENT_WITH_ERROR, 2);
  });

  it('properties', () => {
    refused(5, '3004000161' + '01', Result.PROPERTY_LENGTH_INVALID, 5);
    refused(5, '3006000161' + '020400', Result.PROPERTY_UNKNOWN, 6);
    refused(5, '3007000161' + '03210001', Result.PROPERTY_FOREIGN, 6);
    refused(5, '3008000161' + '0401000100', Result.PROPERTY_DUPLICATE, 8);
    refused(5, '3005000161' + '0101', Result.PROPERTY_TRUNCATED, 7);
    refused(5, '3006000161' + '020102', Result.PROPERTY_NOT_BOOLEAN, 7);
    refused(5, '3006000161' + '020b00', Result.PROPERTY_ZERO, 7);
    refused(5, '3007000161' + '03230000', Result.TOPIC_ALIAS_ZERO, 7);
    refused(5, '20060000' + '03160000', Result.AUTHENTICATION_METHOD_MISSING, 5);
    refused(5, 'f0021800', Result.AUTHENTICATION_METHOD_MISSING, 4);
    accepted(5, '20060087' + '03160000');
  });

  it('a Property Length that runs into the payload is not believed', () => {
    refused(5, '300d' + '000161' + '10' + repeat('61', 9), Result.PROPERTY_LENGTH_INVALID, 5);
  });

  it('counts the offset from the first byte of the packet, also when it lies inside a stream', () => {
    expect(decode(4, 'c000' + '30040002' + '612b')).toBe(2);
    const packet = record.length;
    expect(packet).toBe(2);
    memory.copy(INPUT, INPUT + 2, 6);
    expect(decode(4, '30040002' + '612b')).toBe(Result.TOPIC_WILDCARD);
    expect(record.errorOffset).toBe(5);
  });
});

describe('mqtt_decode: a refused packet tells its code', () => {
  it('CONNACK, whatever is wrong with it', () => {
    refused(4, '20020087', Result.REASON_CODE_INVALID, 3);
    expect(record.reasonCode).toBe(0x87);
    refused(5, '20020001', Result.REASON_CODE_INVALID, 3);
    expect(record.reasonCode).toBe(1);
    refused(4, '20020205', Result.CONNACK_FLAGS_RESERVED, 2);
    expect(record.reasonCode).toBe(5);
    refused(5, '2003018700', Result.SESSION_PRESENT_WITH_ERROR, 2);
    expect(record.reasonCode).toBe(0x87);
    refused(5, '20020087', Result.PROPERTY_LENGTH_INVALID, 4);
    expect(record.reasonCode).toBe(0x87);
    refused(4, '200102', Result.CONNACK_FLAGS_RESERVED, 2);
    expect(record.reasonCode).toBe(0);
  });

  it('acknowledgements, and of a list the first code that is not valid', () => {
    refused(5, '4003000182', Result.REASON_CODE_INVALID, 4);
    expect(record.reasonCode).toBe(0x82);
    refused(4, '9005000101' + '8782', Result.REASON_CODE_INVALID, 5);
    expect(record.reasonCode).toBe(0x87);
    refused(5, 'b00500010011' + '01', Result.REASON_CODE_INVALID, 6);
    expect(record.reasonCode).toBe(1);
  });
});
