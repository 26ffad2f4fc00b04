import type { ConnectPacket, QoS } from '../core/index.js';
import { addressText, type BrokerAddress } from './broker-endpoint.js';
import type { CarriedMessage } from './carried-message.js';
import { RemoteClient } from './remote-client.js';
import { type RestartDelay, RestartDelays } from './restart-delay.js';
import type { Driven } from './socket-driver.js';

export interface ReconnectingOptions {
  /** One at least. A failure makes the client try the next one. */
  addresses: readonly BrokerAddress[];
  /** With Clean Start 0 the session goes on from connection to connection. */
  connect: ConnectPacket;
  /** Topic filters to subscribe to with each connection, and their QoS. Default: none. */
  filters?: ReadonlyMap<string, QoS>;
  /** Default: from 1 to 30 seconds. */
  restart?: RestartDelay;
  /** Messages, and bytes of their payloads, that may be in hand at a time. Default: 100 of any size. */
  most?: { messages: number; bytes: number };
}

/** What happened to the connection. */
export type ConnectionEvent =
  | { type: 'connected'; address: string; sessionPresent: boolean }
  /** @see retryIn seconds */
  | { type: 'disconnected'; address: string; reason: string; retryIn: number }
  | { type: 'subscribed'; topicFilter: string }
  /** The broker refused this filter. */
  | { type: 'not subscribed'; topicFilter: string; reasonCode: number };

/** The world of the client. None of the calls may call back. */
export interface ReconnectingPorts {
  /** Opens a connection; `opened` or `lost` follows. */
  open(address: BrokerAddress): void;
  send(bytes: Uint8Array): void;
  /** Ends the connection, after what was sent; `lost` need not follow. */
  end(): void;
  /** Whether to read from the network. */
  read(isWanted: boolean): void;
  /** The network has not taken what was sent: messages wait until `settle`. */
  isSlow(): boolean;
  /** Call `settle` soon: something has changed. */
  wake(): void;
  /** From 0 to below 1. */
  random(): number;
  event(event: ConnectionEvent): void;
  /**
   * A message of the broker. It is acknowledged when the promise has settled, and all before it.
   *
   * @param isDuplicate whether the broker may have sent it before, and had it acknowledged
   */
  message(message: CarriedMessage, isDuplicate: boolean): Promise<void>;
}

/** Milliseconds for name, TCP and TLS. */
const OPEN_TIMEOUT = 30_000;
const DEFAULT_RESTART: RestartDelay = { base: 1, cap: 30 };

type State =
  | { name: 'stopped' }
  | { name: 'waiting'; until: number }
  | { name: 'opening'; until: number }
  | { name: 'open' };

/** A client of a broker that connects again whenever the connection ends, without sockets and timers. */
export class ReconnectingClient implements Driven {
  readonly #addresses: readonly BrokerAddress[];
  readonly #ports: ReconnectingPorts;
  readonly #remote: RemoteClient;
  readonly #delays: RestartDelays;
  #state: State = { name: 'stopped' };
  #next = 0;
  /** Messages are taken no more; those in hand are acknowledged. */
  #isResting = false;
  /** Milliseconds: the time of the call that runs. */
  #now = 0;

  constructor(options: ReconnectingOptions, ports: ReconnectingPorts) {
    const { addresses, connect, filters = new Map(), restart = DEFAULT_RESTART, most } = options;
    this.#addresses = addresses;
    this.#ports = ports;
    this.#delays = new RestartDelays(restart, () => ports.random());
    this.#remote = new RemoteClient(
      { connect, filters, most, largest: Number.POSITIVE_INFINITY, keepsQoS0: true },
      {
        connected: (sessionPresent) => {
          this.#delays.reset();
          ports.event({ type: 'connected', address: this.#address, sessionPresent });
        },
        failed: (reason) => {
          this.#flush();
          ports.end();
          this.#over(reason);
        },
        notSubscribed: (topicFilter, reasonCode) => ports.event({ type: 'not subscribed', topicFilter, reasonCode }),
        subscribed: (topicFilter) => ports.event({ type: 'subscribed', topicFilter }),
        message: (message, isDuplicate) => ports.message(message, isDuplicate),
        changed: () => ports.wake(),
        isSlow: () => ports.isSlow(),
      },
    );
  }

  get isConnected(): boolean {
    return this.#remote.isConnected;
  }

  start(now: number): void {
    if (this.#state.name === 'stopped') this.#open(now);
  }

  /** Reads no more: what the broker sends from now on stays with it. */
  rest(): void {
    this.#isResting = true;
    this.#flush();
  }

  /** Acknowledges what was taken, and disconnects. The session stays at the broker. */
  stop(now: number): void {
    if (this.#state.name === 'stopped') return;
    if (this.isConnected) {
      this.#remote.settle(now);
      this.#remote.disconnect(now);
      this.#flush();
    }
    this.#ports.end();
    this.#remote.lost();
    this.#state = { name: 'stopped' };
  }

  /**
   * Publishes when there is a connection, in the order of the calls; what is not acknowledged is sent again on the next one.
   *
   * @returns resolves when the broker has the message; with the problem when it does not take it
   */
  publish(message: CarriedMessage): Promise<string | undefined> {
    return this.#remote.publish(message);
  }

  opened(now: number): void {
    if (this.#state.name !== 'opening') return;
    this.#now = now;
    this.#state = { name: 'open' };
    this.#remote.open(false, now);
    this.#flush();
  }

  receive(bytes: Uint8Array, now: number): void {
    if (this.#state.name !== 'open') return;
    this.#now = now;
    this.#remote.receive(bytes, now);
    this.#flush();
  }

  lost(reason: string, now: number): void {
    if (this.#state.name !== 'open' && this.#state.name !== 'opening') return;
    this.#now = now;
    this.#over(reason);
  }

  settle(now: number): void {
    this.#now = now;
    if (this.#state.name === 'open') this.#remote.settle(now);
    this.#flush();
  }

  tick(now: number): void {
    this.#now = now;
    const state = this.#state;
    if (state.name === 'waiting' && state.until <= now) this.#open(now);
    else if (state.name === 'opening' && state.until <= now)
      this.#over(`no connection within ${OPEN_TIMEOUT / 1000} s`);
    else if (state.name === 'open') this.#remote.tick(now);
    this.#flush();
  }

  nextDeadline(now: number): number | undefined {
    const state = this.#state;
    if (state.name === 'stopped') return undefined;
    return state.name === 'open' ? this.#remote.nextDeadline(now) : Math.max(now, state.until);
  }

  #open(now: number): void {
    this.#now = now;
    this.#state = { name: 'opening', until: now + OPEN_TIMEOUT };
    this.#ports.open(this.#addresses[this.#next % this.#addresses.length]);
  }

  #over(reason: string): void {
    if (this.#state.name === 'opening') this.#ports.end();
    this.#remote.lost();
    const retryIn = this.#delays.next();
    this.#state = { name: 'waiting', until: this.#now + retryIn * 1000 };
    const address = this.#address;
    this.#next++;
    this.#ports.event({ type: 'disconnected', address, reason, retryIn });
    this.#ports.wake();
  }

  #flush(): void {
    for (const bytes of this.#remote.takeOutput()) this.#ports.send(bytes);
    if (this.#state.name === 'open') this.#ports.read(this.#remote.isReading && !this.#isResting);
  }

  get #address(): string {
    return addressText(this.#addresses[this.#next % this.#addresses.length]);
  }
}
