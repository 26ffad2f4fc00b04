import { PacketFlag, PacketType, Result, SessionEvent, SessionFlag } from '../../build/abi/assembly';
import { OUTPUT } from './bytes';
import { hexAt, record } from './mqtt-records';
import {
  acknowledge,
  acknowledgeRecord,
  byte,
  close,
  connect,
  connected,
  context,
  EXPIRY,
  event,
  fresh,
  receive,
  received,
  receiveRefused,
  reconnect,
  send,
  sendRefused,
} from './session-context';

const MANUAL: u32 = SessionFlag.MANUAL_ACKNOWLEDGEMENT;

/** A message of MQTT 5 with the topic "a". */
function message(qos: i32, packetId: i32, dup: bool = false): string {
  const first = byte(0x30 | (qos << 1) | (dup ? 8 : 0));
  return qos == 0 ? first + '0400016100' : first + '06000161' + byte(packetId >> 8) + byte(packetId) + '00';
}

function manual(receiveCapacity: u32 = 4): void {
  fresh(1, receiveCapacity, MANUAL);
  connect(5);
}

/** A PUBLISH with this topic and alias. */
function aliased(topic: string, alias: string): string {
  const length = topic.length / 2;
  return '30' + byte(6 + length) + '00' + byte(length) + topic + '03' + '23' + alias;
}

function topic(): string {
  return hexAt(<u32>record.topic, record.topicLength);
}

describe('received messages, acknowledged by the session', () => {
  it('QoS 0 and 1: handed out, and PUBACK', () => {
    connected(5);
    received(message(0, 0), '', SessionEvent.MESSAGE);
    received(message(1, 5), '40020005', SessionEvent.MESSAGE);
    expect(context.count).toBe(0);
    received(message(1, 5, true), '40020005', SessionEvent.MESSAGE);
  });

  it('QoS 2: handed out once, until PUBREL ends it (MQTT-4.3.3-8 to -13)', () => {
    connected(5);
    received(message(2, 5), '50020005', SessionEvent.MESSAGE);
    received(message(2, 5, true), '50020005', SessionEvent.DUPLICATE);
    reconnect();
    received(message(2, 5, true), '50020005', SessionEvent.DUPLICATE);
    received('62020005', '70020005', SessionEvent.RELEASED);
    received('62020005', '7003000592', SessionEvent.NONE);
    received(message(2, 5), '50020005', SessionEvent.MESSAGE);
    connected(4);
    received('62020005', '70020005', SessionEvent.NONE);
  });

  it('a PUBREL after a reconnect ends it too', () => {
    connected(5);
    received(message(2, 5), '50020005', SessionEvent.MESSAGE);
    reconnect();
    received('62020005', '70020005', SessionEvent.RELEASED);
    expect(context.count).toBe(0);
  });

  it('a Packet Identifier of the client is another one (2.2.1)', () => {
    connected(5);
    received(message(2, 1), '50020001', SessionEvent.MESSAGE);
    received('50020001', '6203000192', SessionEvent.NONE);
    received('40020001', '', SessionEvent.NONE);
    received('62020001', '70020001', SessionEvent.RELEASED);
  });

  it('a message of QoS 1 under the Packet Identifier of one of QoS 2 is a collision', () => {
    connected(5);
    received(message(2, 5), '50020005', SessionEvent.MESSAGE);
    receiveRefused(message(1, 5), Result.PACKET_ID_REUSED);
  });

  it('no memory, and the Receive Maximum of the client (MQTT-3.3.4-9)', () => {
    fresh(1, 2);
    connect(5, false, EXPIRY + '210002');
    received(message(2, 1), '50020001', SessionEvent.MESSAGE);
    received(message(2, 2), '50020002', SessionEvent.MESSAGE);
    received(message(2, 2, true), '50020002', SessionEvent.DUPLICATE);
    receiveRefused(message(2, 3), Result.RECEIVE_MAXIMUM_EXCEEDED);
    receiveRefused(message(1, 3), Result.RECEIVE_MAXIMUM_EXCEEDED);
    received(message(0, 0), '', SessionEvent.MESSAGE);
    received('62020001', '70020001', SessionEvent.RELEASED);
    received(message(1, 3), '40020003', SessionEvent.MESSAGE);
  });

  it('a message of an earlier connection counts when it comes again', () => {
    fresh(1, 3);
    connect(5, false, EXPIRY + '210002');
    receive(message(2, 1));
    receive(message(2, 2));
    close();
    connect(5, true, EXPIRY + '210001');
    received(message(2, 1, true), '50020001', SessionEvent.DUPLICATE);
    receiveRefused(message(2, 2, true), Result.RECEIVE_MAXIMUM_EXCEEDED);
    receiveRefused(message(2, 3), Result.RECEIVE_MAXIMUM_EXCEEDED);
    received('62020002', '70020002', SessionEvent.RELEASED);
    receiveRefused(message(2, 3), Result.RECEIVE_MAXIMUM_EXCEEDED);
  });

  it('without a Receive Maximum the records are the bound', () => {
    fresh(1, 1);
    connect(4);
    received('3405' + '000161' + '0001', '50020001', SessionEvent.MESSAGE);
    receiveRefused('3405' + '000161' + '0002', Result.NO_MEMORY);
    received('3205' + '000161' + '0002', '40020002', SessionEvent.MESSAGE);
  });
});

