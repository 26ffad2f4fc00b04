import { session_deadline } from '../../assembly/mqtt/session';
import * as abi from '../../build/abi/assembly';
import { begin, set, setBytes } from './mqtt-records';
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
  begin(abi.PACKET_TYPE_AUTH, 5);
  set(abi.PACKET_REASON_CODE, reason);
  setBytes(abi.PACKET_PROPERTIES, properties);
}

describe('enhanced authentication (4.12)', () => {
  it('goes on by AUTH until CONNACK; the client has all the time it needs', () => {
    fresh();
    connectRecord(5, 0, METHOD);
    send();
    auth(0x18);
    sendRefused(abi.RESULT_SESSION_STATE, 'not asked yet');
    receiveRefused('f000', abi.RESULT_PACKET_UNEXPECTED);
    receiveRefused('f00618041500016e', abi.RESULT_AUTHENTICATION_METHOD_CHANGED);
    received('f0061804' + METHOD, '', abi.SESSION_EVENT_AUTHENTICATE);
    receiveRefused('f0061804' + METHOD, abi.RESULT_PACKET_UNEXPECTED);
    expect(session_deadline(CONTEXT, 100000)).toBe(abi.SESSION_CONTEXT_NO_DEADLINE);
    auth(0x18, OTHER);
    sendRefused(abi.RESULT_AUTHENTICATION_METHOD_CHANGED, 'MQTT-4.12.0-5');
    auth(0x19);
    sendRefused(abi.RESULT_SESSION_STATE, 're-authentication before CONNACK');
    auth(0x18);
    sendRefused(abi.RESULT_OUT_OF_SPACE, 'AUTH', 7);
    at(100000);
    auth(0x18);
    expect(send()).toBe(8);
    expect(session_deadline(CONTEXT, 100000)).toBe(5000);
    sendRefused(abi.RESULT_SESSION_STATE, 'a second answer');
    receiveRefused('2003000000', abi.RESULT_AUTHENTICATION_METHOD_CHANGED);
    received('2007000004' + METHOD, '', abi.SESSION_EVENT_CONNECTED);
    at(0);
  });

  it('a client begins anew while connected, and the server ends it', () => {
    fresh();
    connectRecord(5, 0, METHOD);
    send();
    received('2007000004' + METHOD, '', abi.SESSION_EVENT_CONNECTED);
    receiveRefused('f0061804' + METHOD, abi.RESULT_PACKET_UNEXPECTED);
    auth(0x18);
    sendRefused(abi.RESULT_SESSION_STATE, 'nothing to go on with');
    auth(0x19);
    expect(send()).toBe(8);
    auth(0x19);
    sendRefused(abi.RESULT_SESSION_STATE, 'twice');
    received('f0061804' + METHOD, '', abi.SESSION_EVENT_AUTHENTICATE);
    auth(0x18);
    expect(send()).toBe(8);
    receiveRefused('f0061904' + METHOD, abi.RESULT_PACKET_UNEXPECTED);
    receiveRefused('f0060004' + OTHER, abi.RESULT_AUTHENTICATION_METHOD_CHANGED);
    received('f0060004' + METHOD, '', abi.SESSION_EVENT_AUTHENTICATED);
    auth(0x19);
    expect(send()).toBe(8);
    received('f000', '', abi.SESSION_EVENT_AUTHENTICATED);
  });

  it('without a method in the CONNECT there is none (MQTT-4.12.0-6, -7)', () => {
    connected(5);
    auth(0x19);
    sendRefused(abi.RESULT_SESSION_STATE, 'AUTH');
    receiveRefused('f0061804' + METHOD, abi.RESULT_PACKET_UNEXPECTED);
    fresh();
    connectRecord(5);
    send();
    receiveRefused('2007000004' + METHOD, abi.RESULT_AUTHENTICATION_METHOD_CHANGED);
  });
});
