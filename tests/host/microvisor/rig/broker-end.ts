import assert from 'node:assert/strict';
import { encodePacket, type Packet, PacketDecoder, type ProtocolVersion } from '../../../../host/core/index.js';
import type { Transport, TransportEvents, TransportRequest } from '../../../../host/microvisor/index.js';

/** The broker's end of a connection that the kernel opened. */
export class BrokerEnd implements Transport {
  readonly received: Packet[] = [];
  readonly #decoder = new PacketDecoder();
  ended = false;
  destroyed = false;

  readonly request: TransportRequest;
  readonly events: TransportEvents;

  constructor(request: TransportRequest, events: TransportEvents) {
    this.request = request;
    this.events = events;
  }

  write(bytes: Uint8Array): void {
    this.received.push(...this.#decoder.push(bytes));
  }

  end(): void {
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
  }

  send(packet: Packet, version: ProtocolVersion = this.#decoder.protocolVersion): void {
    this.events.data(encodePacket(packet, version));
  }

  /** The handshake is done. */
  open(): void {
    this.events.connected({ tls: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' });
  }

  /** The last packet of that type that the client sent. */
  last<T extends Packet['type']>(type: T): Extract<Packet, { type: T }> {
    const found = this.received.filter((packet) => packet.type === type).at(-1);
    assert.ok(found, `there is no ${type} packet from the client`);
    return found as Extract<Packet, { type: T }>;
  }
}
