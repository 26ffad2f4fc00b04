import { ReasonCode } from '../../core/index.js';

/** CONNACK return codes of MQTT 3.1.1, table 3.1. */
const RETURN_CODES = [
  'accepted',
  'unacceptable protocol version',
  'identifier rejected',
  'server unavailable',
  'bad user name or password',
  'not authorized',
];

/** `notAuthorized (0x87)`, or for 3.1.1 `not authorized (5)`. */
export function refusalName(protocolVersion: 4 | 5, code: number): string {
  if (protocolVersion === 4) return `${RETURN_CODES[code] ?? 'unknown return code'} (${code})`;
  const name = Object.entries(ReasonCode).find(([, value]) => value === code)?.[0] ?? 'unknown reason code';
  return `${name} (0x${code.toString(16).padStart(2, '0')})`;
}
