import { session_deadline, session_init } from '../../assembly/mqtt/session';
import { PROPERTY } from '../../assembly/mqtt/session/layout';
import {
  Packet,
  PacketType,
  Property,
  Result,
  SessionContext,
  SessionEvent,
  SessionFlag,
  SessionState,
} from '../../build/abi/assembly';
import { begin, record, setBytes } from './mqtt-records';
import {
  CONTEXT,
  close,
  connect,
  connected,
  connectRecord,
  context,
  EXPIRY,
  fresh,
  poll,
  publish,
  publishRecord,
  receive,
  received,
  receiveRefused,
  send,
  sendRefused,
} from './session-context';

describe('session_init', () => {
  it('takes eight messages within 512 bytes', () => {
    expect(SessionContext.HEADER).toBe(<i32>(PROPERTY + Property.SIZE));
    expect(SessionContext.HEADER + 2 * 8 * SessionContext.ENTRY).toBeLessThan(513);
    expect(session_init(CONTEXT, 512, 8, 8, 0, 1)).toBe(0);
  });

  it('refuses a context that is too short and arguments out of range', () => {
    const header: u32 = SessionContext.HEADER;
    expect(session_init(CONTEXT, header + 4 * 7 - 1, 3, 4, 0, 1)).toBe(Result.OUT_OF_SPACE);
    expect(session_init(CONTEXT, header + 4 * 7, 3, 4, 0, 1)).toBe(0);
    expect(session_init(CONTEXT + 2, 512, 3, 4, 0, 1)).toBe(Result.INVALID_ARGUMENT);
    expect(session_init(CONTEXT, 0xffffffff, 0x10000, 4, 0, 1)).toBe(Result.INVALID_ARGUMENT);
    expect(session_init(CONTEXT, 0xffffffff, 4, 0xffffffff, 0, 1)).toBe(Result.INVALID_ARGUMENT);
    expect(session_init(CONTEXT, 512, 4, 4, 0, 0)).toBe(Result.INVALID_ARGUMENT);
    expect(session_init(CONTEXT, 512, 4, 4, 0, 0x80000001)).toBe(Result.INVALID_ARGUMENT);
  });
});

describe('the state of the connection', () => {
  it('a context that session_init did not make is refused', () => {
    fresh();
    context.format = SessionContext.FORMAT + 1;
    connectRecord(5);
    sendRefused(Result.SESSION_FORMAT, 'CONNECT');
  });

  it('closed: CONNECT and nothing else; what comes is not expected', () => {
    fresh();
    for (let type = 0; type < 17; type++) {
      if (type == 1 || type == 4 || type == 5) continue;
      begin(type, 5);
      sendRefused(Result.SESSION_STATE, 'closed');
    }
    receiveRefused('20020000', Result.PACKET_UNEXPECTED);
    expect(session_deadline(CONTEXT, 0)).toBe(SessionContext.NO_DEADLINE);
    expect(poll()).toBe(0);
    connectRecord(5);
    sendRefused(Result.OUT_OF_SPACE, 'CONNECT', 15);
    expect(send()).toBeGreaterThan(0);
  });

  it('connecting: DISCONNECT and AUTH; CONNACK and AUTH (MQTT-3.2.0-1)', () => {
    fresh();
    connectRecord(5);
    send();
    for (let type = 1; type < 14; type++) {
      if (type == 4 || type == 5) continue;
      begin(type, 5);
      sendRefused(Result.SESSION_STATE, 'connecting');
    }
    receiveRefused('300400016100', Result.PACKET_UNEXPECTED);
    receiveRefused('d000', Result.PACKET_UNEXPECTED);
    receiveRefused('e000', Result.PACKET_UNEXPECTED);
    begin(PacketType.DISCONNECT, 5);
    expect(send()).toBe(2);
    expect(context.state).toBe(SessionState.CLOSED);
  });

  it('connected: no second CONNECT or CONNACK, nothing that only a client or the session sends', () => {
    connected(5);
    const types: i32[] = [1, 2, 6, 7, 9, 11, 13];
    for (let i = 0; i < types.length; i++) {
      begin(types[i], 5);
      sendRefused(Result.SESSION_STATE, 'connected');
    }
    receiveRefused('2003000000', Result.PACKET_UNEXPECTED);
    receiveRefused('101000044d5154540502003c000003646576', Result.PACKET_UNEXPECTED);
    receiveRefused('8207000100' + '00016100', Result.PACKET_UNEXPECTED);
    receiveRefused('a206000100' + '000161', Result.PACKET_UNEXPECTED);
    receiveRefused('c000', Result.PACKET_UNEXPECTED);
    receiveRefused('f000', Result.PACKET_UNEXPECTED);
  });

  it('DISCONNECT of the server closes, in MQTT 5 only', () => {
    connected(5);
    received('e000', '', SessionEvent.DISCONNECTED);
    expect(context.state).toBe(SessionState.CLOSED);
    connected(4);
    receiveRefused('e000', Result.PACKET_UNEXPECTED);
  });

  it('an own DISCONNECT closes, unless it raises the Session Expiry Interval from zero (3.14.2.2.2)', () => {
    fresh();
    connect(5, false, '');
    begin(PacketType.DISCONNECT, 5);
    setBytes(offsetof<Packet>('properties'), '1100000001');
    sendRefused(Result.SESSION_EXPIRY_RAISED, 'from 0');
    fresh();
    connect(5, false, '1100000002');
    begin(PacketType.DISCONNECT, 5);
    setBytes(offsetof<Packet>('properties'), '1100000001');
    expect(send()).toBe(9);
    expect(context.state).toBe(SessionState.CLOSED);
    connected(4);
    begin(PacketType.DISCONNECT, 0);
    expect(send()).toBe(2);
  });
});

