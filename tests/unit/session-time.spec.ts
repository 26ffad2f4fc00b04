import { session_arrived, session_deadline, session_send } from '../../assembly/mqtt/session';
import { Packet, PacketType, Result, SessionContext, SessionEvent } from '../../build/abi/assembly';
import { OUTPUT } from './bytes';
import { begin, hexAt, RECORD, record, setBytes } from './mqtt-records';
import {
  at,
  CONTEXT,
  connected,
  connectRecord,
  event,
  fresh,
  poll,
  pollRefused,
  publishRecord,
  receive,
  received,
  send,
  sendRefused,
  subscribe,
} from './session-context';

describe('time', () => {
  it('CONNACK has to come within the response timeout', () => {
    at(100);
    fresh();
    connectRecord(5);
    send();
    expect(session_deadline(CONTEXT, 100)).toBe(5000);
    expect(session_deadline(CONTEXT, 5099)).toBe(1);
    at(5099);
    expect(poll()).toBe(0);
    at(5100);
    pollRefused(Result.RESPONSE_TIMEOUT);
    at(0);
  });

  it('PINGREQ goes when nothing was sent for the keep-alive time, across the wrap-around of the clock', () => {
    at(0xfffff000);
    connected(4);
    at(0xfffff800);
    publishRecord(0);
    send();
    expect(session_deadline(CONTEXT, 0xfffff000 + 60000)).toBe(0, 'the server was silent for as long');
    at(0xfffffc00);
    received('30030001' + '61', '', SessionEvent.MESSAGE);
    expect(session_deadline(CONTEXT, 0xfffffc00)).toBe(60000 - 0x400);
    at(0xfffff800 + 59999);
    expect(session_deadline(CONTEXT, 0xfffff800 + 59999)).toBe(1);
    expect(poll()).toBe(0);
    at(0xfffff800 + 60000);
    pollRefused(Result.OUT_OF_SPACE, 4);
    expect(poll()).toBe(2);
    expect(hexAt(OUTPUT, 2)).toBe('c000');
    expect(poll()).toBe(0);
    expect(session_deadline(CONTEXT, 0xfffff800 + 60000)).toBe(5000, 'PINGRESP');
    received('d000', '', SessionEvent.PONG);
    expect(session_deadline(CONTEXT, 0xfffff800 + 60000)).toBe(60000);
    at(0);
  });

  it('without PINGRESP there is a timeout, and packets sent meanwhile do not prolong it', () => {
    connected(4);
    begin(PacketType.PINGREQ, 0);
    expect(send()).toBe(2);
    at(4000);
    publishRecord(0);
    send();
    begin(PacketType.PINGREQ, 0);
    expect(send()).toBe(2);
    at(5000);
    pollRefused(Result.RESPONSE_TIMEOUT);
    at(0);
  });

  it('bytes that complete no packet are life, and while they come no time counts for CONNACK', () => {
    fresh();
    connectRecord(5);
    send();
    for (let time = 1000; time <= 9000; time += 4000) {
      expect(session_arrived(CONTEXT, time)).toBe(0);
      expect(session_deadline(CONTEXT, time)).toBe(5000, 'silence counts');
    }
    at(9000);
    received('2003000000', '', SessionEvent.CONNECTED);
    expect(session_deadline(CONTEXT, 9000)).toBe(51000);
    at(60000);
    expect(poll()).toBe(2);
    session_arrived(CONTEXT, 64000);
    at(68999);
    expect(poll()).toBe(0);
    at(69000);
    pollRefused(Result.RESPONSE_TIMEOUT);
    at(0);
  });

  it('a clock that goes back counts as no time', () => {
    at(1000);
    fresh();
    connectRecord(5);
    send();
    at(999);
    expect(poll()).toBe(0);
    expect(session_deadline(CONTEXT, 999)).toBe(5000);
    received('2003000000', '', SessionEvent.CONNECTED);
    at(1001);
    publishRecord(0);
    send();
    at(1000);
    expect(poll()).toBe(0, 'no PINGREQ');
    expect(session_deadline(CONTEXT, 1000)).toBe(59999, 'the server was heard at 999');
    at(0);
  });

  it('a keep-alive time of zero asks for nothing', () => {
    fresh();
    connectRecord(4);
    record.keepAlive = 0;
    send();
    received('20020000', '', SessionEvent.CONNECTED);
    expect(session_deadline(CONTEXT, 0x7fffffff)).toBe(SessionContext.NO_DEADLINE);
    at(0x7fffffff);
    expect(poll()).toBe(0);
    at(0);
  });
});

describe('the packets of the codec', () => {
  it('a record that mqtt_encode refuses changes nothing', () => {
    connected(5);
    publishRecord(1);
    record.flags = 6;
    sendRefused(Result.QOS_INVALID, 'QoS 3');
    publishRecord(2);
    setBytes(offsetof<Packet>('topic'), '23');
    sendRefused(Result.TOPIC_WILDCARD, 'topic');
  });

  it('the version of the record is that of the CONNECT', () => {
    connected(4);
    publishRecord(0);
    record.protocolVersion = 5;
    expect(session_send(CONTEXT, RECORD, 0, OUTPUT, 100)).toBe(5);
    expect(subscribe(PacketType.SUBSCRIBE)).toBe(1);
    expect(receive('9004000100' + '01')).toBe(0);
    expect(event()).toBe(SessionEvent.SUBSCRIBED);
  });
});
