import { LONGEST_TIMER } from '../node/timers.js';
import type { BrokerAddress, BrokerTls } from './broker-endpoint.js';
import { ClientSocket, type ClientSocketEvents, type ClientTransport } from './client-socket.js';

/** A client without sockets and timers. */
export interface Driven {
  /** The transport is up. */
  opened(now: number): void;
  receive(bytes: Uint8Array, now: number): void;
  /** The transport is gone, or could not be opened. */
  lost(reason: string, now: number): void;
  /** After `wake`, and when the network takes more. */
  settle(now: number): void;
  tick(now: number): void;
  nextDeadline(now: number): number | undefined;
}

export interface DriverOptions {
  /** Asked for with each connection, so that it may be renewed. */
  tls?: () => BrokerTls | undefined;
  /** Address of this machine to connect from. */
  localAddress?: string;
  /** Opens connections in place of sockets. `events` are called after it has returned. */
  dial?: (events: ClientSocketEvents) => ClientTransport;
  /** Milliseconds, never going back. */
  now: () => number;
  /** Whether a deadline keeps the process alive. Default false. */
  keepsProcess?: boolean;
}

/** Connections and the timer of a client, one connection after the other. */
export class SocketDriver {
  readonly #options: DriverOptions;
  readonly #driven: () => Driven;
  #socket: ClientTransport | undefined;
  #ending = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isWoken = false;
  #isClosed = false;

  constructor(options: DriverOptions, driven: () => Driven) {
    this.#options = options;
    this.#driven = driven;
  }

  /** The network has not taken what was sent. */
  get isSlow(): boolean {
    return this.#socket?.isSlow ?? false;
  }

  /** Opens a connection; `opened` or `lost` follows. */
  open(address: BrokerAddress): void {
    const { tls, localAddress, dial } = this.#options;
    let socket: ClientTransport | undefined;
    /** Only the connection that is in use speaks. */
    const act = (work: (driven: Driven, now: number) => void) => {
      if (socket === this.#socket) this.#act(work);
    };
    try {
      const events: ClientSocketEvents = {
        opened: () => act((driven, now) => driven.opened(now)),
        data: (bytes) => act((driven, now) => driven.receive(bytes, now)),
        drained: () => act((driven, now) => driven.settle(now)),
        closed: (reason) =>
          act((driven, now) => {
            this.#socket = undefined;
            driven.lost(reason, now);
          }),
      };
      socket = dial ? dial(events) : new ClientSocket(address, tls?.(), localAddress, events);
      this.#socket = socket;
    } catch (error) {
      // Credentials that cannot be used: reported as every failure is, after the call that is going on.
      this.#socket = undefined;
      setImmediate(() => {
        if (this.#isClosed || this.#socket) return;
        this.#act((driven, now) => driven.lost((error as Error).message, now));
      });
    }
  }

  send(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }

  /** Ends the connection after what was sent; the client hears no more of it. */
  end(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) this.#ending = Promise.all([this.#ending, socket.end()]).then(() => {});
  }

  /** Whether to read from the network. */
  read(isWanted: boolean): void {
    this.#socket?.read(isWanted);
  }

  /** Calls `settle` soon. */
  wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      if (!this.#isClosed) this.#act((driven, now) => driven.settle(now));
    });
  }

  /** Sets the timer to the next deadline; to be called after a call of the client from elsewhere. */
  arm(): void {
    if (this.#isClosed) return;
    const now = this.#options.now();
    const next = this.#driven().nextDeadline(now);
    clearTimeout(this.#timer);
    if (next === undefined) return;
    const run = () => this.#act((driven, time) => driven.tick(time));
    this.#timer = setTimeout(run, Math.min(Math.ceil(next - now), LONGEST_TIMER));
    if (!this.#options.keepsProcess) this.#timer.unref();
  }

  /** Nothing more is said to the client. Resolves when its connections have ended, within a second. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.end();
    await this.#ending;
  }

  #act(work: (driven: Driven, now: number) => void): void {
    work(this.#driven(), this.#options.now());
    this.arm();
  }
}
