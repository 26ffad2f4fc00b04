import type { Delivery } from '../message.js';

/** A message of QoS 1 or 2 that was sent and whose exchange is not over. */
export interface Inflight {
  readonly packetId: number;
  readonly qos: 1 | 2;
  /** Undefined once PUBREC has come: then only the PUBREL is sent again (4.3.3). */
  delivery: Delivery | undefined;
}

/** Messages sent to one client and not yet fully acknowledged. Hands out packet ids that are not in use (2.2.1-4). */
export class OutboundWindow {
  readonly #entries = new Map<number, Inflight>();
  #lastId = 0;

  /** Exchanges that count against the client's receive maximum (4.9). */
  get size(): number {
    return this.#entries.size;
  }

  /** Opens an exchange. The caller keeps the window below 65,535 entries, so an id is always free. */
  open(delivery: Delivery): Inflight {
    do {
      this.#lastId = this.#lastId === 65_535 ? 1 : this.#lastId + 1;
    } while (this.#entries.has(this.#lastId));
    const entry: Inflight = { packetId: this.#lastId, qos: delivery.qos as 1 | 2, delivery };
    this.#entries.set(entry.packetId, entry);
    return entry;
  }

  /** Takes over an exchange that a journal kept. Call in the order of the exchanges. */
  restore(entry: Inflight): void {
    this.#entries.set(entry.packetId, entry);
  }

  get(packetId: number): Inflight | undefined {
    return this.#entries.get(packetId);
  }

  /** PUBREC came: from now on only the PUBREL is sent again, in the order of the PUBRECs (4.6.0-4). */
  release(entry: Inflight): void {
    if (!entry.delivery) return;
    entry.delivery = undefined;
    this.#entries.delete(entry.packetId);
    this.#entries.set(entry.packetId, entry);
  }

  close(packetId: number): void {
    this.#entries.delete(packetId);
  }

  /** In the order of resending: PUBRELs in the order of their PUBRECs, then PUBLISHes in the order first sent. */
  all(): Inflight[] {
    const entries = [...this.#entries.values()];
    return [...entries.filter(({ delivery }) => !delivery), ...entries.filter(({ delivery }) => delivery)];
  }
}
