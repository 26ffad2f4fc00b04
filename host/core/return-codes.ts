import { ReasonCode } from '../../build/abi/core.js';

/** A return code of CONNACK in MQTT 3.1.1. */
export interface ReturnCode {
  /** 0 to 5. */
  code: number;
  /** Its meaning, in the words of table 3.1 of MQTT 3.1.1. */
  name: string;
  /** The reason code of MQTT 5 that means the same. */
  reasonCode: number;
}

/** The return codes of CONNACK (MQTT 3.1.1, table 3.1); the index is the code. */
export const RETURN_CODES: readonly Readonly<ReturnCode>[] = [
  { code: 0, name: 'accepted', reasonCode: ReasonCode.success },
  { code: 1, name: 'unacceptable protocol version', reasonCode: ReasonCode.unsupportedProtocolVersion },
  { code: 2, name: 'identifier rejected', reasonCode: ReasonCode.clientIdentifierNotValid },
  { code: 3, name: 'server unavailable', reasonCode: ReasonCode.serverUnavailable },
  { code: 4, name: 'bad user name or password', reasonCode: ReasonCode.badUserNameOrPassword },
  { code: 5, name: 'not authorized', reasonCode: ReasonCode.notAuthorized },
];
