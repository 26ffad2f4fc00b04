import type { Packet, ProtocolVersion } from '../../../core/index.js';
import type { ConnectionId, ConnectionInfo } from '../broker-transport.js';

/** `in` comes from the client, `out` goes to it. */
export type Direction = 'in' | 'out';

/** One network connection, as a tap sees it. */
export interface TappedConnection {
  readonly id: ConnectionId;
  readonly info: ConnectionInfo;
  /** Undefined until CONNECT was accepted; of a CONNECT that is refused, what it asked for. */
  readonly clientId: string | undefined;
  /** Version of the CONNECT packet; 4 before it. */
  readonly protocolVersion: ProtocolVersion;
}

export interface TappedPacket {
  readonly connection: TappedConnection;
  readonly direction: Direction;
  /** Not to be changed. Its bytes may be views that hold until the call returns: copy what is kept. */
  readonly packet: Packet;
  /** Bytes on the wire, the fixed header included. */
  readonly size: number;
  /** Milliseconds on the engine's clock. */
  readonly at: number;
}

/**
 * Looks on at what connections receive and send. A message for many is seen once for each of them. The calls must not call back
 * into the engine; what they throw becomes an event `failed` and disturbs nothing else.
 *
 * @example
 * ```ts
 * import { createBroker, packetLine, type PacketRecord, packetRecord, type PacketTap } from 'wasmqtt/broker';
 * import type { TappedConnection, TappedPacket } from 'wasmqtt/broker';
 *
 * const clients: (string | undefined)[] = [];
 * const records: PacketRecord[] = [];
 * const lines: string[] = [];
 * const tap: PacketTap = {
 *   packet: (tapped: TappedPacket) => {
 *     records.push(packetRecord(tapped));
 *     lines.push(packetLine(tapped));
 *   },
 *   closed: ({ clientId }: TappedConnection) => clients.push(clientId),
 * };
 * const broker = await createBroker({ taps: [tap] });
 * const client = await broker.local.connect({ clientId: 'dashboard' });
 * await client.close();
 * await broker.close();
 * [records[0].packet, lines.length === records.length, clients]; // => [ 'connect', true, [ 'dashboard' ] ]
 * ```
 */
export interface PacketTap {
  opened?(connection: TappedConnection): void;
  /**
   * Bytes as they came or as they are handed to the transport, in pieces of any size.
   *
   * @param bytes not to be changed, and to be copied if they are kept
   * @param at milliseconds on the engine's clock
   */
  bytes?(connection: TappedConnection, direction: Direction, bytes: Uint8Array, at: number): void;
  /**
   * Each whole packet: cheaper than `packet`.
   *
   * @param size bytes on the wire
   * @param payloadSize bytes of the payload of a PUBLISH, otherwise 0
   */
  counted?(
    connection: TappedConnection,
    direction: Direction,
    type: Packet['type'],
    size: number,
    payloadSize: number,
  ): void;
  /** Each whole packet that could be decoded. */
  packet?(tapped: TappedPacket): void;
  /** @param reason as in the event */
  closed?(connection: TappedConnection, reason: string): void;
}
