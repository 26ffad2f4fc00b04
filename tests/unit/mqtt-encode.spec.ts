import { Packet, PacketType } from '../../build/abi/assembly';
import { begin, connect, encoded, publish, record, setBytes, setText, withId } from './mqtt-records';

describe('mqtt_encode: bytes', () => {
  it('CONNECT of all versions', () => {
    connect(3, 2);
    encoded('101100064d51497364700302003c0003646576', 'MQTT 3.1');
    connect(4, 2);
    encoded('100f00044d5154540402003c0003646576', '3.1.1');
    connect(5, 2);
    encoded('101000044d5154540502003c000003646576', '5');
    connect(4, 0xee);
    setText(offsetof<Packet>('topic'), 'w');
    setBytes(offsetof<Packet>('payload'), '00ff');
    setText(offsetof<Packet>('userName'), 'u');
    setBytes(offsetof<Packet>('password'), 'fe');
    encoded('101c00044d51545404ee003c0003646576000177000200ff0001750001fe', 'all fields');
    connect(5, 6);
    setBytes(offsetof<Packet>('properties'), '210001');
    setBytes(offsetof<Packet>('willProperties'), '0101');
    setText(offsetof<Packet>('topic'), 'w');
    encoded('101b00044d5154540506003c032100010003646576020101' + '000177' + '0000', 'two property lists');
  });

  it('CONNACK and PUBLISH', () => {
    begin(PacketType.CONNACK, 4);
    record.connectFlags = 1;
    encoded('20020100', '3.1.1');
    begin(PacketType.CONNACK, 5);
    record.reasonCode = 0x87;
    setBytes(offsetof<Packet>('properties'), '2101ff');
    encoded('2006008703' + '2101ff', '5');
    publish(4, 0, 'a/b');
    encoded('30070003612f626869', 'QoS 0 has no packet id');
    publish(4, 0xd, 'a');
    encoded('3d070001610001' + '6869', 'QoS 2, DUP, retain');
    publish(5, 2, 'é');
    setBytes(offsetof<Packet>('properties'), '230001');
    encoded('320c0002c3a900010323000' + '16869', 'properties');
    publish(5, 0, '');
    setBytes(offsetof<Packet>('properties'), '230001');
    encoded('300800000323000' + '16869', 'an empty topic beside a topic alias');
  });

  it('a Remaining Length at the edges of one and two bytes', () => {
    publish(4, 0, 'a');
    setBytes(offsetof<Packet>('payload'), '78'.repeat(124));
    encoded('307f000161' + '78'.repeat(124), '127');
    publish(4, 0, 'a');
    setBytes(offsetof<Packet>('payload'), '78'.repeat(125));
    encoded('308001000161' + '78'.repeat(125), '128');
  });

  it('acknowledgements, DISCONNECT and AUTH in their shortest form', () => {
    for (let type = PacketType.PUBACK; type <= PacketType.PUBCOMP; type++) {
      const first = '0123456789abcdef'.charAt(type) + (type == PacketType.PUBREL ? '2' : '0');
      withId(type, 4, '');
      encoded(first + '020001', '3.1.1');
      withId(type, 5, '');
      encoded(first + '020001', 'success');
      record.reasonCode = type < PacketType.PUBREL ? 0x80 : 0x92;
      encoded(first + '030001' + (type < PacketType.PUBREL ? '80' : '92'), 'a reason code');
      record.reasonCode = 0;
      setBytes(offsetof<Packet>('properties'), '2600016b000176');
      encoded(first + '0b0001' + '00' + '07' + '2600016b000176', 'success with properties');
    }
    begin(PacketType.DISCONNECT, 4);
    encoded('e000', '3.1.1');
    begin(PacketType.DISCONNECT, 5);
    encoded('e000', 'success');
    record.reasonCode = 4;
    encoded('e00104', 'a reason code');
    begin(PacketType.AUTH, 5);
    encoded('f000', 'success');
    record.reasonCode = 0x18;
    setBytes(offsetof<Packet>('properties'), '1500016d');
    encoded('f0061804' + '1500016d', 'a method');
  });

  it('lists and pings', () => {
    withId(PacketType.SUBSCRIBE, 4, '00016101' + '00012302');
    encoded('820a0001' + '00016101' + '00012302', 'SUBSCRIBE');
    expect(record.count).toBe(2);
    withId(PacketType.SUBSCRIBE, 5, '0001612e');
    encoded('8207000100' + '0001612e', 'SUBSCRIBE of MQTT 5');
    withId(PacketType.SUBACK, 4, '000180');
    encoded('9005000100' + '0180', 'SUBACK');
    withId(PacketType.UNSUBSCRIBE, 5, '000161');
    encoded('a206000100' + '000161', 'UNSUBSCRIBE');
    withId(PacketType.UNSUBACK, 4, '');
    encoded('b0020001', 'UNSUBACK');
    withId(PacketType.UNSUBACK, 5, '0011');
    encoded('b005000100' + '0011', 'UNSUBACK of MQTT 5');
    begin(PacketType.PINGREQ, 4);
    encoded('c000', 'PINGREQ');
    begin(PacketType.PINGRESP, 5);
    encoded('d000', 'PINGRESP');
  });
});