describe('received messages, acknowledged by hand', () => {
  it('PUBACK and PUBREC go when the caller sends them, PUBCOMP by itself', () => {
    manual();
    received(message(1, 5), '', SessionEvent.MESSAGE);
    received(message(1, 5, true), '', SessionEvent.DUPLICATE);
    received(message(2, 6), '', SessionEvent.MESSAGE);
    received(message(2, 6, true), '', SessionEvent.DUPLICATE);
    receiveRefused('62020006', Result.TRANSITION_ILLEGAL);
    receiveRefused('62020005', Result.TRANSITION_ILLEGAL);
    receiveRefused(message(2, 5), Result.PACKET_ID_REUSED);
    receiveRefused(message(1, 6), Result.PACKET_ID_REUSED);
    acknowledgeRecord(PacketType.PUBREC, 5);
    sendRefused(Result.TRANSITION_ILLEGAL, 'PUBREC of QoS 1');
    acknowledgeRecord(PacketType.PUBACK, 6);
    sendRefused(Result.TRANSITION_ILLEGAL, 'PUBACK of QoS 2');
    acknowledgeRecord(PacketType.PUBACK, 7);
    sendRefused(Result.PACKET_ID_UNKNOWN, 'unknown');
    acknowledgeRecord(PacketType.PUBACK, 5);
    sendRefused(Result.OUT_OF_SPACE, 'no room', 3);
    expect(send()).toBe(4);
    expect(hexAt(OUTPUT, 4)).toBe('40020005');
    sendRefused(Result.PACKET_ID_UNKNOWN, 'twice');
    expect(acknowledge(PacketType.PUBREC, 6)).toBe(4);
    sendRefused(Result.TRANSITION_ILLEGAL, 'twice');
    received(message(2, 6, true), '50020006', SessionEvent.DUPLICATE);
    received('62020006', '70020006', SessionEvent.RELEASED);
  });

  it('in the order of the messages of a QoS (MQTT-4.6.0-2, -3)', () => {
    manual();
    receive(message(1, 1));
    receive(message(2, 2));
    receive(message(1, 3));
    receive(message(2, 4));
    acknowledgeRecord(PacketType.PUBACK, 3);
    sendRefused(Result.ACKNOWLEDGEMENT_ORDER, 'QoS 1');
    acknowledgeRecord(PacketType.PUBREC, 4);
    sendRefused(Result.ACKNOWLEDGEMENT_ORDER, 'QoS 2');
    expect(acknowledge(PacketType.PUBREC, 2)).toBe(4);
    expect(acknowledge(PacketType.PUBREC, 4)).toBe(4);
    expect(acknowledge(PacketType.PUBACK, 1)).toBe(4);
    expect(acknowledge(PacketType.PUBACK, 3)).toBe(4);
  });

  it('an error in PUBREC ends the message (4.3.3), one in PUBACK does as success', () => {
    manual();
    receive(message(2, 1));
    receive(message(1, 2));
    expect(acknowledge(PacketType.PUBREC, 1, 0x83)).toBe(5);
    expect(hexAt(OUTPUT, 5)).toBe('5003000183');
    expect(acknowledge(PacketType.PUBACK, 2, 0x83)).toBe(5);
    expect(context.count).toBe(0);
    received(message(2, 1), '', SessionEvent.MESSAGE);
  });

  it('after the connection was lost: QoS 1 comes again, QoS 2 is noted and answered when it comes again', () => {
    manual();
    receive(message(1, 1));
    receive(message(2, 2));
    receive(message(2, 3));
    close();
    acknowledgeRecord(PacketType.PUBACK, 1);
    sendRefused(Result.PACKET_ID_UNKNOWN, 'QoS 1');
    expect(acknowledge(PacketType.PUBREC, 2)).toBe(0, 'nothing to send');
    connect(5, true);
    received(message(1, 1, true), '', SessionEvent.MESSAGE);
    received(message(2, 2, true), '50020002', SessionEvent.DUPLICATE);
    received(message(2, 3, true), '', SessionEvent.DUPLICATE);
    expect(acknowledge(PacketType.PUBREC, 3)).toBe(4);
  });

  it('no memory for QoS 1 either', () => {
    manual(1);
    receive(message(1, 1));
    receiveRefused(message(1, 2), Result.NO_MEMORY);
    received(message(0, 0), '', SessionEvent.MESSAGE);
  });
});

