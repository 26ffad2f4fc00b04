import * as abi from '../../build/abi/assembly';
import { OUTPUT } from './bytes';
import { field, hexAt } from './mqtt-records';
import {
  acknowledge,
  acknowledgeRecord,
  byte,
  close,
  connect,
  connected,
  EXPIRY,
  event,
  fresh,
  receive,
  received,
  receiveRefused,
  reconnect,
  send,
  sendRefused,
  word,
} from './session-context';

const MANUAL: u32 = abi.SESSION_FLAG_MANUAL_ACKNOWLEDGEMENT;

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
  return hexAt(field(abi.PACKET_TOPIC), field(abi.PACKET_TOPIC_LENGTH));
}

describe('received messages, acknowledged by the session', () => {
  it('QoS 0 and 1: handed out, and PUBACK', () => {
    connected(5);
    received(message(0, 0), '', abi.SESSION_EVENT_MESSAGE);
    received(message(1, 5), '40020005', abi.SESSION_EVENT_MESSAGE);
    expect(word(abi.SESSION_COUNT)).toBe(0);
    received(message(1, 5, true), '40020005', abi.SESSION_EVENT_MESSAGE);
  });

  it('QoS 2: handed out once, until PUBREL ends it (MQTT-4.3.3-8 to -13)', () => {
    connected(5);
    received(message(2, 5), '50020005', abi.SESSION_EVENT_MESSAGE);
    received(message(2, 5, true), '50020005', abi.SESSION_EVENT_DUPLICATE);
    reconnect();
    received(message(2, 5, true), '50020005', abi.SESSION_EVENT_DUPLICATE);
    received('62020005', '70020005', abi.SESSION_EVENT_RELEASED);
    received('62020005', '7003000592', abi.SESSION_EVENT_NONE);
    received(message(2, 5), '50020005', abi.SESSION_EVENT_MESSAGE);
    connected(4);
    received('62020005', '70020005', abi.SESSION_EVENT_NONE);
  });

  it('a PUBREL after a reconnect ends it too', () => {
    connected(5);
    received(message(2, 5), '50020005', abi.SESSION_EVENT_MESSAGE);
    reconnect();
    received('62020005', '70020005', abi.SESSION_EVENT_RELEASED);
    expect(word(abi.SESSION_COUNT)).toBe(0);
  });

  it('a Packet Identifier of the client is another one (2.2.1)', () => {
    connected(5);
    received(message(2, 1), '50020001', abi.SESSION_EVENT_MESSAGE);
    received('50020001', '6203000192', abi.SESSION_EVENT_NONE);
    receiveRefused('40020001', abi.RESULT_PACKET_ID_UNKNOWN);
    received('62020001', '70020001', abi.SESSION_EVENT_RELEASED);
  });

  it('a message of QoS 1 under the Packet Identifier of one of QoS 2 is a collision', () => {
    connected(5);
    received(message(2, 5), '50020005', abi.SESSION_EVENT_MESSAGE);
    receiveRefused(message(1, 5), abi.RESULT_PACKET_ID_REUSED);
  });

  it('no memory, and the Receive Maximum of the client (MQTT-3.3.4-9)', () => {
    fresh(1, 2);
    connect(5, false, EXPIRY + '210002');
    received(message(2, 1), '50020001', abi.SESSION_EVENT_MESSAGE);
    received(message(2, 2), '50020002', abi.SESSION_EVENT_MESSAGE);
    received(message(2, 2, true), '50020002', abi.SESSION_EVENT_DUPLICATE);
    receiveRefused(message(2, 3), abi.RESULT_RECEIVE_MAXIMUM_EXCEEDED);
    receiveRefused(message(1, 3), abi.RESULT_RECEIVE_MAXIMUM_EXCEEDED);
    received(message(0, 0), '', abi.SESSION_EVENT_MESSAGE);
    received('62020001', '70020001', abi.SESSION_EVENT_RELEASED);
    received(message(1, 3), '40020003', abi.SESSION_EVENT_MESSAGE);
  });

  it('a message of an earlier connection counts when it comes again', () => {
    fresh(1, 3);
    connect(5, false, EXPIRY + '210002');
    receive(message(2, 1));
    receive(message(2, 2));
    close();
    connect(5, true, EXPIRY + '210001');
    received(message(2, 1, true), '50020001', abi.SESSION_EVENT_DUPLICATE);
    receiveRefused(message(2, 2, true), abi.RESULT_RECEIVE_MAXIMUM_EXCEEDED);
    receiveRefused(message(2, 3), abi.RESULT_RECEIVE_MAXIMUM_EXCEEDED);
    received('62020002', '70020002', abi.SESSION_EVENT_RELEASED);
    receiveRefused(message(2, 3), abi.RESULT_RECEIVE_MAXIMUM_EXCEEDED);
  });

  it('without a Receive Maximum the records are the bound', () => {
    fresh(1, 1);
    connect(4);
    received('3405' + '000161' + '0001', '50020001', abi.SESSION_EVENT_MESSAGE);
    receiveRefused('3405' + '000161' + '0002', abi.RESULT_NO_MEMORY);
    received('3205' + '000161' + '0002', '40020002', abi.SESSION_EVENT_MESSAGE);
  });
});

