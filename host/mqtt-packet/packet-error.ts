import type { MqttError } from '../core/index.js';

/**
 * A packet was not parsed or not generated. Where mqtt-packet refuses it too, `message` is that of mqtt-packet. The other
 * members are set when the packet breaks a rule of the standard.
 *
 * @example
 * ```ts
 * import { generate, PacketError } from 'wasmqtt/mqtt-packet';
 *
 * try {
 *   generate({ cmd: 'publish', topic: 'a/#', payload: '', qos: 0, dup: false, retain: false });
 * } catch (error) {
 *   if (!(error instanceof PacketError)) throw error;
 *   error.codeName; // => 'TOPIC_WILDCARD'
 * }
 * ```
 */
export class PacketError extends Error {
  /** Negative result code of the core; see `Result` of wasmqtt. */
  readonly code?: number;
  /** Name of the result code, for example TOPIC_WILDCARD. */
  readonly codeName?: string;
  /** Statement id or section of the standard. */
  readonly statement?: string;
  /** Offset of the offending byte in the packet; -1 when generating. */
  readonly byteOffset?: number;
  /** MQTT 5 reason code to send to the peer. */
  readonly reasonCode?: number;
  /** Reason or return code in the refused packet, 1 to 255: why the broker refused, when the packet was not well-formed. */
  readonly receivedCode?: number;

  constructor(message: string, cause?: MqttError) {
    super(message, cause && { cause });
    this.name = 'PacketError';
    if (!cause) return;
    const { code, codeName, statement, byteOffset, reasonCode, receivedCode } = cause;
    Object.assign(this, { code, codeName, statement, byteOffset, reasonCode });
    if (receivedCode !== undefined) this.receivedCode = receivedCode;
  }
}

/** Throws a PacketError; for use in expressions. */
export function refuse(message: string): never {
  throw new PacketError(message);
}
