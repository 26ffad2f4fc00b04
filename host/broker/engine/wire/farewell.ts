import { encodePacket, type Packet, type ProtocolVersion, ReasonCode } from '../../../core/index.js';
import { returnCodeFor } from './refusal.js';

/** The packets in which a server says why it closes: before and after it accepted CONNECT. */
export type FarewellType = 'connack' | 'disconnect';

/** Why a connection ends. */
export interface Why {
  /** Any: what the packet cannot carry is replaced. */
  readonly reasonCode: number;
  /** The Reason String. */
  readonly reason?: string;
  /** Another server (4.11). */
  readonly serverReference?: string;
  /** The packet that broke a rule, where one did. */
  readonly packetType?: string;
}

/** A fault in one of these is answered, where answers are few: they ask for something. */
const ASKING: ReadonlySet<string> = new Set(['publish', 'subscribe', 'unsubscribe', 'disconnect', 'auth']);

/** Whether a `terse` listener closes without a word: 4.13.1 leaves it open. */
export function isLeftUnsaid({ reasonCode, packetType }: Why): boolean {
  const isFault = reasonCode === ReasonCode.malformedPacket || reasonCode === ReasonCode.protocolError;
  return isFault && packetType !== undefined && !ASKING.has(packetType);
}

/** Reason codes that only the other packet has (table 2-6 of MQTT 5), and what comes nearest in this one. */
const NEAREST: Record<FarewellType, ReadonlyMap<number, number>> = {
  connack: new Map<number, number>([
    [ReasonCode.serverShuttingDown, ReasonCode.serverUnavailable],
    [ReasonCode.administrativeAction, ReasonCode.notAuthorized],
    [ReasonCode.maximumConnectTime, ReasonCode.serverBusy],
  ]),
  disconnect: new Map<number, number>([
    // What the decoder finds wrong with a CONNECT that should not have come at all (3.1.0-2).
    [ReasonCode.unsupportedProtocolVersion, ReasonCode.protocolError],
    [ReasonCode.clientIdentifierNotValid, ReasonCode.protocolError],
    // What the rules for CONNECT may say when they are asked again.
    [ReasonCode.badUserNameOrPassword, ReasonCode.notAuthorized],
    [ReasonCode.serverUnavailable, ReasonCode.serverBusy],
    [ReasonCode.banned, ReasonCode.administrativeAction],
  ]),
};

/**
 * The reason code with which a packet of this type closes a connection: always an error that the type may carry
 * (3.2.2-8, 3.14.2-1), whatever the codec or a rule came up with.
 *
 * @returns `reasonCode`, or the nearest that there is, or 0x80 Unspecified error
 */
export function closingReason(type: FarewellType, reasonCode: number): number {
  if (reasonCode >= ReasonCode.unspecifiedError && encodeIfValid(farewell(type, { reasonCode }), 5)) return reasonCode;
  return NEAREST[type].get(reasonCode) ?? ReasonCode.unspecifiedError;
}

/**
 * The last packet of a connection. Never throws: a reason that does not fit into the packet, or that makes it larger than
 * the client accepts (3.1.2-24), is left out; then the other server too.
 *
 * @param largest bytes of the largest packet that the client accepts
 * @returns undefined when the connection has to close without a packet
 */
export function encodeFarewell(
  type: FarewellType,
  version: ProtocolVersion,
  why: Why,
  largest: number,
): Uint8Array | undefined {
  const reasonCode = closingReason(type, why.reasonCode);
  const fits = (packet: Packet) => {
    const bytes = encodeIfValid(packet, version);
    return bytes && bytes.length <= largest ? bytes : undefined;
  };
  if (version === 5) {
    const { reason, serverReference } = why;
    const forms: Why[] = [{ reasonCode, reason, serverReference }, { reasonCode, serverReference }, { reasonCode }];
    for (const form of forms) {
      const bytes = fits(farewell(type, form));
      if (bytes) return bytes;
    }
    return undefined;
  }
  // Before MQTT 5, a server has no DISCONNECT and CONNACK has few codes.
  const returnCode = type === 'connack' ? returnCodeFor(reasonCode) : undefined;
  return returnCode === undefined ? undefined : fits(farewell(type, { reasonCode: returnCode }));
}

function farewell(type: FarewellType, { reasonCode, reason, serverReference }: Why): Packet {
  const properties = {
    ...(reason !== undefined && { reasonString: reason }),
    ...(serverReference !== undefined && { serverReference }),
  };
  return type === 'connack'
    ? { type, sessionPresent: false, reasonCode, properties }
    : { type, reasonCode, properties };
}

/** What a server sends looks the same in 3.1 and 3.1.1. */
function encodeIfValid(packet: Packet, version: ProtocolVersion): Uint8Array | undefined {
  try {
    return encodePacket(packet, version === 5 ? 5 : 4);
  } catch {
    return undefined;
  }
}

/** Why a connection ends on which nothing came in time. @param waits what it has waited for, if it was more than CONNECT */
export function lateness(
  waits: { forAuthAgain: boolean; forRules: boolean; forAuth: boolean },
  seconds: number,
): Partial<Why> {
  const { serverBusy, notAuthorized } = ReasonCode;
  const within = `within ${seconds} s`;
  if (waits.forAuthAgain) return { reasonCode: notAuthorized, reason: `no new authentication ${within} (4.12.1-2)` };
  if (waits.forRules) return { reasonCode: serverBusy, reason: `the rules did not answer ${within}` };
  if (waits.forAuth) return { reasonCode: notAuthorized, reason: `no AUTH ${within} (4.12)` };
  return { reason: `no CONNECT packet ${within}` };
}
