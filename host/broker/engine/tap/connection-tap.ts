import { type Packet, PacketDecoder, type ProtocolVersion } from '../../../core/index.js';
import type { ConnectionId, ConnectionInfo } from '../broker-transport.js';
import type { Direction, PacketTap, TappedConnection } from './packet-tap.js';
import type { TapTable } from './tap-table.js';

/** What taps need of the broker around them. */
export interface TapContext {
  readonly taps: TapTable;
  /** Milliseconds on the engine's clock. */
  readonly now: number;
  /** Reports what a tap threw. */
  tapThrew(remote: string, error: unknown): void;
}

/** Hands to the taps what one connection receives and sends. None of its methods throws. */
export class ConnectionTap implements TappedConnection {
  readonly id: ConnectionId;
  readonly info: ConnectionInfo;
  clientId: string | undefined;
  protocolVersion: ProtocolVersion = 4;
  readonly #context: TapContext;

  private constructor(context: TapContext, id: ConnectionId, info: ConnectionInfo) {
    this.#context = context;
    this.id = id;
    this.info = info;
  }

  /** @returns undefined when there is no tap: then a connection has nothing to hand on */
  static open(context: TapContext, id: ConnectionId, info: ConnectionInfo): ConnectionTap | undefined {
    if (context.taps.all.length === 0) return undefined;
    const connection = new ConnectionTap(context, id, info);
    connection.#each((tap) => tap.opened?.(connection));
    return connection;
  }

  /** Bytes came. Call it before their packets are handed on. */
  received(bytes: Uint8Array): void {
    this.#bytes('in', bytes);
  }

  /** The next packet of what was received. @param size bytes on the wire */
  taken(packet: Packet, size: number): void {
    if (packet.type === 'connect' && this.clientId === undefined) {
      this.clientId = packet.clientId || undefined;
      this.protocolVersion = packet.protocolVersion;
    }
    this.#count('in', packet.type, size, packet.type === 'publish' ? packet.payload.length : 0);
    if (this.wantsPackets) this.show('in', packet, size);
  }

  /** The client was let in under this id. */
  named(clientId: string): void {
    this.clientId = clientId;
  }

  /**
   * One packet that is no PUBLISH is handed to the transport.
   *
   * @param packet undefined when only its bytes are at hand: then they are decoded if a tap wants to see it
   */
  sent(bytes: Uint8Array, type: Packet['type'], packet?: Packet): void {
    this.#bytes('out', bytes);
    this.#count('out', type, bytes.length, 0);
    if (!this.wantsPackets) return;
    const seen = packet ?? this.#decoded(bytes);
    if (seen) this.show('out', seen, bytes.length);
  }

  /**
   * One PUBLISH was handed to the transport.
   *
   * @param head all of it, or what comes before `payload`
   * @param payloadSize bytes, whichever of the two it is in
   */
  sentMessage(head: Uint8Array, payload: Uint8Array | undefined, payloadSize: number): void {
    this.#bytes('out', head);
    if (payload) this.#bytes('out', payload);
    this.#count('out', 'publish', head.length + (payload?.length ?? 0), payloadSize);
  }

  /** Whether `show` is worth the making of a packet. */
  get wantsPackets(): boolean {
    return this.#context.taps.packet.length > 0;
  }

  /** What a packet was whose bytes have been seen. @param size bytes on the wire */
  show(direction: Direction, packet: Packet, size: number): void {
    const { now: at, taps } = this.#context;
    for (const tap of taps.packet) {
      try {
        tap.packet({ connection: this, direction, packet, size, at });
      } catch (error) {
        this.#threw(error);
      }
    }
  }

  closed(reason: string): void {
    this.#each((tap) => tap.closed?.(this, reason));
  }

  #bytes(direction: Direction, bytes: Uint8Array): void {
    const { now, taps } = this.#context;
    for (const tap of taps.bytes) {
      try {
        tap.bytes(this, direction, bytes, now);
      } catch (error) {
        this.#threw(error);
      }
    }
  }

  #count(direction: Direction, type: Packet['type'], size: number, payloadSize: number): void {
    for (const tap of this.#context.taps.counted) {
      try {
        tap.counted(this, direction, type, size, payloadSize);
      } catch (error) {
        this.#threw(error);
      }
    }
  }

  #decoded(bytes: Uint8Array): Packet | undefined {
    try {
      // What a server sends looks the same in 3.1 and 3.1.1.
      return new PacketDecoder({ protocolVersion: this.protocolVersion === 5 ? 5 : 4 }).push(bytes)[0];
    } catch {
      return undefined;
    }
  }

  #each(show: (tap: PacketTap) => void): void {
    for (const tap of this.#context.taps.all) {
      try {
        show(tap);
      } catch (error) {
        this.#threw(error);
      }
    }
  }

  #threw(error: unknown): void {
    this.#context.tapThrew(this.info.remote, error);
  }
}
