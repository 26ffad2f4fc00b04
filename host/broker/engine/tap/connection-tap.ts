import { type Packet, PacketDecoder, type ProtocolVersion } from '../../../core/index.js';
import type { ConnectionId, ConnectionInfo } from '../broker-transport.js';
import { InboundSizes } from './inbound-sizes.js';
import type { Direction, PacketTap, TappedConnection } from './packet-tap.js';

/** What taps need of the broker around them. */
export interface TapContext {
  /** May be empty. */
  readonly taps: readonly PacketTap[];
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
  readonly #sizes = new InboundSizes();

  private constructor(context: TapContext, id: ConnectionId, info: ConnectionInfo) {
    this.#context = context;
    this.id = id;
    this.info = info;
  }

  /** @returns undefined when there is no tap: then a connection has nothing to hand on */
  static open(context: TapContext, id: ConnectionId, info: ConnectionInfo): ConnectionTap | undefined {
    if (context.taps.length === 0) return undefined;
    const connection = new ConnectionTap(context, id, info);
    connection.#each((tap) => tap.opened?.(connection));
    return connection;
  }

  /** Bytes came. Call it before their packets are handed on. */
  received(bytes: Uint8Array): void {
    this.#sizes.push(bytes);
    this.#bytes('in', bytes);
  }

  /** The next packet of what was received. */
  taken(packet: Packet): void {
    if (packet.type === 'connect' && this.clientId === undefined) {
      this.clientId = packet.clientId || undefined;
      this.protocolVersion = packet.protocolVersion;
    }
    this.#packet('in', packet, this.#sizes.next());
  }

  /** The client was let in under this id. */
  named(clientId: string): void {
    this.clientId = clientId;
  }

  /**
   * One packet is handed to the transport.
   *
   * @param packet undefined when only its bytes are at hand: then they are decoded if a tap wants to see it
   */
  sent(bytes: Uint8Array, packet?: Packet): void {
    this.#bytes('out', bytes);
    const seen = packet ?? this.#decoded(bytes);
    if (seen) this.#packet('out', seen, bytes.length);
  }

  /** One packet was handed to the transport, in pieces. */
  sentInPieces(pieces: readonly Uint8Array[], packet: Packet): void {
    let size = 0;
    for (const bytes of pieces) {
      this.#bytes('out', bytes);
      size += bytes.length;
    }
    this.#packet('out', packet, size);
  }

  closed(reason: string): void {
    this.#each((tap) => tap.closed?.(this, reason));
  }

  #bytes(direction: Direction, bytes: Uint8Array): void {
    const { now } = this.#context;
    this.#each((tap) => tap.bytes?.(this, direction, bytes, now));
  }

  #packet(direction: Direction, packet: Packet, size: number): void {
    const { now: at } = this.#context;
    const payloadSize = packet.type === 'publish' ? packet.payload.length : 0;
    this.#each((tap) => {
      tap.counted?.(this, direction, packet.type, size, payloadSize);
      tap.packet?.({ connection: this, direction, packet, size, at });
    });
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
    for (const tap of this.#context.taps) {
      try {
        show(tap);
      } catch (error) {
        this.#context.tapThrew(this.info.remote, error);
      }
    }
  }
}