describe('CONNACK', () => {
  it('refused: the session is closed and keeps its state', () => {
    connected(5);
    publish(1);
    close();
    connectRecord(5);
    send();
    received('2003008800', '', SessionEvent.REFUSED);
    expect(context.state).toBe(SessionState.CLOSED);
    expect(context.count).toBe(1);
  });

  it('without a session: what was in flight is forgotten (MQTT-3.2.2-5)', () => {
    connected(5);
    publish(2);
    close();
    connect(5, false);
    expect(context.count).toBe(0);
  });

  it('with a session that the client does not have is refused (MQTT-3.2.2-2, -4)', () => {
    fresh();
    connectRecord(5);
    send();
    receiveRefused('2003010000', Result.SESSION_PRESENT_UNEXPECTED);
    close();
    connect(5, false);
    close();
    connectRecord(5, 2);
    send();
    receiveRefused('2003010000', Result.SESSION_PRESENT_UNEXPECTED);
  });

  it('with a session that is adopted by the option, but not after Clean Start', () => {
    fresh(1, 1, SessionFlag.ADOPT_SESSION);
    connect(5, true);
    fresh(1, 1, SessionFlag.ADOPT_SESSION);
    connectRecord(4, 2);
    send();
    receiveRefused('20020100', Result.SESSION_PRESENT_UNEXPECTED);
  });

  it('is unexpected too after a connection that left no session state (MQTT-3.2.2-4; 3.1.1 MQTT-3.1.2-6)', () => {
    fresh();
    connect(5, false, '');
    close();
    connectRecord(5);
    expect(send()).toBeGreaterThan(0);
    receiveRefused('2003010000', Result.SESSION_PRESENT_UNEXPECTED);
    fresh();
    connect(5, false, '', EXPIRY);
    close();
    connect(5, true, '');
    fresh();
    connectRecord(4, 2);
    expect(send()).toBeGreaterThan(0);
    expect(receive('20020000')).toBe(0);
    close();
    connectRecord(4);
    expect(send()).toBeGreaterThan(0);
    receiveRefused('20020100', Result.SESSION_PRESENT_UNEXPECTED);
  });

  it('tells the limits, and each connection begins with the defaults', () => {
    fresh();
    const properties = '13000a' + '210003' + '220040' + '2400' + '2500' + '2700000020' + '2800' + '2900' + '2a00';
    connect(5, false, EXPIRY + '210007' + '2200052700001000', properties + '2600016b000176');
    expect(context.keepAlive).toBe(10000, 'Server Keep Alive (MQTT-3.1.2-21)');
    expect(context.server.receiveMaximum).toBe(3);
    expect(context.server.topicAliasMaximum).toBe(64);
    expect(context.server.maximumQoS).toBe(0);
    expect(context.server.retainAvailable).toBe(0);
    expect(context.server.maximumPacketSize).toBe(32);
    expect(context.server.wildcardSubscriptionAvailable).toBe(0);
    expect(context.server.subscriptionIdentifierAvailable).toBe(0);
    expect(context.server.sharedSubscriptionAvailable).toBe(0);
    expect(context.own.receiveMaximum).toBe(7);
    expect(context.own.topicAliasMaximum).toBe(5);
    expect(context.own.maximumPacketSize).toBe(4096);
    close();
    connect(5, true);
    expect(context.keepAlive).toBe(60000);
    expect(context.server.receiveMaximum).toBe(0xffffffff);
    expect(context.server.topicAliasMaximum).toBe(0xffffffff);
    expect(context.server.maximumQoS).toBe(0xffffffff);
    expect(context.server.retainAvailable).toBe(0xffffffff);
    expect(context.server.maximumPacketSize).toBe(0xffffffff);
  });

  it('the limits hold: packet size, QoS, retain, Subscription Identifier', () => {
    fresh();
    connect(5, false, '2700000010', '2400' + '2500' + '2700000008' + '2900');
    publishRecord(0);
    setBytes(offsetof<Packet>('payload'), '7878');
    expect(send(8)).toBe(8);
    setBytes(offsetof<Packet>('payload'), '787878');
    sendRefused(Result.PACKET_TOO_LARGE, 'MQTT-3.2.2-15', 9);
    sendRefused(Result.OUT_OF_SPACE, 'no room either', 8);
    publishRecord(0);
    record.flags = 1;
    sendRefused(Result.RETAIN_NOT_SUPPORTED, 'MQTT-3.2.2-14');
    publishRecord(1);
    sendRefused(Result.QOS_NOT_SUPPORTED, 'MQTT-3.2.2-11');
    fresh();
    connect(5, false, '', '2900');
    begin(PacketType.SUBSCRIBE, 5);
    setBytes(offsetof<Packet>('payload'), '00016100');
    setBytes(offsetof<Packet>('properties'), '0b01');
    sendRefused(Result.SUBSCRIPTION_IDENTIFIER_NOT_SUPPORTED, '3.2.2.3.12');
    connected(5);
    begin(PacketType.SUBSCRIBE, 5);
    setBytes(offsetof<Packet>('payload'), '00016100');
    setBytes(offsetof<Packet>('properties'), '0b01');
    expect(send()).toBe(11);
    publishRecord(0);
    setBytes(offsetof<Packet>('properties'), '0b01');
    sendRefused(Result.SUBSCRIPTION_IDENTIFIER_NOT_SUPPORTED, 'MQTT-3.3.4-6');
  });
});
