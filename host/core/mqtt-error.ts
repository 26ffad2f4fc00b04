import { ReasonCode, results } from '../../build/abi/core.js';
import type { Packet, ProtocolVersion } from './packets.js';
import { refusalName } from './return-codes.js';

/**
 * The source of the rule of a result code: a statement id or a section of the standard of this version (3 counts as 3.1.1).
 *
 * @param packetType name of a packet; some rules have one statement for each type
 */
export function sourceOf(code: number, packetType = '', protocolVersion: ProtocolVersion = 5): string {
  const result = results[code];
  if (!result) return '';
  const { source, sourceIn, source311, sourceIn311 } = result;
  const is311 = protocolVersion < 5;
  return (is311 && sourceIn311?.[packetType]) || sourceIn?.[packetType] || (is311 && source311) || source;
}

/**
 * The text of a result code with its source: "a Topic Name holds a wildcard character (MQTT-3.3.2-2)".
 *
 * @example
 * ```ts
 * import { describeResult, Result, results } from 'wasmqtt';
 *
 * describeResult(Result.TOPIC_EMPTY); // => 'a Topic Name or Topic Filter is empty (MQTT-4.7.3-1)'
 * results[Result.TOPIC_EMPTY].name; // => 'TOPIC_EMPTY'
 * ```
 */
export function describeResult(code: number, packetType?: string, protocolVersion?: ProtocolVersion): string {
  const result = results[code];
  return result ? `${result.text} (${sourceOf(code, packetType, protocolVersion)})` : `result code ${code}`;
}

/**
 * What a refused packet says besides: "; its code is notAuthorized (0x87)". A broker that refuses in a packet that breaks a rule
 * has refused all the same, and its code is the reason that people look for.
 */
export function describeReceived(
  code: number | undefined,
  packetType: string,
  protocolVersion: ProtocolVersion,
): string {
  if (code === undefined) return '';
  // Only in a CONNACK are low codes refusals (3.1.1, table 3.1).
  const isNamed = packetType === 'connack' || code >= ReasonCode.unspecifiedError;
  return `; its code is ${isNamed ? refusalName(protocolVersion, code) : `0x${code.toString(16).padStart(2, '0')}`}`;
}

/**
 * A packet breaks a rule of the standard, as found while decoding or encoding.
 *
 * @example
 * ```ts
 * import { MqttError, PacketDecoder } from 'wasmqtt';
 *
 * try {
 *   new PacketDecoder().push(new Uint8Array([0x30, 5, 0, 3, 0x61, 0x2f, 0x23]));
 * } catch (error) {
 *   if (!(error instanceof MqttError)) throw error;
 *   [error.codeName, error.statement, error.byteOffset]; // => [ 'TOPIC_WILDCARD', 'MQTT-3.3.2-2', 6 ]
 * }
 * ```
 */
export class MqttError extends Error {
  /** Negative result code, see `Result`. */
  readonly code: number;
  /** Name of the result code, for example TOPIC_WILDCARD. */
  readonly codeName: string;
  /** Statement id or section of the standard of `protocolVersion`. */
  readonly statement: string;
  /** The standard that was broken, or asked for; for a CONNECT the one that it names. */
  readonly protocolVersion: ProtocolVersion;
  /** Index of the byte in the packet at which the rule is broken; -1 when encoding. */
  readonly byteOffset: number;
  /** MQTT 5 reason code (2.4) to send to the peer. */
  readonly reasonCode: number;
  /** Name of the type of the refused packet, `packet` when it is not known. */
  readonly packetType: string;
  /**
   * Reason code, or return code of 3.1.1, in the packet that was refused, 1 to 255; of a list the one that is not allowed.
   * Undefined when it was 0, had not come, or belongs to no packet of this type.
   */
  readonly receivedCode: number | undefined;
  /** Packets that were decoded before the bad one. */
  readonly packets: Packet[];

  constructor(
    code: number,
    byteOffset: number,
    packetType = 'packet',
    packets: Packet[] = [],
    protocolVersion: ProtocolVersion = 5,
    receivedCode = 0,
  ) {
    const where = byteOffset < 0 ? `cannot encode ${packetType}` : `malformed ${packetType}, byte ${byteOffset}`;
    // The encoder appends the field to the type.
    const [type] = packetType.split(':');
    const received = receivedCode || undefined;
    super(
      `${where}: ${describeResult(code, type, protocolVersion)}${describeReceived(received, type, protocolVersion)}`,
    );
    this.name = 'MqttError';
    this.packetType = type;
    this.receivedCode = received;
    this.code = code;
    this.codeName = results[code]?.name ?? 'UNKNOWN';
    this.statement = sourceOf(code, type, protocolVersion);
    this.protocolVersion = protocolVersion;
    this.byteOffset = byteOffset;
    this.reasonCode = results[code]?.reasonCodeIn?.[type] ?? results[code]?.reasonCode ?? ReasonCode.unspecifiedError;
    this.packets = packets;
  }
}
