import * as abi from '../../build/abi/assembly';
import { begin, encoded, field, refused, set, setBytes, setText } from './mqtt-records';

function connect(version: i32, flags: u32): void {
  begin(abi.PACKET_TYPE_CONNECT, version);
  set(abi.PACKET_CONNECT_FLAGS, flags);
  set(abi.PACKET_KEEP_ALIVE, 60);
  setText(abi.PACKET_CLIENT_ID, 'dev');
}

function publish(version: i32, flags: u32, topic: string): void {
  begin(abi.PACKET_TYPE_PUBLISH, version);
  set(abi.PACKET_FLAGS, flags);
  set(abi.PACKET_PACKET_ID, 1);
  setText(abi.PACKET_TOPIC, topic);
  setText(abi.PACKET_PAYLOAD, 'hi');
}

/** A packet that has a packet id; its list or reason codes as hex. */
function withId(type: i32, version: i32, payload: string): void {
  begin(type, version);
  set(abi.PACKET_PACKET_ID, 1);
  setBytes(abi.PACKET_PAYLOAD, payload);
}

/** A PUBLISH of MQTT 5 with these properties is refused. */
function propertyRefused(properties: string, code: i32): void {
  publish(5, 0, 'a');
  setBytes(abi.PACKET_PROPERTIES, properties);
  refused(code, properties);
}

