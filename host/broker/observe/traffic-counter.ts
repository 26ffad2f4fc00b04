import type { OccasionalEvent } from '../engine/broker-events.js';
import type { Direction, PacketTap, TappedConnection } from '../engine/tap/packet-tap.js';
import type { EventSource } from './broker-state.js';

/** Counts of one direction since the broker started. */
export interface Traffic {
  bytes: number;
  /** Packets of all types. */
  packets: number;
  publishes: number;
  /** Bytes of their payloads. */
  payloadBytes: number;
}

const none = (): Traffic => ({ bytes: 0, packets: 0, publishes: 0, payloadBytes: 0 });

/**
 * Counts what clients and the broker send each other: give it to the engine as a tap, and let it `watch` its events. Parts of the
 * broker's own program are left out. What it holds is bounded: clients choose no key.
 *
 * @example
 * ```ts
 * import { createBroker, TrafficCounter } from 'wasmqtt/broker';
 *
 * const traffic = new TrafficCounter();
 * const broker = await createBroker({ listeners: [{ protocol: 'mqtt' }], taps: [traffic] });
 * const end = traffic.watch(broker);
 * traffic.in.packets; // => 0
 * end();
 * await broker.close();
 * ```
 */
export class TrafficCounter implements PacketTap {
  /** From clients, and to clients. */
  readonly in = none();
  readonly out = none();
  /** Network connections that were opened, those that are open, and CONNECT packets that came. */
  connections = 0;
  openConnections = 0;
  connects = 0;
  /** Messages that did not reach a client, by reason. */
  readonly dropped = new Map<string, number>();
  /** Connections that were refused, by reason code of MQTT 5 (2.4); 0 for those without one. */
  readonly refused = new Map<number, number>();
  /** Connections of clients that ended, by reason code. */
  readonly disconnected = new Map<number, number>();
  /** Events `failed`: something threw that must not. */
  failures = 0;

  /** @returns a function that stops it */
  watch(source: EventSource): () => void {
    return source.on('occasional', (event) => this.#count(event));
  }

  get droppedMessages(): number {
    let sum = 0;
    for (const count of this.dropped.values()) sum += count;
    return sum;
  }

  opened({ info }: TappedConnection): void {
    if (info.listener?.isInternal) return;
    this.connections++;
    this.openConnections++;
  }

  closed({ info }: TappedConnection): void {
    if (!info.listener?.isInternal) this.openConnections--;
  }

  bytes({ info }: TappedConnection, direction: Direction, bytes: Uint8Array): void {
    if (!info.listener?.isInternal) this.#of(direction).bytes += bytes.length;
  }

  counted({ info }: TappedConnection, direction: Direction, type: string, _size: number, payloadSize: number): void {
    if (info.listener?.isInternal) return;
    const traffic = this.#of(direction);
    traffic.packets++;
    if (type === 'connect') this.connects++;
    if (type !== 'publish') return;
    traffic.publishes++;
    traffic.payloadBytes += payloadSize;
  }

  #of(direction: Direction): Traffic {
    return direction === 'in' ? this.in : this.out;
  }

  #count(event: OccasionalEvent): void {
    if (event.type === 'dropped') add(this.dropped, event.reason);
    else if (event.type === 'refused') add(this.refused, event.reasonCode ?? 0);
    else if (event.type === 'disconnected') add(this.disconnected, event.reasonCode);
    else if (event.type === 'failed') this.failures++;
  }
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
