import type { ConnectPacket } from '../../core/index.js';
import type { BridgeMessage } from './bridge-message.js';
import {
  type BridgeAddress,
  type BridgeEvent,
  type BridgeOptions,
  checkBridge,
  DEFAULT_RESTART,
} from './bridge-setup.js';
import { RemoteClient } from './remote-client.js';
import { RestartDelays } from './restart-delay.js';
import { TopicMap } from './topic-map.js';

/** The world of a bridge. None of the calls may call back. */
export interface BridgePorts {
  /** Opens a connection; `opened` or `lost` follows. */
  open(address: BridgeAddress): void;
  send(bytes: Uint8Array): void;
  /** Ends the connection, after what was sent; `lost` need not follow. */
  end(): void;
  /** Whether to read from the network. */
  read(isWanted: boolean): void;
  /** The network has not taken what was sent: messages wait until `settle`. */
  isSlow(): boolean;
  /** Publishes at the own broker; rejects when it does not take the message. */
  publish(message: BridgeMessage): Promise<void>;
  event(event: BridgeEvent): void;
  /** Call `settle` soon: something has changed. */
  wake(): void;
  /** From 0 to below 1. */
  random(): number;
}

/** Milliseconds for name, TCP and TLS. */
const OPEN_TIMEOUT = 30_000;

type State =
  | { name: 'stopped' }
  | { name: 'waiting'; until: number }
  | { name: 'opening'; until: number; address: BridgeAddress }
  | { name: 'open'; address: BridgeAddress };

/** A bridge without sockets and timers: when to connect, where, what to carry over, and what to say about it. */
export class BridgeMachine {
  readonly #options: BridgeOptions;
  readonly #ports: BridgePorts;
  readonly #remote: RemoteClient;
  readonly #in: TopicMap;
  readonly #out: TopicMap;
  readonly #delays: RestartDelays;
  readonly #notificationTopic: string;
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
    this.#delays = new RestartDelays(options.restart ?? DEFAULT_RESTART, () => ports.random());
    this.#notificationTopic = options.notificationTopic ?? `$SYS/broker/connection/${options.remoteClientId}/state`;
    this.#isPrivate = options.tryPrivate ?? true;
    const subscriptions = this.#in.filters();
    this.#remote = new RemoteClient(
      {
        connect: this.#connectPacket(),
        subscriptions,
        unwanted: this.#unwanted(subscriptions),
        largest: options.maximumPacketSize ?? Number.POSITIVE_INFINITY,
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

  /** Connects, and again whenever the connection ends. */
  start(now: number): void {
    if (this.#state.name !== 'stopped') return;
    this.#sayLocally('0');
    this.#open(now);
  }

  /** Disconnects; the other broker hears that the bridge is off. */
  stop(now: number): void {
    if (this.#state.name === 'stopped') return;
    if (this.isConnected) {
      if (this.#notifiesRemote) void this.#remote.publish(this.#notification('0'));
      this.#remote.settle(now);
      this.#remote.disconnect(now);
      this.#flush();
    }
    this.#state = { name: 'stopped' };
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
    const isPrivateRefused = this.#state.name === 'open' && !this.#wasConnected && this.#isPrivate && this.#isThree;
    this.#over(reason, isPrivateRefused);
  }

  /** Carries a message of the own broker over. Settles when the other broker has it, or when it was dropped; does not reject. */
  async carryOut({ topic, payload, qos, retain, properties }: BridgeMessage): Promise<void> {
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
    if (this.#state.name === 'open') this.#remote.settle(now);
    this.#flush();
  }

  tick(now: number): void {
    this.#now = now;
    const state = this.#state;
    if (state.name === 'waiting' && state.until <= now) this.#open(now);
    else if (state.name === 'opening' && state.until <= now) {
      this.#over(`no connection within ${OPEN_TIMEOUT / 1000} s`, false);
    } else if (state.name === 'open') this.#remote.tick(now);
    this.#flush();
  }

  nextDeadline(now: number): number | undefined {
    const state = this.#state;
    if (state.name === 'waiting' || state.name === 'opening') return Math.max(now, state.until);
    return state.name === 'open' ? this.#remote.nextDeadline(now) : undefined;
  }

  get #isThree(): boolean {
    return (this.#options.protocolVersion ?? 4) === 4;
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
    const { name } = this.#options;
    const event = { type: 'disconnected', bridge: name, address, reason } as const;
    this.#event(isOnce ? event : { ...event, retryIn });
    this.#ports.wake();
  }

  async #bringIn(message: BridgeMessage): Promise<void> {
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
    this.#ports.publish(this.#notification(value)).catch((error: Error) => {
      this.#dropped('in', this.#notificationTopic, error.message);
    });
  }

  #notification(value: '0' | '1'): BridgeMessage {
    return { topic: this.#notificationTopic, payload: Buffer.from(value), qos: 1, retain: true };
  }

  #dropped(direction: 'in' | 'out', topic: string, reason: string): void {
    this.#event({ type: 'dropped', bridge: this.#options.name, direction, topic, reason });
  }

  #event(event: BridgeEvent): void {
    this.#ports.event(event);
  }

  #address(): string {
    if (this.#state.name !== 'opening' && this.#state.name !== 'open') return '';
    const { host, port } = this.#state.address;
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  #connectPacket(): ConnectPacket & { protocolVersion: 4 | 5 } {
    const { protocolVersion = 4, cleanSession = false, keepAlive = 60, remoteClientId } = this.#options;
    const { remoteUserName: userName, remotePassword } = this.#options;
    const { topic, payload, qos, retain } = this.#notification('0');
    return {
      type: 'connect',
      protocolVersion,
      cleanStart: cleanSession,
      keepAlive,
      clientId: remoteClientId,
      userName,
      password: remotePassword === undefined ? undefined : Buffer.from(remotePassword),
      ...(this.#notifiesRemote && { will: { topic, payload, qos, retain } }),
      ...(protocolVersion === 5 && {
        properties: { receiveMaximum: 100, sessionExpiryInterval: cleanSession ? 0 : 0xffffffff },
      }),
    };
  }

  #unwanted(subscriptions: ReadonlyMap<string, unknown>): string[] {
    if (this.#options.attemptUnsubscribe === false) return [];
    const filters = this.#out.topics.map(
      ({ filter, removePrefix, addPrefix }) => addPrefix + filter.slice(removePrefix.length),
    );
    return [...new Set(filters)].filter((filter) => filter !== '' && !subscriptions.has(filter));
  }
}
