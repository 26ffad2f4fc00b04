import { type ProtocolVersion, RETURN_CODES, ReasonCode } from '../../../core/index.js';

/** Reason codes of MQTT 5 that 3.1.1 has no return code for, and the nearest one that it has. */
const NEAREST: [reasonCode: number, returnCode: number][] = [
  [ReasonCode.implementationSpecificError, 3],
  [ReasonCode.serverBusy, 3],
  [ReasonCode.quotaExceeded, 3],
  [ReasonCode.useAnotherServer, 3],
  [ReasonCode.serverMoved, 3],
  [ReasonCode.connectionRateExceeded, 3],
  [ReasonCode.banned, 5],
];

const NUMBERS = new Map([...RETURN_CODES.map(({ code, reasonCode }) => [reasonCode, code] as const), ...NEAREST]);

/** The CONNACK return code of 3.1.1 for a reason code; undefined when the connection closes without CONNACK. */
export function returnCodeFor(reasonCode: number): number | undefined {
  return NUMBERS.get(reasonCode);
}

/** The bit that a Mosquitto bridge adds to its version, to say what it is (`try_private`). */
const BRIDGE = 0x80;

/** Where in a CONNECT its Protocol Version stands, and what it is. */
export interface Sniffed {
  /** Without the bit of a bridge. */
  readonly version: number;
  /** From the first byte of the packet. */
  readonly offset: number;
  readonly isBridge: boolean;
}

/**
 * The Protocol Version byte of a CONNECT packet, also of one that cannot be decoded: the refusal is written in the form of
 * that version.
 *
 * @param head the first bytes of the connection
 * @returns undefined when they are not, or not yet, recognisably a CONNECT
 */
export function sniffVersion(head: Uint8Array): Sniffed | undefined {
  // MQTT 3.1 does not look at the flags of CONNECT (2.1).
  if (head[0] >> 4 !== 1) return undefined;
  let at = 1;
  while (at < 4 && head[at] >= 0x80) at++;
  at++;
  const length = head[at] * 256 + head[at + 1];
  const name = String.fromCharCode(...head.subarray(at + 2, at + 2 + Math.min(length, 6)));
  if (name !== 'MQTT' && name !== 'MQIsdp') return undefined;
  const offset = at + 2 + length;
  const byte = head[offset];
  if (byte === undefined) return undefined;
  const isBridge = byte === (BRIDGE | (name === 'MQTT' ? 4 : 3));
  return { version: isBridge ? byte & ~BRIDGE : byte, offset, isBridge };
}

/** Most bytes that `sniffVersion` reads: type, length (4), name (2 + 6), version. */
export const SNIFF_BYTES = 14;

/** The version whose CONNACK form a client of this version byte understands. */
export function connackVersion(version: number): ProtocolVersion {
  return version >= 5 ? 5 : 4;
}
