import { type SessionEvent as EventNumber, results } from '../../../build/abi/core.js';
import { describeResult, MqttError, sourceOf } from '../mqtt-error.js';
import type { Packet, ProtocolVersion } from '../packets.js';

/** Room and behaviour of a client session. */
export interface ClientSessionOptions {
  /** Messages of QoS 1 and 2 and subscriptions in flight to the server, 0 to 65,535. Default 8. */
  sendCapacity?: number;
  /** Messages in flight from the server, 0 to 65,535; give a CONNECT no larger Receive Maximum. Default 8. */
  receiveCapacity?: number;
  /** Bytes for the topics of inbound aliases: each has the same share, two bytes and its longest topic. Default 0. */
  aliasBytes?: number;
  /** PUBACK and PUBREC are sent by the caller, not by the session. Default false. */
  manualAcknowledgement?: boolean;
  /** The server may have session state of which this client knows nothing (see MQTT-3.2.2-4). Default false. */
  adoptSession?: boolean;
  /** Milliseconds for CONNACK, PINGRESP and AUTH, 1 to 2^31. Default 30,000. */
  responseTimeout?: number;
}

/**
 * What a packet of the server meant. `connected`, `refused`: CONNACK. `message`: new; `duplicate`: handed out before.
 * `accepted`: PUBREC came, the copy of the message may go. `published`: finished, `reasonCode` of the packet says how.
 * `released`: PUBREL came. `authenticate`: an AUTH has to be sent. `none`: nothing to do with it.
 */
export type ClientSessionEvent = {
  type: Exclude<keyof typeof EventNumber, 'RESEND'> extends infer Name extends string ? Lowercase<Name> : never;
  packet: Packet;
};

/** A packet that the session refuses, of the caller or of the server; or RESPONSE_TIMEOUT. Nothing has changed. */
export class SessionError extends Error {
  /** Negative result code, see `Result`. */
  readonly code: number;
  /** Name of the result code, for example RECEIVE_MAXIMUM_REACHED. */
  readonly codeName: string;
  /** Statement id or section of the standard of the connection's version. */
  readonly statement: string;
  /** MQTT 5 reason code to disconnect with, when the server is at fault. */
  readonly reasonCode: number | undefined;
  /** Events of the packets before the one that was refused. */
  readonly events: ClientSessionEvent[];

  constructor(
    code: number,
    what: string,
    events: ClientSessionEvent[] = [],
    packetType = '',
    protocolVersion: ProtocolVersion = 5,
  ) {
    super(`${what}: ${describeResult(code, packetType, protocolVersion)}`);
    this.name = 'SessionError';
    this.code = code;
    this.codeName = results[code]?.name ?? 'UNKNOWN';
    this.statement = sourceOf(code, packetType, protocolVersion);
    this.reasonCode = results[code]?.reasonCode;
    this.events = events;
  }
}

/** A malformed packet of the server: the MqttError of it, with what came before it. */
export class MalformedPacketError extends MqttError {
  /** Events of the packets before the malformed one. */
  readonly events: ClientSessionEvent[];

  constructor(
    code: number,
    byteOffset: number,
    packetType: string,
    events: ClientSessionEvent[],
    protocolVersion: ProtocolVersion,
  ) {
    super(
      code,
      byteOffset,
      packetType,
      events.map(({ packet }) => packet),
      protocolVersion,
    );
    this.events = events;
  }
}