describe('received messages, acknowledged by hand', () => {
  it('PUBACK and PUBREC go when the caller sends them, PUBCOMP by itself', () => {
    manual();
    received(message(1, 5), '', abi.SESSION_EVENT_MESSAGE);
    received(message(1, 5, true), '', abi.SESSION_EVENT_DUPLICATE);
    received(message(2, 6), '', abi.SESSION_EVENT_MESSAGE);
    received(message(2, 6, true), '', abi.SESSION_EVENT_DUPLICATE);
    receiveRefused('62020006', abi.RESULT_TRANSITION_ILLEGAL);
    receiveRefused('62020005', abi.RESULT_TRANSITION_ILLEGAL);
    receiveRefused(message(2, 5), abi.RESULT_PACKET_ID_REUSED);
    receiveRefused(message(1, 6), abi.RESULT_PACKET_ID_REUSED);
    acknowledgeRecord(abi.PACKET_TYPE_PUBREC, 5);
    sendRefused(abi.RESULT_TRANSITION_ILLEGAL, 'PUBREC of QoS 1');
    acknowledgeRecord(abi.PACKET_TYPE_PUBACK, 6);
    sendRefused(abi.RESULT_TRANSITION_ILLEGAL, 'PUBACK of QoS 2');
    acknowledgeRecord(abi.PACKET_TYPE_PUBACK, 7);
    sendRefused(abi.RESULT_PACKET_ID_UNKNOWN, 'unknown');
    acknowledgeRecord(abi.PACKET_TYPE_PUBACK, 5);
    sendRefused(abi.RESULT_OUT_OF_SPACE, 'no room', 3);
    expect(send()).toBe(4);
    expect(hexAt(OUTPUT, 4)).toBe('40020005');
    sendRefused(abi.RESULT_PACKET_ID_UNKNOWN, 'twice');
    expect(acknowledge(abi.PACKET_TYPE_PUBREC, 6)).toBe(4);
    sendRefused(abi.RESULT_TRANSITION_ILLEGAL, 'twice');
    received(message(2, 6, true), '50020006', abi.SESSION_EVENT_DUPLICATE);
    received('62020006', '70020006', abi.SESSION_EVENT_RELEASED);
  });

  it('in the order of the messages of a QoS (MQTT-4.6.0-2, -3)', () => {
    manual();
    receive(message(1, 1));
    receive(message(2, 2));
    receive(message(1, 3));
    receive(message(2, 4));
    acknowledgeRecord(abi.PACKET_TYPE_PUBACK, 3);
    sendRefused(abi.RESULT_ACKNOWLEDGEMENT_ORDER, 'QoS 1');
    acknowledgeRecord(abi.PACKET_TYPE_PUBREC, 4);
    sendRefused(abi.RESULT_ACKNOWLEDGEMENT_ORDER, 'QoS 2');
    expect(acknowledge(abi.PACKET_TYPE_PUBREC, 2)).toBe(4);
    expect(acknowledge(abi.PACKET_TYPE_PUBREC, 4)).toBe(4);
    expect(acknowledge(abi.PACKET_TYPE_PUBACK, 1)).toBe(4);
    expect(acknowledge(abi.PACKET_TYPE_PUBACK, 3)).toBe(4);
  });

  it('an error in PUBREC ends the message (4.3.3), one in PUBACK does as success', () => {
    manual();
    receive(message(2, 1));
    receive(message(1, 2));
    expect(acknowledge(abi.PACKET_TYPE_PUBREC, 1, 0x83)).toBe(5);
    expect(hexAt(OUTPUT, 5)).toBe('5003000183');
    expect(acknowledge(abi.PACKET_TYPE_PUBACK, 2, 0x83)).toBe(5);
    expect(word(abi.SESSION_COUNT)).toBe(0);
    received(message(2, 1), '', abi.SESSION_EVENT_MESSAGE);
  });

  it('after the connection was lost: QoS 1 comes again, QoS 2 is noted and answered when it comes again', () => {
    manual();
    receive(message(1, 1));
    receive(message(2, 2));
    receive(message(2, 3));
    close();
    acknowledgeRecord(abi.PACKET_TYPE_PUBACK, 1);
    sendRefused(abi.RESULT_PACKET_ID_UNKNOWN, 'QoS 1');
    expect(acknowledge(abi.PACKET_TYPE_PUBREC, 2)).toBe(0, 'nothing to send');
    connect(5, true);
    received(message(1, 1, true), '', abi.SESSION_EVENT_MESSAGE);
    received(message(2, 2, true), '50020002', abi.SESSION_EVENT_DUPLICATE);
    received(message(2, 3, true), '', abi.SESSION_EVENT_DUPLICATE);
    expect(acknowledge(abi.PACKET_TYPE_PUBREC, 3)).toBe(4);
  });

  it('no memory for QoS 1 either', () => {
    manual(1);
    receive(message(1, 1));
    receiveRefused(message(1, 2), abi.RESULT_NO_MEMORY);
    received(message(0, 0), '', abi.SESSION_EVENT_MESSAGE);
  });
});

