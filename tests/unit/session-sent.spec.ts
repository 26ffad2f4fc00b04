import { session_send } from '../../assembly/mqtt/session';
import { Packet, PacketType, Result, SessionContext, SessionEvent } from '../../build/abi/assembly';
import { begin, RECORD, record, setBytes } from './mqtt-records';
import {
  byte,
  CONTEXT,
  connect,
  connected,
  connectRecord,
  context,
  EXPIRY,
  fresh,
  publish,
  publishRecord,
  receive,
  received,
  receiveRefused,
  send,
  sendRefused,
  subscribe,
} from './session-context';

/** Acknowledgement of packet id 1 as the server sends it. */
function answer(type: i32, reasonCode: i32 = 0): string {
  if (type == PacketType.SUBACK || type == PacketType.UNSUBACK) return byte(type << 4) + '05000100' + '0000';
  return byte(type << 4) + (reasonCode == 0 ? '020001' : '030001' + byte(reasonCode));
}

/** A connection of MQTT 5 on which packet id 1 awaits this packet. */
function awaiting(next: i32): void {
  connected(5);
  if (next == PacketType.PUBACK) publish(1);
  else if (next == PacketType.SUBACK) subscribe(PacketType.SUBSCRIBE);
  else if (next == PacketType.UNSUBACK) subscribe(PacketType.UNSUBSCRIBE);
  else publish(2);
  if (next == PacketType.PUBCOMP) receive('50020001');
}

const ANSWERS: i32[] = [4, 5, 7, 9, 11];

function doneBy(type: i32): i32 {
  if (type == PacketType.SUBACK) return SessionEvent.SUBSCRIBED;
  return type == PacketType.UNSUBACK ? SessionEvent.UNSUBSCRIBED : SessionEvent.PUBLISHED;
}

describe('session_send', () => {
  it('refuses room for its output that overlaps the context, and takes what lies beside it', () => {
    const end = CONTEXT + <usize>SessionContext.HEADER + 6 * 4 + 40;
    const room: u32 = 32;
    fresh(4, 2, 0, 40);
    connectRecord(4);
    expect(session_send(CONTEXT, RECORD, 0, CONTEXT - room + 1, room)).toBe(Result.INVALID_ARGUMENT, 'its first byte');
    expect(session_send(CONTEXT, RECORD, 0, end - 1, room)).toBe(Result.INVALID_ARGUMENT, 'its last byte');
    expect(session_send(CONTEXT, RECORD, 0, end, room)).toBeGreaterThan(0, 'behind it');
  });
});

describe('what is sent: every answer in every state of a record (4.3)', () => {
  it('the answer that is awaited takes it on, any other is an illegal transition', () => {
    for (let i = 0; i < ANSWERS.length; i++) {
      for (let j = 0; j < ANSWERS.length; j++) {
        const next = ANSWERS[i];
        const type = ANSWERS[j];
        awaiting(next);
        if (type == PacketType.PUBREC && next == PacketType.PUBREC) {
          received(answer(type), '62020001', SessionEvent.ACCEPTED);
          expect(context.count).toBe(1);
        } else if (type == PacketType.PUBREC && next == PacketType.PUBCOMP) {
          received(answer(type), '62020001', SessionEvent.NONE);
          expect(context.count).toBe(1);
        } else if (type == next) {
          received(answer(type), '', doneBy(type));
          expect(context.count).toBe(0);
        } else {
          receiveRefused(answer(type), Result.TRANSITION_ILLEGAL);
        }
      }
    }
  });

  it('PUBREC with an error ends a message that was not accepted yet, and nothing else (MQTT-4.3.3-4)', () => {
    awaiting(PacketType.PUBREC);
    received(answer(PacketType.PUBREC, 0x97), '', SessionEvent.PUBLISHED);
    expect(context.count).toBe(0);
    awaiting(PacketType.PUBCOMP);
    receiveRefused(answer(PacketType.PUBREC, 0x97), Result.TRANSITION_ILLEGAL);
    awaiting(PacketType.PUBREC);
    received(answer(PacketType.PUBREC, 0x10), '62020001', SessionEvent.ACCEPTED);
  });

  it('an unknown Packet Identifier: PUBREC is released (4.3.3), for the others nobody waits', () => {
    connected(5);
    received('50020001', '6203000192', SessionEvent.NONE);
    received('70020001', '', SessionEvent.NONE);
    expect(context.count).toBe(0);
    received('5003000197', '', SessionEvent.NONE);
    received('40020001', '', SessionEvent.NONE);
    received('9004000100' + '00', '', SessionEvent.NONE);
    received('b004000100' + '00', '', SessionEvent.NONE);
    expect(context.count).toBe(0);
    connected(4);
    received('50020001', '62020001', SessionEvent.NONE);
  });

  it('an answer to a list has one reason code for each filter (MQTT-3.8.4-6)', () => {
    awaiting(PacketType.SUBACK);
    receiveRefused('9004000100' + '00', Result.REASON_CODE_COUNT);
    receiveRefused('9006000100' + '000000', Result.REASON_CODE_COUNT);
    awaiting(PacketType.UNSUBACK);
    receiveRefused('b004000100' + '00', Result.REASON_CODE_COUNT);
    connected(4);
    subscribe(PacketType.SUBSCRIBE);
    receiveRefused('9003000100', Result.REASON_CODE_COUNT);
    received('9004000100' + '80', '', SessionEvent.SUBSCRIBED);
    subscribe(PacketType.UNSUBSCRIBE);
    received('b0020002', '', SessionEvent.UNSUBSCRIBED);
  });
});

