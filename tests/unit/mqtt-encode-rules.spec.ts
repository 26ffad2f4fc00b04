import { mqtt_encode, mqtt_property_write } from '../../assembly/mqtt';
import { Packet, PacketType, Property, PropertyId, Result } from '../../build/abi/assembly';
import { OUTPUT } from './bytes';
import {
  begin,
  connect,
  encoded,
  publish,
  RECORD,
  record,
  refused,
  set,
  setBytes,
  setText,
  withId,
} from './mqtt-records';

/** A PUBLISH of MQTT 5 with these properties is refused. */
function propertyRefused(properties: string, code: i32): void {
  publish(5, 0, 'a');
  setBytes(offsetof<Packet>('properties'), properties);
  refused(code, properties);
}

describe('mqtt_encode: each rule broken once, and nothing written', () => {
  it('arguments', () => {
    publish(2, 0, 'a');
    refused(Result.INVALID_ARGUMENT, 'version 2');
    publish(6, 0, 'a');
    refused(Result.INVALID_ARGUMENT, 'version 6');
    connect(4, 2);
    record.keepAlive = 65536;
    refused(Result.INVALID_ARGUMENT, 'keep alive over 16 bits');
  });

  it('an output over the record', () => {
    begin(PacketType.PINGREQ, 4);
    expect(mqtt_encode(RECORD, RECORD - 1, 8)).toBe(Result.INVALID_ARGUMENT, 'over its first byte');
    expect(mqtt_encode(RECORD, RECORD + Packet.SIZE - 1, 8)).toBe(Result.INVALID_ARGUMENT, 'over its last byte');
    expect(mqtt_encode(RECORD, RECORD + Packet.SIZE, 8)).toBe(2, 'behind it');
  });

  it('an output over what is read, and over nothing else', () => {
    withId(PacketType.SUBACK, 4, '0001');
    expect(mqtt_encode(RECORD, record.payload + 1, 8)).toBe(Result.INVALID_ARGUMENT, 'reason codes');
    withId(PacketType.PUBACK, 5, '0001');
    record.reasonCode = 16;
    expect(mqtt_encode(RECORD, record.payload, 8)).toBe(5, 'a payload that a PUBACK does not have');
    setBytes(offsetof<Packet>('properties'), '1f000161');
    expect(mqtt_encode(RECORD, record.properties + 3, 16)).toBe(Result.INVALID_ARGUMENT, 'properties');
    connect(4, 6);
    setText(offsetof<Packet>('payload'), 'gone');
    setText(offsetof<Packet>('topic'), 'w');
    expect(mqtt_encode(RECORD, record.topic, 64)).toBe(Result.INVALID_ARGUMENT, 'will topic');
  });

  it('mqtt_property_write: an output over what is read, and over nothing else', () => {
    begin(0, 0);
    const property = changetype<Property>(RECORD);
    property.id = PropertyId.USER_PROPERTY;
    setText(offsetof<Property>('name'), 'name');
    setText(offsetof<Property>('value'), 'value');
    expect(mqtt_property_write(RECORD, property.value + 4, 64)).toBe(Result.INVALID_ARGUMENT, 'value of a pair');
    expect(mqtt_property_write(RECORD, property.name, 64)).toBe(Result.INVALID_ARGUMENT, 'name');
    property.id = PropertyId.CORRELATION_DATA;
    expect(mqtt_property_write(RECORD, property.value, 64)).toBe(Result.INVALID_ARGUMENT, 'binary data');
    property.id = PropertyId.SUBSCRIPTION_IDENTIFIER;
    property.value = <u32>OUTPUT;
    for (let at: usize = 24; at < 128; at += 8) {
      set(at, <u32>OUTPUT);
      set(at + 4, 4);
    }
    const size = mqtt_property_write(RECORD, OUTPUT, 64);
    expect(size).toBeGreaterThan(1, 'an integer is not an address');
    expect(mqtt_property_write(RECORD, RECORD + Property.SIZE - 1, 64)).toBe(Result.INVALID_ARGUMENT, 'the record');
    expect(mqtt_property_write(RECORD, RECORD - 1, 64)).toBe(Result.INVALID_ARGUMENT, 'the record');
    expect(mqtt_property_write(RECORD, RECORD + Property.SIZE, 64)).toBe(size, 'behind the record');
  });

  it('packet types, also such as have more than four bits', () => {
    begin(0, 4);
    refused(Result.PACKET_TYPE_RESERVED, '0');
    begin(15, 4);
    refused(Result.PACKET_TYPE_RESERVED, 'AUTH in 3.1.1');
    begin(16, 5);
    refused(Result.PACKET_TYPE_RESERVED, '16');
    begin(-1, 5);
    refused(Result.PACKET_TYPE_RESERVED, 'all bits');
  });

  it('sizes', () => {
    publish(4, 0, 'a');
    record.payloadLength = 268435456;
    refused(Result.PACKET_TOO_LARGE, 'a payload longer than any packet');
    record.payloadLength = 268435453;
    refused(Result.PACKET_TOO_LARGE, 'a payload that does not leave room for the topic');
    record.payloadLength = 268435452;
    refused(Result.OUT_OF_SPACE, 'the largest payload for this topic');
    record.payloadLength = 0xffffffff;
    refused(Result.PACKET_TOO_LARGE, 'a length that would wrap around');
    connect(5, 2);
    record.propertiesLength = 268435456;
    refused(Result.PACKET_TOO_LARGE, 'properties longer than any packet');
    publish(4, 0, 'a');
    record.topicLength = 65536;
    refused(Result.STRING_TOO_LONG, 'topic');
    connect(4, 2);
    record.clientIdLength = 65536;
    refused(Result.STRING_TOO_LONG, 'client id');
    connect(4, 0xc2);
    record.passwordLength = 0xffffffff;
    refused(Result.STRING_TOO_LONG, 'password');
    connect(4, 6);
    setText(offsetof<Packet>('topic'), 'w');
    record.payloadLength = 65536;
    refused(Result.STRING_TOO_LONG, 'will payload');
  });

  it('packet ids', () => {
    for (let type = PacketType.PUBACK; type <= PacketType.UNSUBACK; type++) {
      begin(type, 5);
      refused(Result.PACKET_ID_ZERO, 'zero');
      record.packetId = 65536;
      refused(Result.PACKET_ID_ZERO, 'over 16 bits');
    }
    publish(4, 2, 'a');
    record.packetId = 0;
    refused(Result.PACKET_ID_ZERO, 'PUBLISH');
  });

  it('PUBLISH', () => {
    publish(4, 6, 'a');
    refused(Result.QOS_INVALID, 'QoS 3');
    publish(4, 8, 'a');
    refused(Result.DUP_WITH_QOS_0, 'DUP');
    publish(5, 0, '');
    refused(Result.TOPIC_EMPTY, 'no topic and no alias');
    setBytes(offsetof<Packet>('properties'), '0200000001');
    refused(Result.TOPIC_EMPTY, 'properties without an alias');
    publish(5, 0, 'a/+');
    refused(Result.TOPIC_WILDCARD, '+');
    publish(4, 0, '#');
    refused(Result.TOPIC_WILDCARD, '#');
    publish(4, 0, 'a');
    setBytes(offsetof<Packet>('topic'), '61c0af');
    refused(Result.UTF8_INVALID, 'overlong');
    setBytes(offsetof<Packet>('topic'), '6100');
    refused(Result.UTF8_NUL, 'NUL');
    publish(4, 0, 'a');
    setBytes(offsetof<Packet>('properties'), '230001');
    refused(Result.PROPERTY_FOREIGN, 'properties in 3.1.1');
    begin(PacketType.PINGREQ, 5);
    setBytes(offsetof<Packet>('properties'), '230001');
    refused(Result.PROPERTY_FOREIGN, 'properties of a PINGREQ');
  });

  it('an alias that an earlier packet left in the record does not make an empty topic good', () => {
    publish(5, 0, '');
    record.topicAlias = 7;
    refused(Result.TOPIC_EMPTY, 'the alias stands in the properties or nowhere');
  });

  it('subscriptions and their answers', () => {
    withId(PacketType.SUBSCRIBE, 4, '');
    refused(Result.NO_FILTERS, 'SUBSCRIBE');
    withId(PacketType.UNSUBSCRIBE, 5, '');
    refused(Result.NO_FILTERS, 'UNSUBSCRIBE');
    withId(PacketType.SUBSCRIBE, 4, '0000' + '00');
    refused(Result.TOPIC_EMPTY, 'empty filter');
    withId(PacketType.SUBSCRIBE, 4, '0002612300');
    refused(Result.FILTER_WILDCARD_MISPLACED, 'a#');
    withId(PacketType.SUBSCRIBE, 5, '0007' + '2473686172652f' + '00');
    refused(Result.SHARE_NAME_INVALID, '$share/');
    withId(PacketType.SUBSCRIBE, 5, '000a' + '2473686172652f672f61' + '04');
    refused(Result.SHARE_NO_LOCAL, 'No Local');
    withId(PacketType.SUBSCRIBE, 4, '00016104');
    refused(Result.SUBSCRIPTION_OPTIONS_RESERVED, 'No Local in 3.1.1');
    withId(PacketType.SUBSCRIBE, 5, '00016180');
    refused(Result.SUBSCRIPTION_OPTIONS_RESERVED, 'bit 7');
    withId(PacketType.SUBSCRIBE, 5, '00016103');
    refused(Result.QOS_INVALID, 'QoS 3');
    withId(PacketType.SUBSCRIBE, 5, '00016130');
    refused(Result.RETAIN_HANDLING_INVALID, 'Retain Handling 3');
    withId(PacketType.SUBSCRIBE, 5, '000261');
    refused(Result.PACKET_TRUNCATED, 'a list that ends inside a filter');
    withId(PacketType.SUBACK, 5, '');
    refused(Result.NO_REASON_CODES, 'SUBACK');
    withId(PacketType.SUBACK, 4, '0003');
    refused(Result.REASON_CODE_INVALID, '3');
    withId(PacketType.UNSUBACK, 4, '00');
    refused(Result.TRAILING_BYTES, 'reason codes in an UNSUBACK of 3.1.1');
  });

  it('CONNECT', () => {
    connect(4, 3);
    refused(Result.CONNECT_FLAGS_RESERVED, 'reserved flag');
    connect(4, 0x102);
    refused(Result.CONNECT_FLAGS_RESERVED, 'more than a byte');
    connect(4, 0x80000002);
    refused(Result.CONNECT_FLAGS_RESERVED, 'the highest bit');
    connect(4, 0xa);
    refused(Result.WILL_FLAGS_WITHOUT_WILL, 'will QoS');
    connect(4, 0x22);
    refused(Result.WILL_RETAIN_WITHOUT_WILL, 'will retain');
    connect(4, 0x1e);
    refused(Result.WILL_QOS_INVALID, 'will QoS 3');
    connect(4, 0x42);
    refused(Result.PASSWORD_WITHOUT_USER_NAME, 'password alone');
    connect(4, 0);
    setText(offsetof<Packet>('clientId'), '');
    refused(Result.CLIENT_ID_REQUIRED, 'empty client id');
    connect(4, 6);
    refused(Result.TOPIC_EMPTY, 'empty will topic');
    setText(offsetof<Packet>('topic'), 'w/#');
    refused(Result.TOPIC_WILDCARD, 'wildcard in the will topic');
    connect(4, 2);
    setBytes(offsetof<Packet>('clientId'), 'eda080');
    refused(Result.UTF8_INVALID, 'client id');
    connect(4, 0x82);
    setBytes(offsetof<Packet>('userName'), '00');
    refused(Result.UTF8_NUL, 'user name');
    connect(4, 2);
    setBytes(offsetof<Packet>('properties'), '210001');
    refused(Result.PROPERTY_FOREIGN, 'properties in 3.1.1');
    connect(5, 6);
    setText(offsetof<Packet>('topic'), 'w');
    setBytes(offsetof<Packet>('willProperties'), '230001');
    refused(Result.PROPERTY_FOREIGN, 'topic alias of a will');
  });

  it('CONNACK and reason codes', () => {
    begin(PacketType.CONNACK, 4);
    record.connectFlags = 2;
    refused(Result.CONNACK_FLAGS_RESERVED, 'flags');
    record.connectFlags = 1;
    record.reasonCode = 5;
    refused(Result.SESSION_PRESENT_WITH_ERROR, 'session present');
    record.reasonCode = 6;
    refused(Result.REASON_CODE_INVALID, '6');
    record.reasonCode = 0x100;
    refused(Result.REASON_CODE_INVALID, 'more than a byte');
    withId(PacketType.PUBACK, 4, '');
    record.reasonCode = 0x80;
    refused(Result.REASON_CODE_INVALID, 'PUBACK of 3.1.1 has none');
    begin(PacketType.DISCONNECT, 5);
    record.reasonCode = 1;
    refused(Result.REASON_CODE_INVALID, 'DISCONNECT');
  });

  it('properties', () => {
    propertyRefused('0400', Result.PROPERTY_UNKNOWN);
    propertyRefused('210001', Result.PROPERTY_FOREIGN);
    propertyRefused('01000100', Result.PROPERTY_DUPLICATE);
    propertyRefused('020000', Result.PROPERTY_TRUNCATED);
    propertyRefused('0102', Result.PROPERTY_NOT_BOOLEAN);
    propertyRefused('230000', Result.TOPIC_ALIAS_ZERO);
    propertyRefused('0b00', Result.PROPERTY_ZERO);
    propertyRefused('0b8100', Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
    propertyRefused('0bffffffff01', Result.REMAINING_LENGTH_TOO_LONG);
    propertyRefused('0300016103000162', Result.PROPERTY_DUPLICATE);
    propertyRefused('080000', Result.TOPIC_EMPTY);
    propertyRefused('08000123', Result.RESPONSE_TOPIC_WILDCARD);
    propertyRefused('030001ff', Result.UTF8_INVALID);
    propertyRefused('2600016b000100', Result.UTF8_NUL);
    begin(PacketType.CONNACK, 5);
    setBytes(offsetof<Packet>('properties'), '160000');
    refused(Result.AUTHENTICATION_METHOD_MISSING, 'CONNACK');
    record.reasonCode = 0x87;
    encoded('20060087' + '03160000', 'CONNACK that refuses');
    begin(PacketType.AUTH, 5);
    record.reasonCode = 0x18;
    refused(Result.AUTHENTICATION_METHOD_MISSING, 'AUTH without properties');
    record.reasonCode = 0;
    setBytes(offsetof<Packet>('properties'), '1f000161');
    refused(Result.AUTHENTICATION_METHOD_MISSING, 'AUTH with a reason string');
  });
});
