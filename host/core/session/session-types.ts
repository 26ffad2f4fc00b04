import { type SessionEvent as EventNumber, results } from '../../../build/abi/core.js';
import type { PayloadPiece, PublishStart } from '../decode/payload-pieces.js';
import { describeReceived, describeResult, MqttError, sourceOf } from '../mqtt-error.js';
import type { Packet, ProtocolVersion } from '../packets.js';

/**
 * Capacity and behaviour of a client session.
 *
 * @example
 * ```ts
 * import { ClientSession, type ClientSessionOptions } from 'wasmqtt';
 *
 * const options: ClientSessionOptions = { sendCapacity: 32, manualAcknowledgement: true, largestBuffered: 64 * 1024 };
 * new ClientSession(options).save().length; // => 412
 * ```
 */
export interface ClientSessionOptions {
  /** Messages of QoS 1 and 2 and subscriptions in flight to the server, 0 to 65,535. Default 8. */
  sendCapacity?: number;
  /** Messages in flight from the server, 0 to 65,535; the Receive Maximum of a CONNECT must not exceed it. Default 8. */
  receiveCapacity?: number;
  /** Bytes for the topics of inbound aliases: each gets the same share, two bytes and its longest topic. Default 0. */
  aliasBytes?: number;
  /** Whether the caller, not the session, sends PUBACK and PUBREC. Default false. */
  manualAcknowledgement?: boolean;
  /** Whether the server may have session state that this client does not know (see MQTT-3.2.2-4). Default false. */
  adoptSession?: boolean;
  /**
   * Milliseconds for CONNACK, PINGRESP and AUTH, each; 1 to 2^31. Default 30,000. Any bytes of the server prolong the wait for PINGRESP. For
   * the other two the time does not count in which a packet was on its way.
   */
  responseTimeout?: number;
  /**
   * Bytes. The payload of a PUBLISH that is larger is received in pieces, so that no more than this of the stream is ever kept; see
   * `receive`. Default: no such limit, every message comes whole.
   */
  largestBuffered?: number;
}

/**
 * What a packet from the server means. `connected`, `refused`: CONNACK. `message`: a new one; `duplicate`: one that was
 * reported before. `accepted`: PUBREC came, the copy of the message may be deleted. `published`: finished, the packet's
 * `reasonCode` tells the outcome. `released`: PUBREL came. `authenticate`: an AUTH must be sent. `none`: nothing to do.
 */
export type ClientSessionEvent =
  | {
      type: Exclude<keyof typeof EventNumber, 'RESEND'> extends infer Name extends string ? Lowercase<Name> : never;
      packet: Packet | PublishStart;
    }
  | {
      /** The next bytes of the payload of the last message, with `largestBuffered`. */
      type: 'piece';
      packet: PayloadPiece;
    };

/**
 * The session refused a packet of the caller or the server, or timed out (RESPONSE_TIMEOUT). Nothing has changed.
 *
 * @example
 * ```ts
 * import { ClientSession, SessionError } from 'wasmqtt';
 *
 * try {
 *   new ClientSession().send({ type: 'pingreq' }, 0);
 * } catch (error) {
 *   if (!(error instanceof SessionError)) throw error;
 *   error.codeName; // => 'SESSION_STATE'
 * }
 * ```
 */
export class SessionError extends Error {
  /** Negative result code, see `Result`. */
  readonly code: number;
  /** Name of the result code, for example RECEIVE_MAXIMUM_REACHED. */
  readonly codeName: string;
  /** Statement id or section of the standard of the connection's version. */
  readonly statement: string;
  /** MQTT 5 reason code to disconnect with, when the server is at fault. */
  readonly reasonCode: number | undefined;
  /** Reason code in the packet of the server that was refused, 1 to 255; undefined when there was none. */
  readonly receivedCode: number | undefined;
  /** Name of the type of the refused packet; empty for none. */
  readonly packetType: string;
  /** Events of the packets before the refused one. */
  readonly events: ClientSessionEvent[];

  constructor(
    code: number,
    what: string,
    events: ClientSessionEvent[] = [],
    packetType = '',
    protocolVersion: ProtocolVersion = 5,
    receivedCode = 0,
  ) {
    const received = receivedCode || undefined;
    const said = describeReceived(received, packetType, protocolVersion);
    super(`${what}: ${describeResult(code, packetType, protocolVersion)}${said}`);
    this.name = 'SessionError';
    this.receivedCode = received;
    this.packetType = packetType;
    this.code = code;
    this.codeName = results[code]?.name ?? 'UNKNOWN';
    this.statement = sourceOf(code, packetType, protocolVersion);
    const result = results[code];
    this.reasonCode = result?.reasonCodeIn?.[packetType] ?? result?.reasonCode;
    this.events = events;
  }
}

/**
 * The MqttError of a malformed packet from the server, with the events before it.
 *
 * @example
 * ```ts
 * import { ClientSession, MalformedPacketError } from 'wasmqtt';
 *
 * const session = new ClientSession();
 * session.send({ type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 60, clientId: 'c' }, 0);
 * try {
 *   session.receive(new Uint8Array([0xf1, 0]), 0);
 * } catch (error) {
 *   if (!(error instanceof MalformedPacketError)) throw error;
 *   [error.codeName, error.reasonCode, error.events.length]; // => [ 'FLAGS_RESERVED', 129, 0 ]
 * }
 * ```
 */
export class MalformedPacketError extends MqttError {
  /** Events of the packets before the malformed one. */
  readonly events: ClientSessionEvent[];

  constructor(
    code: number,
    byteOffset: number,
    packetType: string,
    events: ClientSessionEvent[],
    protocolVersion: ProtocolVersion,
    receivedCode: number,
  ) {
    super(
      code,
      byteOffset,
      packetType,
      events.map(({ packet }) => packet as Packet),
      protocolVersion,
      receivedCode,
    );
    this.events = events;
  }
}
