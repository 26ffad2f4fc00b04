import { encodePacket, type Packet, ReasonCode } from '../../../core/index.js';

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