describe('inbound topic aliases (3.3.2.3.4)', () => {
  it('are set, changed and put in, each within its share of the context', () => {
    fresh(1, 1, 0, 12);
    connect(5, false, EXPIRY + '220002');
    receiveRefused(aliased('', '0001'), abi.RESULT_TOPIC_ALIAS_UNKNOWN);
    received(aliased('61626364', '0001'), '', abi.SESSION_EVENT_MESSAGE);
    expect(topic()).toBe('61626364');
    received(aliased('c3a9', '0002'), '', abi.SESSION_EVENT_MESSAGE);
    received(aliased('', '0001'), '', abi.SESSION_EVENT_MESSAGE);
    expect(topic()).toBe('61626364');
    received(aliased('', '0002'), '', abi.SESSION_EVENT_MESSAGE);
    expect(topic()).toBe('c3a9');
    expect(field(abi.PACKET_FLAGS)).toBe(abi.PACKET_FLAG_NOT_ASCII, 'what the alias stands for may be anything');
    received(aliased('7a', '0001'), '', abi.SESSION_EVENT_MESSAGE);
    received(aliased('', '0001'), '', abi.SESSION_EVENT_MESSAGE);
    expect(topic()).toBe('7a');
    receiveRefused(aliased('6161616161', '0001'), abi.RESULT_NO_MEMORY);
    receiveRefused(aliased('61', '0003'), abi.RESULT_TOPIC_ALIAS_EXCEEDED);
  });

  it('end with the connection (MQTT-3.3.2-7), and none is allowed by default', () => {
    fresh(1, 1, 0, 12);
    connect(5, false, EXPIRY + '220002');
    receive(aliased('61', '0001'));
    close();
    connect(5, true, EXPIRY + '220002');
    receiveRefused(aliased('', '0001'), abi.RESULT_TOPIC_ALIAS_UNKNOWN);
    connected(5);
    receiveRefused(aliased('61', '0001'), abi.RESULT_TOPIC_ALIAS_EXCEEDED);
  });

  it('without room in the context there is no memory', () => {
    fresh(1, 1, 0, 1);
    connect(5, false, '220001');
    receiveRefused(aliased('61', '0001'), abi.RESULT_NO_MEMORY);
    receiveRefused(aliased('', '0001'), abi.RESULT_NO_MEMORY);
  });

  it('a message of QoS 2 by alias has its topic only when it is taken', () => {
    fresh(1, 1, 0, 12);
    connect(5, false, '220001');
    receive(aliased('6162', '0001'));
    received('3408' + '0000' + '0007' + '03230001', '50020007', abi.SESSION_EVENT_MESSAGE);
    expect(topic()).toBe('6162');
    expect(event()).toBe(abi.SESSION_EVENT_MESSAGE);
  });
});
