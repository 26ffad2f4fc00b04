import { ReasonCode } from '../../build/abi/core.js';
import type { ProtocolVersion } from './packets.js';

/** A return code of CONNACK in MQTT 3.1.1. */
export interface ReturnCode {
  /** 0 to 5. */
  code: number;
  /** Its meaning, in the words of table 3.1 of MQTT 3.1.1. */
  name: string;
  /** The reason code of MQTT 5 that means the same. */
  reasonCode: number;
}

/**
 * The return codes of CONNACK (MQTT 3.1.1, table 3.1); the index is the code.
 *
 * @example
 * ```ts
 * import { ReasonCode, RETURN_CODES, type ReturnCode } from 'wasmqtt';
 *
 * const { name, reasonCode }: ReturnCode = RETURN_CODES[5];
 * [name, reasonCode === ReasonCode.notAuthorized]; // => [ 'not authorized', true ]
 * ```
 */
export const RETURN_CODES: readonly Readonly<ReturnCode>[] = [
  { code: 0, name: 'accepted', reasonCode: ReasonCode.success },
  { code: 1, name: 'unacceptable protocol version', reasonCode: ReasonCode.unsupportedProtocolVersion },
  { code: 2, name: 'identifier rejected', reasonCode: ReasonCode.clientIdentifierNotValid },
  { code: 3, name: 'server unavailable', reasonCode: ReasonCode.serverUnavailable },
  { code: 4, name: 'bad user name or password', reasonCode: ReasonCode.badUserNameOrPassword },
  { code: 5, name: 'not authorized', reasonCode: ReasonCode.notAuthorized },
];

const hex = (code: number) => `0x${code.toString(16).padStart(2, '0')}`;

/**
 * The name of a code with which a broker refuses: `notAuthorized (0x87)`, or for 3.1.1 `not authorized (5)`. A code of the other
 * version is named too, and which version it is of: brokers do mix them.
 *
 * @example
 * ```ts
 * import { refusalName } from 'wasmqtt';
 *
 * [refusalName(5, 0x87), refusalName(4, 5), refusalName(5, 5)];
 * // => [ 'notAuthorized (0x87)', 'not authorized (5)', 'not authorized (5 of MQTT 3.1.1)' ]
 * ```
 */
export function refusalName(protocolVersion: ProtocolVersion, code: number): string {
  const returned = RETURN_CODES[code]?.name;
  if (protocolVersion < 5 && returned !== undefined) return `${returned} (${code})`;
  const name = Object.entries(ReasonCode).find(
    ([, value]) => value === code && value >= ReasonCode.unspecifiedError,
  )?.[0];
  if (name !== undefined) return protocolVersion < 5 ? `${name} (${hex(code)} of MQTT 5)` : `${name} (${hex(code)})`;
  if (returned !== undefined) return `${returned} (${code} of MQTT 3.1.1)`;
  return protocolVersion < 5 ? `unknown return code (${code})` : `unknown reason code (${hex(code)})`;
}

/**
 * The same in words: `not authorized (0x87)`.
 *
 * @example
 * ```ts
 * import { refusalWords } from 'wasmqtt';
 *
 * refusalWords(5, 0x87); // => 'not authorized (0x87)'
 * ```
 */
export function refusalWords(protocolVersion: ProtocolVersion, code: number): string {
  return refusalName(protocolVersion, code).replace(/^\w+/, (name) =>
    name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase(),
  );
}