describe('Packet Identifiers and records', () => {
  it('are given in turn, and those in flight are left out after 65,535', () => {
    connected(5);
    expect(publish(2)).toBe(1);
    expect(publish(1)).toBe(2);
    expect(subscribe(PacketType.SUBSCRIBE)).toBe(3);
    receive('40020002');
    expect(publish(1)).toBe(4, 'a free one is not taken again at once');
    context.lastPacketId = 65534;
    receive('40020004');
    expect(publish(1)).toBe(65535);
    receive('4002ffff');
    expect(publish(1)).toBe(2, '1 is in flight');
  });

  it('may be chosen by the caller, but not one in flight (MQTT-2.2.1-3)', () => {
    connected(5);
    publishRecord(1, false, 7);
    expect(send()).toBe(8);
    sendRefused(Result.PACKET_ID_COLLISION, 'PUBLISH');
    publishRecord(2, false, 7);
    sendRefused(Result.PACKET_ID_COLLISION, 'PUBLISH of the other QoS');
    begin(PacketType.SUBSCRIBE, 5);
    record.packetId = 7;
    setBytes(offsetof<Packet>('payload'), '00016100');
    sendRefused(Result.PACKET_ID_COLLISION, 'SUBSCRIBE');
    publishRecord(1, false, 65536);
    sendRefused(Result.PACKET_ID_ZERO, 'out of range');
  });

  it('no memory: all records are taken; those of received messages are others', () => {
    fresh(2, 1);
    connect(5);
    publish(1);
    subscribe(PacketType.SUBSCRIBE);
    publishRecord(1);
    sendRefused(Result.NO_MEMORY, 'PUBLISH');
    begin(PacketType.UNSUBSCRIBE, 5);
    setBytes(offsetof<Packet>('payload'), '000161');
    sendRefused(Result.NO_MEMORY, 'UNSUBSCRIBE');
    received('3406' + '000161' + '0001' + '00', '50020001', SessionEvent.MESSAGE);
    receive('40020001');
    expect(publish(1)).toBe(3);
  });

  it("the server's Receive Maximum holds messages back, not subscriptions (MQTT-3.3.4-7, -8)", () => {
    fresh(8, 1);
    connect(5, false, EXPIRY, '210002');
    publish(2);
    publish(1);
    publishRecord(1);
    sendRefused(Result.RECEIVE_MAXIMUM_REACHED, 'PUBLISH');
    publish(0);
    subscribe(PacketType.SUBSCRIBE);
    received('50020001', '62020001', SessionEvent.ACCEPTED);
    publishRecord(1);
    sendRefused(Result.RECEIVE_MAXIMUM_REACHED, 'PUBREC frees nothing');
    received('70020001', '', SessionEvent.PUBLISHED);
    publish(2);
    publishRecord(1);
    sendRefused(Result.RECEIVE_MAXIMUM_REACHED, 'PUBLISH');
    received('5003000480', '', SessionEvent.PUBLISHED);
    publish(2);
  });
});