describe('inbound topic aliases (3.3.2.3.4)', () => {
  it('are set, changed and put in, each within its share of the context', () => {
    fresh(1, 1, 0, 12);
    connect(5, false, EXPIRY + '220002');
    receiveRefused(aliased('', '0001'), Result.TOPIC_ALIAS_UNKNOWN);
    received(aliased('61626364', '0001'), '', SessionEvent.MESSAGE);
    expect(topic()).toBe('61626364');
    received(aliased('c3a9', '0002'), '', SessionEvent.MESSAGE);
    received(aliased('', '0001'), '', SessionEvent.MESSAGE);
    expect(topic()).toBe('61626364');
    received(aliased('', '0002'), '', SessionEvent.MESSAGE);
    expect(topic()).toBe('c3a9');
    expect(record.flags).toBe(PacketFlag.NOT_ASCII, 'what the alias stands for may be anything');
    received(aliased('7a', '0001'), '', SessionEvent.MESSAGE);
    received(aliased('', '0001'), '', SessionEvent.MESSAGE);
    expect(topic()).toBe('7a');
    receiveRefused(aliased('6161616161', '0001'), Result.NO_MEMORY);
    receiveRefused(aliased('61', '0003'), Result.TOPIC_ALIAS_EXCEEDED);
  });

  it('end with the connection (MQTT-3.3.2-7), and none is allowed by default', () => {
    fresh(1, 1, 0, 12);
    connect(5, false, EXPIRY + '220002');
    receive(aliased('61', '0001'));
    close();
    connect(5, true, EXPIRY + '220002');
    receiveRefused(aliased('', '0001'), Result.TOPIC_ALIAS_UNKNOWN);
    connected(5);
    receiveRefused(aliased('61', '0001'), Result.TOPIC_ALIAS_EXCEEDED);
  });

  it('without room in the context there is no memory', () => {
    fresh(1, 1, 0, 1);
    connect(5, false, '220001');
    receiveRefused(aliased('61', '0001'), Result.NO_MEMORY);
    receiveRefused(aliased('', '0001'), Result.NO_MEMORY);
  });

  it('a message of QoS 2 by alias has its topic only when it is taken', () => {
    fresh(1, 1, 0, 12);
    connect(5, false, '220001');
    receive(aliased('6162', '0001'));
    received('3408' + '0000' + '0007' + '03230001', '50020007', SessionEvent.MESSAGE);
    expect(topic()).toBe('6162');
    expect(event()).toBe(SessionEvent.MESSAGE);
  });
});
