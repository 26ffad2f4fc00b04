import { LONGEST_TIMER } from '../../node/timers.js';
import type { LocalClient } from '../local/local-client.js';
import type { LocalConnections } from '../local/local-connections.js';
import type { LocalMessage } from '../local/local-messages.js';
import { BridgeMachine } from './bridge-machine.js';
import { type BridgeEvent, type BridgeOptions, DEFAULT_RESTART } from './bridge-setup.js';
import { BridgeSocket } from './bridge-socket.js';

export interface BridgeServices {
  /** Clients of the own broker: `Broker.local`. */
  local: Pick<LocalConnections, 'connect'>;
  /** Called with what happens. */
  log?: (event: BridgeEvent) => void;
  /** Milliseconds, never going back. Default: those of the process. */
  now?: () => number;
  /** From 0 to below 1. */
  random?: () => number;
}

/** Session Expiry Interval for ever (3.1.2.11.2). */
const FOR_EVER = 0xffffffff;

/** A bridge that runs: connects to another broker, again and again, and carries messages in both directions. */
export class Bridge {
  readonly #options: BridgeOptions;
  readonly #services: BridgeServices;
  readonly #machine: BridgeMachine;
  readonly #now: () => number;
  #client: LocalClient | undefined;
  #socket: BridgeSocket | undefined;
  #ending = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isWoken = false;
  #isClosed = false;

  /** @throws RangeError for options that cannot be a bridge */
  constructor(options: BridgeOptions, services: BridgeServices) {
    this.#options = options;
    this.#services = services;
    this.#now = services.now ?? (() => performance.now());
    this.#machine = new BridgeMachine(options, {
      open: (address) => this.#open(address),
      send: (bytes) => this.#socket?.write(bytes),
      end: () => this.#end(),
      read: (isWanted) => this.#socket?.read(isWanted),
      isSlow: () => this.#socket?.isSlow ?? false,
      publish: async ({ topic, payload, qos, retain, properties }) => {
        await this.#client?.publish(topic, payload, { qos, retain, properties });
      },
      waiting: () => this.#client?.pending ?? 0,
      event: (event) => this.#report(event),
      wake: () => this.#wake(),
      random: services.random ?? Math.random,
    });
  }

  get isConnected(): boolean {
    return this.#machine.isConnected;
  }

  /**
   * Subscribes at the own broker and begins to connect to the other one, which may take as long as it likes.
   *
   * @throws LocalClientError when the own broker refuses the client or a subscription
   */
  async start(): Promise<void> {
    const { cleanSession = false, localCleanSession = cleanSession, remoteClientId, localUserName } = this.#options;
    const client = await this.#services.local.connect({
      clientId: this.#options.localClientId ?? `local.${remoteClientId}`,
      userName: localUserName,
      cleanStart: localCleanSession,
      sessionExpiryInterval: localCleanSession ? 0 : FOR_EVER,
      onMessage: this.#carryOut,
    });
    this.#client = client;
    try {
      await this.#subscribe(client, false);
    } catch (error) {
      await client.close();
      throw error;
    }
    if (this.#isClosed) return client.close();
    void client.closed.then((reason) => this.#localLost(reason));
    this.#machine.start(this.#now());
    this.#arm();
  }

  /** Disconnects from both brokers; resolves within two seconds. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#machine.stop(this.#now());
    await this.#ending;
    await this.#client?.close();
  }

  readonly #carryOut = (message: LocalMessage) => this.#machine.carryOut(message);

  /** @param wantsRetained messages are sent again with each connection, because the other broker may have forgotten them */
  async #subscribe(client: LocalClient, wantsRetained: boolean): Promise<void> {
    for (const [filter, qos] of this.#machine.localFilters) {
      const retainHandling = wantsRetained ? 0 : 2;
      const noLocal = !filter.startsWith('$share/');
      await client.subscribe(filter, { qos, noLocal, retainAsPublished: true, retainHandling }, this.#carryOut);
    }
  }

  #report(event: BridgeEvent): void {
    this.#services.log?.(event);
    const client = this.#client;
    // When the own broker has gone, `#localLost` hears of it.
    if (event.type === 'connected' && client) this.#subscribe(client, true).catch(() => {});
  }

  #localLost(reason: string): void {
    if (this.#isClosed) return;
    this.#machine.stop(this.#now());
    const { name: bridge, restart = DEFAULT_RESTART } = this.#options;
    const retryIn = 'base' in restart ? restart.base : restart.constant;
    this.#services.log?.({ type: 'disconnected', bridge, address: 'the own broker', reason, retryIn });
    this.#setTimer(retryIn * 1000, () => {
      this.start().catch((error: Error) => this.#localLost(error.message));
    });
  }

  #open(address: { host: string; port: number }): void {
    const { tls, localAddress } = this.#options;
    let socket: BridgeSocket | undefined;
    /** Only the connection that is in use speaks. */
    const act = (work: (now: number) => void) => {
      if (socket !== this.#socket) return;
      work(this.#now());
      this.#arm();
    };
    try {
      socket = new BridgeSocket(address, tls, localAddress, {
        opened: () => act((now) => this.#machine.opened(now)),
        data: (bytes) => act((now) => this.#machine.receive(bytes, now)),
        drained: () => act((now) => this.#machine.settle(now)),
        closed: (reason) =>
          act((now) => {
            this.#socket = undefined;
            this.#machine.lost(reason, now);
          }),
      });
      this.#socket = socket;
    } catch (error) {
      // Credentials that cannot be used: reported as every failure is, after the call that is going on.
      this.#socket = undefined;
      setImmediate(() => {
        if (this.#isClosed || this.#socket) return;
        this.#machine.lost((error as Error).message, this.#now());
        this.#arm();
      });
    }
  }

  #end(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) this.#ending = Promise.all([this.#ending, socket.end()]).then(() => {});
  }

  #wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      if (this.#isClosed) return;
      this.#machine.settle(this.#now());
      this.#arm();
    });
  }

  #arm(): void {
    if (this.#isClosed) return;
    const now = this.#now();
    const next = this.#machine.nextDeadline(now);
    if (next === undefined) return;
    this.#setTimer(next - now, () => {
      this.#machine.tick(this.#now());
      this.#arm();
    });
  }

  #setTimer(milliseconds: number, run: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(run, Math.min(Math.ceil(milliseconds), LONGEST_TIMER));
    this.#timer.unref();
  }
}
