import { LazyMap } from '../lazy/lazy-collections.js';
import type { Delivery } from '../message.js';
import type { HeldBytes } from './held-bytes.js';

/** A message of QoS 1 or 2 that was sent and whose exchange is not over. */
export interface Inflight {
  readonly packetId: number;
  readonly qos: 1 | 2;
  /** Undefined once PUBREC has come: then only the PUBREL is sent again (4.3.3). */
  delivery: Delivery | undefined;
  /** PUBREC has come (4.3.3-4): only now does a PUBCOMP end the exchange. */
  isReleased: boolean;
}

/** Messages sent to one client and not yet fully acknowledged. Hands out packet ids that are not in use (2.2.1-4). */
export class OutboundWindow {
  readonly #held: HeldBytes;
  readonly #maximumBytes: number;
  readonly #entries = new LazyMap<number, Inflight>();
  #lastId = 0;
  #bytes = 0;

  /** @param maximumBytes once so many are in flight, there is no room */
  constructor(held: HeldBytes, maximumBytes: number) {
    this.#held = held;
    this.#maximumBytes = maximumBytes;
  }

  /** Exchanges that count against the client's receive maximum (4.9). */
  get size(): number {
    return this.#entries.size;
  }

  /** Bytes of the messages that may have to be sent again. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether another message may be sent. @param receiveMaximum messages */
  hasRoom(receiveMaximum: number): boolean {
    return this.#entries.size < receiveMaximum && this.#bytes < this.#maximumBytes;
  }

  /** The next packet id is not used: a message that was dropped would have had it, as in mosquitto. */
  skip(): void {
    this.#lastId = this.#lastId === 65_535 ? 1 : this.#lastId + 1;
  }

  /** Opens an exchange. The caller keeps the window below 65,535 entries, so an id is always free. */
  open(delivery: Delivery): Inflight {
    do this.skip();
    while (this.#entries.has(this.#lastId));
    const { qos, message } = delivery;
    const entry: Inflight = { packetId: this.#lastId, qos: qos as 1 | 2, delivery, isReleased: false };
    this.#entries.set(entry.packetId, entry);
    this.#bytes += message.size;
    this.#held.add(delivery);
    return entry;
  }

  /** Takes over an exchange that a journal kept. Call in the order of the exchanges. */
  restore(entry: Inflight): void {
    this.#entries.set(entry.packetId, entry);
    if (!entry.delivery) return;
    this.#bytes += entry.delivery.message.size;
    this.#held.add(entry.delivery);
  }

  get(packetId: number): Inflight | undefined {
    return this.#entries.get(packetId);
  }

  /** PUBREC came: from now on only the PUBREL is sent again, in the order of the PUBRECs (4.6.0-4). */
  release(entry: Inflight): void {
    if (entry.isReleased) return;
    entry.isReleased = true;
    this.#forget(entry);
    this.#entries.delete(entry.packetId);
    this.#entries.set(entry.packetId, entry);
  }

  close(packetId: number): void {
    const entry = this.#entries.get(packetId);
    if (entry && this.#entries.delete(packetId)) this.#forget(entry);
  }

  /** In the order of resending: PUBRELs in the order of their PUBRECs, then PUBLISHes in the order first sent. */
  all(): Inflight[] {
    const entries = [...this.#entries.values()];
    return [...entries.filter(({ isReleased }) => isReleased), ...entries.filter(({ isReleased }) => !isReleased)];
  }

  clear(): void {
    for (const packetId of [...this.#entries.keys()]) this.close(packetId);
  }

  #forget(entry: Inflight): void {
    const { delivery } = entry;
    if (!delivery) return;
    entry.delivery = undefined;
    this.#bytes -= delivery.message.size;
    this.#held.remove(delivery);
  }
}
