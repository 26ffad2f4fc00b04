import { ReasonCode, results } from '../../build/abi/core.js';
import type { Packet } from './packets.js';

/** The text of a result code with its source: "a Topic Name holds a wildcard character (MQTT-3.3.2-2)". */
export function describeResult(code: number): string {
  const result = results[code];
  return result ? `${result.text} (${result.source})` : `result code ${code}`;
}

/** A packet that breaks a rule of the standard, found while decoding or encoding. */
export class MqttError extends Error {
  /** Negative result code, see `Result`. */
  readonly code: number;
  /** Name of the result code, for example TOPIC_WILDCARD. */
  readonly codeName: string;
  /** Statement id or section of the standard. */
  readonly statement: string;
  /** Byte of the packet at which the rule was broken; -1 when encoding. */
  readonly byteOffset: number;
  /** MQTT 5 reason code (2.4) with which the peer should be told. */
  readonly reasonCode: number;
  /** Packets that were decoded before the bad one. */
  readonly packets: Packet[];

  constructor(code: number, byteOffset: number, packetType = 'packet', packets: Packet[] = []) {
    const where = byteOffset < 0 ? `cannot encode ${packetType}` : `malformed ${packetType}, byte ${byteOffset}`;
    super(`${where}: ${describeResult(code)}`);
    this.name = 'MqttError';
    this.code = code;
    this.codeName = results[code]?.name ?? 'UNKNOWN';
    this.statement = results[code]?.source ?? '';
    this.byteOffset = byteOffset;
    this.reasonCode = results[code]?.reasonCode ?? ReasonCode.unspecifiedError;
    this.packets = packets;
  }
}