describe('mqtt_encode: bytes', () => {
  it('CONNECT of all versions', () => {
    connect(3, 2);
    encoded('101100064d51497364700302003c0003646576', 'MQTT 3.1');
    connect(4, 2);
    encoded('100f00044d5154540402003c0003646576', '3.1.1');
    connect(5, 2);
    encoded('101000044d5154540502003c000003646576', '5');
    connect(4, 0xee);
    setText(abi.PACKET_TOPIC, 'w');
    setBytes(abi.PACKET_PAYLOAD, '00ff');
    setText(abi.PACKET_USER_NAME, 'u');
    setBytes(abi.PACKET_PASSWORD, 'fe');
    encoded('101c00044d51545404ee003c0003646576000177000200ff0001750001fe', 'all fields');
    connect(5, 6);
    setBytes(abi.PACKET_PROPERTIES, '210001');
    setBytes(abi.PACKET_WILL_PROPERTIES, '0101');
    setText(abi.PACKET_TOPIC, 'w');
    encoded('101b00044d5154540506003c032100010003646576020101' + '000177' + '0000', 'two property lists');
  });

  it('CONNACK and PUBLISH', () => {
    begin(abi.PACKET_TYPE_CONNACK, 4);
    set(abi.PACKET_CONNECT_FLAGS, 1);
    encoded('20020100', '3.1.1');
    begin(abi.PACKET_TYPE_CONNACK, 5);
    set(abi.PACKET_REASON_CODE, 0x87);
    setBytes(abi.PACKET_PROPERTIES, '2101ff');
    encoded('2006008703' + '2101ff', '5');
    publish(4, 0, 'a/b');
    encoded('30070003612f626869', 'QoS 0 has no packet id');
    publish(4, 0xd, 'a');
    encoded('3d070001610001' + '6869', 'QoS 2, DUP, retain');
    publish(5, 2, 'é');
    setBytes(abi.PACKET_PROPERTIES, '230001');
    encoded('320c0002c3a900010323000' + '16869', 'properties');
    publish(5, 0, '');
    setBytes(abi.PACKET_PROPERTIES, '230001');
    encoded('300800000323000' + '16869', 'an empty topic beside a topic alias');
  });

  it('a Remaining Length at the edges of one and two bytes', () => {
    publish(4, 0, 'a');
    setBytes(abi.PACKET_PAYLOAD, '78'.repeat(124));
    encoded('307f000161' + '78'.repeat(124), '127');
    publish(4, 0, 'a');
    setBytes(abi.PACKET_PAYLOAD, '78'.repeat(125));
    encoded('308001000161' + '78'.repeat(125), '128');
  });

  it('acknowledgements, DISCONNECT and AUTH in their shortest form', () => {
    for (let type = abi.PACKET_TYPE_PUBACK; type <= abi.PACKET_TYPE_PUBCOMP; type++) {
      const first = '0123456789abcdef'.charAt(type) + (type == abi.PACKET_TYPE_PUBREL ? '2' : '0');
      withId(type, 4, '');
      encoded(first + '020001', '3.1.1');
      withId(type, 5, '');
      encoded(first + '020001', 'success');
      set(abi.PACKET_REASON_CODE, type < abi.PACKET_TYPE_PUBREL ? 0x80 : 0x92);
      encoded(first + '030001' + (type < abi.PACKET_TYPE_PUBREL ? '80' : '92'), 'a reason code');
      set(abi.PACKET_REASON_CODE, 0);
      setBytes(abi.PACKET_PROPERTIES, '2600016b000176');
      encoded(first + '0b0001' + '00' + '07' + '2600016b000176', 'success with properties');
    }
    begin(abi.PACKET_TYPE_DISCONNECT, 4);
    encoded('e000', '3.1.1');
    begin(abi.PACKET_TYPE_DISCONNECT, 5);
    encoded('e000', 'success');
    set(abi.PACKET_REASON_CODE, 4);
    encoded('e00104', 'a reason code');
    begin(abi.PACKET_TYPE_AUTH, 5);
    encoded('f000', 'success');
    set(abi.PACKET_REASON_CODE, 0x18);
    setBytes(abi.PACKET_PROPERTIES, '1500016d');
    encoded('f0061804' + '1500016d', 'a method');
  });

  it('lists and pings', () => {
    withId(abi.PACKET_TYPE_SUBSCRIBE, 4, '00016101' + '00012302');
    encoded('820a0001' + '00016101' + '00012302', 'SUBSCRIBE');
    expect(field(abi.PACKET_COUNT)).toBe(2);
    withId(abi.PACKET_TYPE_SUBSCRIBE, 5, '0001612e');
    encoded('8207000100' + '0001612e', 'SUBSCRIBE of MQTT 5');
    withId(abi.PACKET_TYPE_SUBACK, 4, '000180');
    encoded('9005000100' + '0180', 'SUBACK');
    withId(abi.PACKET_TYPE_UNSUBSCRIBE, 5, '000161');
    encoded('a206000100' + '000161', 'UNSUBSCRIBE');
    withId(abi.PACKET_TYPE_UNSUBACK, 4, '');
    encoded('b0020001', 'UNSUBACK');
    withId(abi.PACKET_TYPE_UNSUBACK, 5, '0011');
    encoded('b005000100' + '0011', 'UNSUBACK of MQTT 5');
    begin(abi.PACKET_TYPE_PINGREQ, 4);
    encoded('c000', 'PINGREQ');
    begin(abi.PACKET_TYPE_PINGRESP, 5);
    encoded('d000', 'PINGRESP');
  });
});

