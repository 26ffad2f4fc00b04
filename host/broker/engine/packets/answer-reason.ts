import { encodePacket, type Packet, type ProtocolVersion, ReasonCode } from '../../../core/index.js';
import type { Refusal } from '../rules.js';
import { Violation } from '../violation.js';

/** Packets with which a request is refused: the code comes from rules, which need not know what each packet may carry. */
export type Answer = 'puback' | 'pubrec' | 'suback';

const known = new Map<string, number>();

/**
 * The reason code with which this packet refuses a request: always one that the type may carry (3.4.2-1, 3.5.2-1, 3.9.3-2).
 *
 * @param reasonCode of a refusal, 0x80 to 0xff
 * @returns `reasonCode`, or 0x80 Unspecified error
 */
export function answerReason(type: Answer, reasonCode: number): number {
  const key = `${type} ${reasonCode}`;
  const code = known.get(key) ?? (isValid(sample(type, reasonCode)) ? reasonCode : ReasonCode.unspecifiedError);
  known.set(key, code);
  return code;
}

/**
 * The end of the connection that follows the answer to a refused request; undefined when it goes on.
 *
 * @throws Violation when it ends without an answer
 */
export function endAfter(refusal: Refusal, protocolVersion: ProtocolVersion): Violation | undefined {
  if (refusal.effect === 'drop') return undefined;
  const end = Violation.of(refusal);
  if (refusal.effect === 'disconnect' || protocolVersion !== 5) throw end;
  return end;
}

function sample(type: Answer, reasonCode: number): Packet {
  return type === 'suback' ? { type, packetId: 1, reasonCodes: [reasonCode] } : { type, packetId: 1, reasonCode };
}

function isValid(packet: Packet): boolean {
  try {
    encodePacket(packet, 5);
    return true;
  } catch {
    return false;
  }
}
