import { addressText, type BrokerAddress } from '../../mqtt-client/broker-endpoint.js';
import type { CarriedMessage } from '../../mqtt-client/carried-message.js';
import { RemoteClient } from '../../mqtt-client/remote-client.js';
import { DEFAULT_RESTART, RestartDelays } from '../../mqtt-client/restart-delay.js';
import { bridgeConnect, bridgeFilters } from './bridge-greeting.js';
import { type BridgeEvent, type BridgeOptions, checkBridge } from './bridge-setup.js';
import { LazyStart } from './lazy-start.js';
import { TopicMap } from './topic-map.js';

/** The world of a bridge. None of the calls may call back. */
export interface BridgePorts {
  /** Opens a connection; `opened` or `lost` follows. */
  open(address: BrokerAddress): void;
  send(bytes: Uint8Array): void;
  /** Ends the connection, after what was sent; `lost` need not follow. */
  end(): void;
  /** Whether to read from the network. */
  read(isWanted: boolean): void;
  /** The network has not taken what was sent: messages wait until `settle`. */
  isSlow(): boolean;
  /** Publishes at the own broker; rejects when it does not take the message. */
  publish(message: CarriedMessage): Promise<void>;
  /** Messages of the own broker that the other one does not have yet. */
  waiting(): number;
  event(event: BridgeEvent): void;
  /** Call `settle` soon: something has changed. */
  wake(): void;
  /** From 0 to below 1. */
  random(): number;
}

/** Milliseconds for name, TCP and TLS. */
const OPEN_TIMEOUT = 30_000;
/** Milliseconds between two looks at what waits for a lazy bridge. */
const LOOK_INTERVAL = 1000;

type State =
  | { name: 'stopped' }
  | { name: 'waiting'; until: number }
  | { name: 'opening'; until: number; address: BrokerAddress }
  | { name: 'open'; address: BrokerAddress };

/** A bridge without sockets and timers: when to connect, where, what to carry over, and what to say about it. */
export class BridgeMachine {
  readonly #options: BridgeOptions;
  readonly #ports: BridgePorts;
  readonly #remote: RemoteClient;
  readonly #in: TopicMap;
  readonly #out: TopicMap;
  readonly #delays: RestartDelays;
  readonly #lazy: LazyStart;
  #state: State = { name: 'stopped' };
  #next = 0;
  #isPrivate: boolean;
  #wasConnected = false;
  /** Milliseconds: the time of the call that runs. */
  #now = 0;

