import { RETURN_CODES, ReasonCode } from '../../core/index.js';

/** `notAuthorized (0x87)`, or for 3.1.1 `not authorized (5)`. */
export function refusalName(protocolVersion: 4 | 5, code: number): string {
  if (protocolVersion === 4) return `${RETURN_CODES[code]?.name ?? 'unknown return code'} (${code})`;
  const name = Object.entries(ReasonCode).find(([, value]) => value === code)?.[0] ?? 'unknown reason code';
  return `${name} (0x${code.toString(16).padStart(2, '0')})`;
}
