import { session_deadline } from '../../assembly/mqtt/session';
import { Packet, PacketType, Result, SessionContext, SessionEvent } from '../../build/abi/assembly';
import { begin, record, setBytes } from './mqtt-records';
import {
  at,
  CONTEXT,
  connected,
  connectRecord,
  fresh,
  received,
  receiveRefused,
  send,
  sendRefused,
} from './session-context';

const METHOD = '1500016d'; // Authentication Method "m"
const OTHER = '1500016e';

function auth(reason: u32, properties: string = METHOD): void {
  begin(PacketType.AUTH, 5);
  record.reasonCode = reason;
  setBytes(offsetof<Packet>('properties'), properties);
}

describe('enhanced authentication (4.12)', () => {
  it('goes on by AUTH until CONNACK; the client has all the time it needs', () => {
    fresh();
    connectRecord(5, 0, METHOD);
    send();
    auth(0x18);
    sendRefused(Result.SESSION_STATE, 'not asked yet');
    receiveRefused('f000', Result.PACKET_UNEXPECTED);
    receiveRefused('f00618041500016e', Result.AUTHENTICATION_METHOD_CHANGED);
    received('f0061804' + METHOD, '', SessionEvent.AUTHENTICATE);
    receiveRefused('f0061804' + METHOD, Result.PACKET_UNEXPECTED);
    expect(session_deadline(CONTEXT, 100000)).toBe(SessionContext.NO_DEADLINE);
    auth(0x18, OTHER);
    sendRefused(Result.AUTHENTICATION_METHOD_CHANGED, 'MQTT-4.12.0-5');
    auth(0x19);
    sendRefused(Result.SESSION_STATE, 're-authentication before CONNACK');
    auth(0x18);
    sendRefused(Result.OUT_OF_SPACE, 'AUTH', 7);
    at(100000);
    auth(0x18);
    expect(send()).toBe(8);
    expect(session_deadline(CONTEXT, 100000)).toBe(5000);
    sendRefused(Result.SESSION_STATE, 'a second answer');
    receiveRefused('2003000000', Result.AUTHENTICATION_METHOD_CHANGED);
    received('2007000004' + METHOD, '', SessionEvent.CONNECTED);
    at(0);
  });

  it('a client begins anew while connected, and the server ends it', () => {
    fresh();
    connectRecord(5, 0, METHOD);
    send();
    received('2007000004' + METHOD, '', SessionEvent.CONNECTED);
    receiveRefused('f0061804' + METHOD, Result.PACKET_UNEXPECTED);
    auth(0x18);
    sendRefused(Result.SESSION_STATE, 'nothing to go on with');
    auth(0x19);
    expect(send()).toBe(8);
    auth(0x19);
    sendRefused(Result.SESSION_STATE, 'twice');
    received('f0061804' + METHOD, '', SessionEvent.AUTHENTICATE);
    auth(0x18);
    expect(send()).toBe(8);
    receiveRefused('f0061904' + METHOD, Result.PACKET_UNEXPECTED);
    receiveRefused('f0060004' + OTHER, Result.AUTHENTICATION_METHOD_CHANGED);
    received('f0060004' + METHOD, '', SessionEvent.AUTHENTICATED);
    auth(0x19);
    expect(send()).toBe(8);
    received('f000', '', SessionEvent.AUTHENTICATED);
  });

  it('without a method in the CONNECT there is none (MQTT-4.12.0-6, -7)', () => {
    connected(5);
    auth(0x19);
    sendRefused(Result.SESSION_STATE, 'AUTH');
    receiveRefused('f0061804' + METHOD, Result.PACKET_UNEXPECTED);
    fresh();
    connectRecord(5);
    send();
    receiveRefused('2007000004' + METHOD, Result.AUTHENTICATION_METHOD_CHANGED);
  });
});