  /** @throws RangeError for options that cannot be a bridge */
  constructor(options: BridgeOptions, ports: BridgePorts) {
    checkBridge(options);
    this.#options = options;
    this.#ports = ports;
    this.#in = new TopicMap(options.topics, 'in');
    this.#out = new TopicMap(options.topics, 'out');
    this.#lazy = new LazyStart(options);
    this.#delays = new RestartDelays(options.restart ?? DEFAULT_RESTART, () => ports.random());
    this.#isPrivate = options.tryPrivate ?? true;
    this.#remote = new RemoteClient(
      {
        connect: bridgeConnect(options, this.#notifiesRemote ? this.#notification('0') : undefined),
        filters: bridgeFilters(options, this.#in),
        largest: options.maximumPacketSize ?? Number.POSITIVE_INFINITY,
        keepsQoS0: this.#lazy.isLazy,
      },
      {
        connected: (sessionPresent) => this.#connected(sessionPresent),
        failed: (reason, isPrivateRefused) => this.#failed(reason, isPrivateRefused),
        notSubscribed: (topicFilter, reasonCode) =>
          this.#event({ type: 'not subscribed', bridge: options.name, topicFilter, reasonCode }),
        message: (message) => this.#bringIn(message),
        changed: () => ports.wake(),
        isSlow: () => ports.isSlow(),
      },
    );
  }

  get isConnected(): boolean {
    return this.#remote.isConnected;
  }

  /** Filters and QoS that the bridge subscribes to at the own broker. */
  get localFilters(): ReadonlyMap<string, 0 | 1 | 2> {
    return this.#out.filters();
  }

  /** Connects, and again whenever the connection ends; a lazy bridge when there is enough to carry out. */
  start(now: number): void {
    if (this.#state.name !== 'stopped') return;
    this.#sayLocally('0');
    this.#openOrWait(now);
  }

  /** Disconnects; the other broker hears that the bridge is off. */
  stop(now: number): void {
    if (this.#state.name === 'stopped') return;
    this.#hangUp(now);
    this.#state = { name: 'stopped' };
  }

  #hangUp(now: number): void {
    if (this.isConnected) {
      this.#next++;
      if (this.#notifiesRemote) void this.#remote.publish(this.#notification('0'));
      this.#remote.settle(now);
      this.#remote.disconnect(now);
      this.#flush();
    }
    this.#ports.end();
    this.#remote.lost();
    this.#sayLocally('0');
  }

  /** The transport is up. */
  opened(now: number): void {
    if (this.#state.name !== 'opening') return;
    this.#now = now;
    this.#state = { name: 'open', address: this.#state.address };
    this.#remote.open(this.#isPrivate, now);
    this.#flush();
  }

  receive(bytes: Uint8Array, now: number): void {
    if (this.#state.name !== 'open') return;
    this.#now = now;
    this.#remote.receive(bytes, now);
    this.#flush();
  }

  /** The transport is gone, or could not be opened. */
  lost(reason: string, now: number): void {
    if (this.#state.name !== 'open' && this.#state.name !== 'opening') return;
    this.#now = now;
    // Brokers that do not know the version of a bridge close without an answer.
    const { protocolVersion = 4 } = this.#options;
    const hasSaidPrivate = this.#state.name === 'open' && this.#isPrivate && protocolVersion < 5;
    this.#over(reason, hasSaidPrivate && !this.#wasConnected);
  }

  /** Carries a message of the own broker over. Settles when the other broker has it, or when it was dropped; does not reject. */
  async carryOut({ topic, payload, qos, retain, properties }: CarriedMessage): Promise<void> {
    const renamed = this.#out.rename(topic);
    // Of an earlier configuration, for which the session has a subscription.
    if (renamed === undefined) return;
    const isRetained = retain && (this.#options.outgoingRetain ?? true);
    const problem = await this.#remote.publish({ topic: renamed, payload, qos, retain: isRetained, properties });
    if (problem !== undefined) this.#dropped('out', topic, problem);
  }

  /** To be called after `wake`. */
  settle(now: number): void {
    this.#now = now;
    this.#lazy.carried(now);
    if (this.#state.name === 'open') this.#remote.settle(now);
    this.#flush();
  }

  tick(now: number): void {
    this.#now = now;
    const state = this.#state;
    if (state.name === 'waiting' && state.until <= now) this.#openOrWait(now);
    else if (state.name === 'opening' && state.until <= now) {
      this.#over(`no connection within ${OPEN_TIMEOUT / 1000} s`, false);
    } else if (state.name === 'open') {
      this.#remote.tick(now);
      if (this.isConnected && this.#lazy.idleEnd <= now) this.#rest(now);
    }
    this.#flush();
  }

  nextDeadline(now: number): number | undefined {
    const state = this.#state;
    if (state.name === 'stopped') return undefined;
    if (state.name !== 'open') return Math.max(now, state.until);
    const remote = this.#remote.nextDeadline(now);
    if (!this.isConnected || !this.#lazy.isLazy) return remote;
    return Math.max(now, Math.min(remote ?? Number.POSITIVE_INFINITY, this.#lazy.idleEnd));
  }

  #openOrWait(now: number): void {
    if (this.#lazy.isWorth(this.#ports.waiting())) this.#open(now);
    else this.#state = { name: 'waiting', until: now + LOOK_INTERVAL };
  }

  /** What is still on its way is given its time. */
  #rest(now: number): void {
    this.#lazy.carried(now);
    if (this.#ports.waiting() > 0) return;
    const event = { type: 'resting', bridge: this.#options.name, address: this.#address() } as const;
    this.#hangUp(now);
    this.#state = { name: 'waiting', until: now + LOOK_INTERVAL };
    this.#event(event);
  }

  get #notifiesRemote(): boolean {
    return (this.#options.notifications ?? 'both') === 'both';
  }

  #open(now: number): void {
    this.#now = now;
    this.#wasConnected = false;
    const { addresses } = this.#options;
    const address = addresses[this.#next % addresses.length];
    this.#state = { name: 'opening', until: now + OPEN_TIMEOUT, address };
    this.#ports.open(address);
  }

  #connected(sessionPresent: boolean): void {
    const { name, addresses, roundRobin = false } = this.#options;
    this.#wasConnected = true;
    this.#lazy.carried(this.#now);
    this.#delays.reset();
    this.#event({ type: 'connected', bridge: name, address: this.#address(), sessionPresent });
    // After a connection that was lost: the main address again, or the next one.
    this.#next = roundRobin ? this.#next % addresses.length : -1;
    if (this.#notifiesRemote) void this.#remote.publish(this.#notification('1'));
    this.#sayLocally('1');
  }

  #failed(reason: string, isPrivateRefused: boolean): void {
    this.#flush();
    this.#ports.end();
    this.#over(reason, isPrivateRefused);
  }

  #over(reason: string, isPrivateRefused: boolean): void {
    const address = this.#address();
    if (this.#state.name === 'opening') this.#ports.end();
    this.#remote.lost();
    if (this.#wasConnected) this.#sayLocally('0');
    const isOnce = this.#options.start === 'once' && !isPrivateRefused;
    if (isPrivateRefused) this.#isPrivate = false;
    else {
      this.#next++;
      // What refused it may have been the network.
      if (!this.#wasConnected) this.#isPrivate = this.#options.tryPrivate ?? true;
    }
    const retryIn = isPrivateRefused ? 0 : this.#delays.next();
    this.#state = isOnce ? { name: 'stopped' } : { name: 'waiting', until: this.#now + retryIn * 1000 };
    const event = { type: 'disconnected', bridge: this.#options.name, address, reason } as const;
    this.#event(isOnce ? event : { ...event, retryIn });
    this.#ports.wake();
  }

  async #bringIn(message: CarriedMessage): Promise<void> {
    const topic = this.#in.rename(message.topic);
    if (topic === undefined) return;
    try {
      await this.#ports.publish({ ...message, topic });
    } catch (error) {
      this.#dropped('in', message.topic, (error as Error).message);
    }
  }

  #flush(): void {
    for (const bytes of this.#remote.takeOutput()) this.#ports.send(bytes);
    if (this.#state.name === 'open') this.#ports.read(this.#remote.isReading);
  }

  #sayLocally(value: '0' | '1'): void {
    if ((this.#options.notifications ?? 'both') === 'none') return;
    const message = this.#notification(value);
    this.#ports.publish(message).catch((error: Error) => this.#dropped('in', message.topic, error.message));
  }

  #notification(value: '0' | '1'): CarriedMessage {
    const { remoteClientId, notificationTopic = `$SYS/broker/connection/${remoteClientId}/state` } = this.#options;
    return { topic: notificationTopic, payload: Buffer.from(value), qos: 1, retain: true };
  }

  #dropped(direction: 'in' | 'out', topic: string, reason: string): void {
    this.#event({ type: 'dropped', bridge: this.#options.name, direction, topic, reason });
  }

  #event(event: BridgeEvent): void {
    this.#ports.event(event);
  }

  #address(): string {
    return this.#state.name === 'opening' || this.#state.name === 'open' ? addressText(this.#state.address) : '';
  }
}