describe('mqtt_encode: each rule broken once, and nothing written', () => {
  it('arguments', () => {
    publish(2, 0, 'a');
    refused(abi.RESULT_INVALID_ARGUMENT, 'version 2');
    publish(6, 0, 'a');
    refused(abi.RESULT_INVALID_ARGUMENT, 'version 6');
    connect(4, 2);
    set(abi.PACKET_KEEP_ALIVE, 65536);
    refused(abi.RESULT_INVALID_ARGUMENT, 'keep alive over 16 bits');
  });

  it('packet types, also such as have more than four bits', () => {
    begin(0, 4);
    refused(abi.RESULT_PACKET_TYPE_RESERVED, '0');
    begin(15, 4);
    refused(abi.RESULT_PACKET_TYPE_RESERVED, 'AUTH in 3.1.1');
    begin(16, 5);
    refused(abi.RESULT_PACKET_TYPE_RESERVED, '16');
    begin(-1, 5);
    refused(abi.RESULT_PACKET_TYPE_RESERVED, 'all bits');
  });

  it('sizes', () => {
    publish(4, 0, 'a');
    set(abi.PACKET_PAYLOAD_LENGTH, 268435456);
    refused(abi.RESULT_PACKET_TOO_LARGE, 'a payload longer than any packet');
    set(abi.PACKET_PAYLOAD_LENGTH, 268435453);
    refused(abi.RESULT_PACKET_TOO_LARGE, 'a payload that does not leave room for the topic');
    set(abi.PACKET_PAYLOAD_LENGTH, 268435452);
    refused(abi.RESULT_OUT_OF_SPACE, 'the largest payload for this topic');
    set(abi.PACKET_PAYLOAD_LENGTH, 0xffffffff);
    refused(abi.RESULT_PACKET_TOO_LARGE, 'a length that would wrap around');
    connect(5, 2);
    set(abi.PACKET_PROPERTIES_LENGTH, 268435456);
    refused(abi.RESULT_PACKET_TOO_LARGE, 'properties longer than any packet');
    publish(4, 0, 'a');
    set(abi.PACKET_TOPIC_LENGTH, 65536);
    refused(abi.RESULT_STRING_TOO_LONG, 'topic');
    connect(4, 2);
    set(abi.PACKET_CLIENT_ID_LENGTH, 65536);
    refused(abi.RESULT_STRING_TOO_LONG, 'client id');
    connect(4, 0xc2);
    set(abi.PACKET_PASSWORD_LENGTH, 0xffffffff);
    refused(abi.RESULT_STRING_TOO_LONG, 'password');
    connect(4, 6);
    setText(abi.PACKET_TOPIC, 'w');
    set(abi.PACKET_PAYLOAD_LENGTH, 65536);
    refused(abi.RESULT_STRING_TOO_LONG, 'will payload');
  });

  it('packet ids', () => {
    for (let type = abi.PACKET_TYPE_PUBACK; type <= abi.PACKET_TYPE_UNSUBACK; type++) {
      begin(type, 5);
      refused(abi.RESULT_PACKET_ID_ZERO, 'zero');
      set(abi.PACKET_PACKET_ID, 65536);
      refused(abi.RESULT_PACKET_ID_ZERO, 'over 16 bits');
    }
    publish(4, 2, 'a');
    set(abi.PACKET_PACKET_ID, 0);
    refused(abi.RESULT_PACKET_ID_ZERO, 'PUBLISH');
  });

  it('PUBLISH', () => {
    publish(4, 6, 'a');
    refused(abi.RESULT_QOS_INVALID, 'QoS 3');
    publish(4, 8, 'a');
    refused(abi.RESULT_DUP_WITH_QOS_0, 'DUP');
    publish(5, 0, '');
    refused(abi.RESULT_TOPIC_EMPTY, 'no topic and no alias');
    setBytes(abi.PACKET_PROPERTIES, '0200000001');
    refused(abi.RESULT_TOPIC_EMPTY, 'properties without an alias');
    publish(5, 0, 'a/+');
    refused(abi.RESULT_TOPIC_WILDCARD, '+');
    publish(4, 0, '#');
    refused(abi.RESULT_TOPIC_WILDCARD, '#');
    publish(4, 0, 'a');
    setBytes(abi.PACKET_TOPIC, '61c0af');
    refused(abi.RESULT_UTF8_INVALID, 'overlong');
    setBytes(abi.PACKET_TOPIC, '6100');
    refused(abi.RESULT_UTF8_NUL, 'NUL');
    publish(4, 0, 'a');
    setBytes(abi.PACKET_PROPERTIES, '230001');
    refused(abi.RESULT_PROPERTY_FOREIGN, 'properties in 3.1.1');
    begin(abi.PACKET_TYPE_PINGREQ, 5);
    setBytes(abi.PACKET_PROPERTIES, '230001');
    refused(abi.RESULT_PROPERTY_FOREIGN, 'properties of a PINGREQ');
  });

  it('an alias that an earlier packet left in the record does not make an empty topic good', () => {
    publish(5, 0, '');
    set(abi.PACKET_TOPIC_ALIAS, 7);
    refused(abi.RESULT_TOPIC_EMPTY, 'the alias stands in the properties or nowhere');
  });

  it('subscriptions and their answers', () => {
    withId(abi.PACKET_TYPE_SUBSCRIBE, 4, '');
    refused(abi.RESULT_NO_FILTERS, 'SUBSCRIBE');
    withId(abi.PACKET_TYPE_UNSUBSCRIBE, 5, '');
    refused(abi.RESULT_NO_FILTERS, 'UNSUBSCRIBE');
    withId(abi.PACKET_TYPE_SUBSCRIBE, 4, '0000' + '00');
    refused(abi.RESULT_TOPIC_EMPTY, 'empty filter');
    withId(abi.PACKET_TYPE_SUBSCRIBE, 4, '0002612300');
    refused(abi.RESULT_FILTER_WILDCARD_MISPLACED, 'a#');
    withId(abi.PACKET_TYPE_SUBSCRIBE, 5, '0007' + '2473686172652f' + '00');
    refused(abi.RESULT_SHARE_NAME_INVALID, '$share/');
    withId(abi.PACKET_TYPE_SUBSCRIBE, 5, '000a' + '2473686172652f672f61' + '04');
    refused(abi.RESULT_SHARE_NO_LOCAL, 'No Local');
    withId(abi.PACKET_TYPE_SUBSCRIBE, 4, '00016104');
    refused(abi.RESULT_SUBSCRIPTION_OPTIONS_RESERVED, 'No Local in 3.1.1');
    withId(abi.PACKET_TYPE_SUBSCRIBE, 5, '00016180');
    refused(abi.RESULT_SUBSCRIPTION_OPTIONS_RESERVED, 'bit 7');
    withId(abi.PACKET_TYPE_SUBSCRIBE, 5, '00016103');
    refused(abi.RESULT_QOS_INVALID, 'QoS 3');
    withId(abi.PACKET_TYPE_SUBSCRIBE, 5, '00016130');
    refused(abi.RESULT_RETAIN_HANDLING_INVALID, 'Retain Handling 3');
    withId(abi.PACKET_TYPE_SUBSCRIBE, 5, '000261');
    refused(abi.RESULT_PACKET_TRUNCATED, 'a list that ends inside a filter');
    withId(abi.PACKET_TYPE_SUBACK, 5, '');
    refused(abi.RESULT_NO_REASON_CODES, 'SUBACK');
    withId(abi.PACKET_TYPE_SUBACK, 4, '0003');
    refused(abi.RESULT_REASON_CODE_INVALID, '3');
    withId(abi.PACKET_TYPE_UNSUBACK, 4, '00');
    refused(abi.RESULT_TRAILING_BYTES, 'reason codes in an UNSUBACK of 3.1.1');
  });

  it('CONNECT', () => {
    connect(4, 3);
    refused(abi.RESULT_CONNECT_FLAGS_RESERVED, 'reserved flag');
    connect(4, 0x102);
    refused(abi.RESULT_CONNECT_FLAGS_RESERVED, 'more than a byte');
    connect(4, 0x80000002);
    refused(abi.RESULT_CONNECT_FLAGS_RESERVED, 'the highest bit');
    connect(4, 0xa);
    refused(abi.RESULT_WILL_FLAGS_WITHOUT_WILL, 'will QoS');
    connect(4, 0x22);
    refused(abi.RESULT_WILL_RETAIN_WITHOUT_WILL, 'will retain');
    connect(4, 0x1e);
    refused(abi.RESULT_WILL_QOS_INVALID, 'will QoS 3');
    connect(4, 0x42);
    refused(abi.RESULT_PASSWORD_WITHOUT_USER_NAME, 'password alone');
    connect(4, 0);
    setText(abi.PACKET_CLIENT_ID, '');
    refused(abi.RESULT_CLIENT_ID_REQUIRED, 'empty client id');
    connect(4, 6);
    refused(abi.RESULT_TOPIC_EMPTY, 'empty will topic');
    setText(abi.PACKET_TOPIC, 'w/#');
    refused(abi.RESULT_TOPIC_WILDCARD, 'wildcard in the will topic');
    connect(4, 2);
    setBytes(abi.PACKET_CLIENT_ID, 'eda080');
    refused(abi.RESULT_UTF8_INVALID, 'client id');
    connect(4, 0x82);
    setBytes(abi.PACKET_USER_NAME, '00');
    refused(abi.RESULT_UTF8_NUL, 'user name');
    connect(4, 2);
    setBytes(abi.PACKET_PROPERTIES, '210001');
    refused(abi.RESULT_PROPERTY_FOREIGN, 'properties in 3.1.1');
    connect(5, 6);
    setText(abi.PACKET_TOPIC, 'w');
    setBytes(abi.PACKET_WILL_PROPERTIES, '230001');
    refused(abi.RESULT_PROPERTY_FOREIGN, 'topic alias of a will');
  });

  it('CONNACK and reason codes', () => {
    begin(abi.PACKET_TYPE_CONNACK, 4);
    set(abi.PACKET_CONNECT_FLAGS, 2);
    refused(abi.RESULT_CONNACK_FLAGS_RESERVED, 'flags');
    set(abi.PACKET_CONNECT_FLAGS, 1);
    set(abi.PACKET_REASON_CODE, 5);
    refused(abi.RESULT_SESSION_PRESENT_WITH_ERROR, 'session present');
    set(abi.PACKET_REASON_CODE, 6);
    refused(abi.RESULT_REASON_CODE_INVALID, '6');
    set(abi.PACKET_REASON_CODE, 0x100);
    refused(abi.RESULT_REASON_CODE_INVALID, 'more than a byte');
    withId(abi.PACKET_TYPE_PUBACK, 4, '');
    set(abi.PACKET_REASON_CODE, 0x80);
    refused(abi.RESULT_REASON_CODE_INVALID, 'PUBACK of 3.1.1 has none');
    begin(abi.PACKET_TYPE_DISCONNECT, 5);
    set(abi.PACKET_REASON_CODE, 1);
    refused(abi.RESULT_REASON_CODE_INVALID, 'DISCONNECT');
  });

  it('properties', () => {
    propertyRefused('0400', abi.RESULT_PROPERTY_UNKNOWN);
    propertyRefused('210001', abi.RESULT_PROPERTY_FOREIGN);
    propertyRefused('01000100', abi.RESULT_PROPERTY_DUPLICATE);
    propertyRefused('020000', abi.RESULT_PROPERTY_TRUNCATED);
    propertyRefused('0102', abi.RESULT_PROPERTY_NOT_BOOLEAN);
    propertyRefused('230000', abi.RESULT_TOPIC_ALIAS_ZERO);
    propertyRefused('0b00', abi.RESULT_PROPERTY_ZERO);
    propertyRefused('0b8100', abi.RESULT_VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
    propertyRefused('0bffffffff01', abi.RESULT_REMAINING_LENGTH_TOO_LONG);
    propertyRefused('0300016103000162', abi.RESULT_PROPERTY_DUPLICATE);
    propertyRefused('080000', abi.RESULT_TOPIC_EMPTY);
    propertyRefused('08000123', abi.RESULT_RESPONSE_TOPIC_WILDCARD);
    propertyRefused('030001ff', abi.RESULT_UTF8_INVALID);
    propertyRefused('2600016b000100', abi.RESULT_UTF8_NUL);
    begin(abi.PACKET_TYPE_CONNACK, 5);
    setBytes(abi.PACKET_PROPERTIES, '160000');
    refused(abi.RESULT_AUTHENTICATION_METHOD_MISSING, 'CONNACK');
    begin(abi.PACKET_TYPE_AUTH, 5);
    set(abi.PACKET_REASON_CODE, 0x18);
    refused(abi.RESULT_AUTHENTICATION_METHOD_MISSING, 'AUTH without properties');
    set(abi.PACKET_REASON_CODE, 0);
    setBytes(abi.PACKET_PROPERTIES, '1f000161');
    refused(abi.RESULT_AUTHENTICATION_METHOD_MISSING, 'AUTH with a reason string');
  });
});
