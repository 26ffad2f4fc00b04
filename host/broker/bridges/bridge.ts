import { DEFAULT_RESTART } from '../../mqtt-client/restart-delay.js';
import { SocketDriver } from '../../mqtt-client/socket-driver.js';
import { LONGEST_TIMER } from '../../node/timers.js';
import type { LocalClient } from '../local/local-client.js';
import type { LocalConnections } from '../local/local-connections.js';
import type { LocalMessage } from '../local/local-messages.js';
import { BridgeMachine } from './bridge-machine.js';
import type { BridgeEvent, BridgeOptions } from './bridge-setup.js';

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

/**
 * A bridge that runs: connects to another broker, again and again, and carries messages in both directions.
 *
 * @example
 * ```ts
 * import { Bridge, type BridgeAddress, type BridgeEvent, type BridgeOptions, type BridgeServices } from 'wasmqtt/broker';
 * import { type BridgeTopic, createBroker, type RestartDelay } from 'wasmqtt/broker';
 *
 * const far = await createBroker({ listeners: [{ protocol: 'mqtt' }] });
 * const near = await createBroker();
 * const address: BridgeAddress = { host: '127.0.0.1', port: far.listeners[0].port };
 * const topic: BridgeTopic = { direction: 'out', qos: 1, filter: 'sensor/#', removePrefix: '', addPrefix: 'plant/' };
 * const restart: RestartDelay = { constant: 5 };
 * const options: BridgeOptions = {
 *   name: 'up',
 *   addresses: [address],
 *   topics: [topic],
 *   remoteClientId: 'plant',
 *   restart,
 *   // Without a message at the other broker that says that the bridge is up.
 *   notifications: 'none',
 * };
 * let connected = () => {};
 * const isUp = new Promise<void>((resolve) => (connected = resolve));
 * const log = (event: BridgeEvent) => event.type === 'connected' && connected();
 * const services: BridgeServices = { local: near.local, log };
 * const bridge = new Bridge(options, services);
 * await bridge.start();
 * await isUp;
 * const arrived = new Promise<string>((resolve) => far.on('published', (event) => resolve(event.topic)));
 * near.publish('sensor/1', '21.5');
 * await arrived; // => 'plant/sensor/1'
 * await bridge.close();
 * await Promise.all([near.close(), far.close()]);
 * ```
 */
export class Bridge {
  readonly #options: BridgeOptions;
  readonly #services: BridgeServices;
  readonly #machine: BridgeMachine;
  readonly #now: () => number;
  readonly #driver: SocketDriver;
  #client: LocalClient | undefined;
  #restart: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @throws RangeError for options that cannot be a bridge */
  constructor(options: BridgeOptions, services: BridgeServices) {
    this.#options = options;
    this.#services = services;
    this.#now = services.now ?? (() => performance.now());
    const { tls, localAddress } = options;
    const driver = new SocketDriver({ tls: () => tls, localAddress, now: this.#now }, () => this.#machine);
    this.#driver = driver;
    this.#machine = new BridgeMachine(options, {
      open: (address) => driver.open(address),
      send: (bytes) => driver.send(bytes),
      end: () => driver.end(),
      read: (isWanted) => driver.read(isWanted),
      isSlow: () => driver.isSlow,
      publish: async ({ topic, payload, qos, retain, properties }) => {
        await this.#client?.publish(topic, payload, { qos, retain, properties });
      },
      waiting: () => this.#client?.pending ?? 0,
      event: (event) => this.#report(event),
      wake: () => driver.wake(),
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
    this.#driver.arm();
  }

  /** Disconnects from both brokers; resolves within two seconds. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    this.#machine.stop(this.#now());
    await this.#driver.close();
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
    const again = () => this.start().catch((error: Error) => this.#localLost(error.message));
    this.#restart = setTimeout(again, Math.min(retryIn * 1000, LONGEST_TIMER)).unref();
  }
}
