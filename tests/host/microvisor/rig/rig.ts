import assert from 'node:assert/strict';
import {
  MvChannelType,
  MvMqttAuthenticationMethod,
  type MvMqttConnectRequest,
  MvMqttConnectRequestLayout,
  MvMqttProtocolVersion,
  MvNotificationLayout,
  MvNotificationSetupLayout,
  type MvOpenChannelParams,
  MvOpenChannelParamsLayout,
  MvRequestNetworkParamsLayout,
  MvStatus,
  nameOf,
  readMvNotification,
  type SystemCallName,
  writeMvMqttConnectRequest,
  writeMvNotificationSetup,
  writeMvOpenChannelParams,
  writeMvRequestNetworkParams,
} from '../../../../build/abi/microvisor.js';
import type { ConnectPacket } from '../../../../host/core/index.js';
import {
  type Behaviour,
  type ConfigItem,
  type ConfigItemResult,
  createKernel,
  type FlashMedium,
  type HttpClient,
  type Kernel,
  type KernelEvent,
  type Limits,
  type MqttTransportFactory,
  type OpaqueEndpoint,
  type WifiMedium,
} from '../../../../host/microvisor/index.js';
import type { Entry } from '../../../../host/microvisor/kernel/kernel.js';
import { BrokerEnd } from './broker-end.js';
import { RigMemory } from './rig-memory.js';

export const DEVICE_ID = `UV${'0123456789abcdef'.repeat(2)}`;
export const TAG = 0x51;

export interface RigOptions {
  limits?: Partial<Limits>;
  behaviour?: Partial<Behaviour>;
  wallClock?: () => number | undefined;
  fetch?: (items: ConfigItem[]) => Promise<ConfigItemResult[]>;
  /** Instead of a `BrokerEnd`. */
  mqttTransport?: MqttTransportFactory;
  /** Where handles come from. */
  random?: () => number;
  httpClient?: HttpClient;
  flash?: FlashMedium;
  wifi?: WifiMedium;
  endpoints?: Record<string, OpaqueEndpoint>;
  trace?: (call: SystemCallName, status: MvStatus) => void;
}

/** Called with every (call, status) pair that any rig sees. */
export const observers: ((call: SystemCallName, status: MvStatus) => void)[] = [];

/** A kernel in virtual time over plain memory. The test plays the guest: it makes the calls. */
export class Rig extends RigMemory {
  time = 1_000_000;
  /** All events but the interrupts, which `news` counts. */
  readonly events: KernelEvent[] = [];
  readonly log: string[] = [];
  readonly links: BrokerEnd[] = [];
  readonly kernel: Kernel;
  #readNotifications = 0;
  #notificationBuffer = 0;

  constructor(options: RigOptions = {}) {
    super();
    this.kernel = createKernel({
      now: () => this.now(),
      wallClock: options.wallClock,
      deviceId: DEVICE_ID,
      config: { fetch: options.fetch ?? (async (items) => items.map(() => ({ result: 'keyNotFound' }))) },
      mqttTransport:
        options.mqttTransport ??
        ((request, events) => {
          const link = new BrokerEnd(request, events);
          this.links.push(link);
          return link;
        }),
      random: options.random,
      httpClient: options.httpClient,
      flash: options.flash,
      wifi: options.wifi,
      endpoints: options.endpoints,
      limits: options.limits,
      behaviour: options.behaviour,
      log: (line) => this.log.push(line),
      emit: (event) => {
        if (event.event !== 'interrupt') this.events.push(event);
      },
      trace: (call, status) => {
        for (const observer of observers) observer(call, status);
      },
    });
    this.kernel.attach(this.memory);
  }

  now(): number {
    return this.time;
  }

  tick(): void {
    this.kernel.tick(this.now());
  }

  takeEntry(): Entry | undefined {
    return this.kernel.takeEntry(this.now());
  }

  get link(): BrokerEnd {
    return this.links.at(-1)!;
  }

  call(name: SystemCallName, ...args: number[]): MvStatus {
    return this.kernel.call(name, ...args);
  }

  /** A call that must succeed. */
  ok(name: SystemCallName, ...args: number[]): void {
    assert.equal(nameOf(MvStatus, this.call(name, ...args)), 'OKAY', name);
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
    this.tick();
  }

  /** Lets promises of a config source settle, then ticks. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    this.tick();
  }

  notificationSetup(irq = 51, records = 16): number {
    const buffer = this.alloc(records * MvNotificationLayout.SIZE);
    const setup = this.alloc(MvNotificationSetupLayout.SIZE);
    writeMvNotificationSetup(this.view, setup, { irq, buffer, bufferSize: records * MvNotificationLayout.SIZE });
    this.#notificationBuffer ||= buffer;
    return setup;
  }

  #notificationHandle = 0;
  /** The rig's own notification buffer of 16 records. */
  notifications(): number {
    if (this.#notificationHandle) return this.#notificationHandle;
    const out = this.words(0);
    this.#notificationBuffer = 0;
    this.ok('mvSetupNotifications', this.notificationSetup(), out);
    this.#notificationHandle = this.u32(out);
    return this.#notificationHandle;
  }

  /** Records written since the last call; each must have pended one interrupt. */
  news(): { eventType: number; tag: number }[] {
    const found: { eventType: number; tag: number }[] = [];
    for (let entry = this.takeEntry(); entry !== undefined; entry = this.takeEntry()) {
      if (entry === 'timer') continue;
      const address = this.#notificationBuffer + (this.#readNotifications++ % 16) * MvNotificationLayout.SIZE;
      const { eventType, tag } = readMvNotification(this.view, address);
      found.push({ eventType, tag });
    }
    return found;
  }

  networkParams(overrides: { version?: number; notificationHandle?: number } = {}): number {
    const address = this.alloc(MvRequestNetworkParamsLayout.SIZE);
    writeMvRequestNetworkParams(this.view, address, {
      version: 1,
      notificationHandle: this.notifications(),
      notificationTag: TAG,
      ...overrides,
    });
    return address;
  }

  #networkHandle = 0;
  /** A network handle that is CONNECTED. */
  network(): number {
    if (this.#networkHandle) return this.#networkHandle;
    const out = this.words(0);
    this.ok('mvRequestNetwork', this.networkParams(), out);
    this.tick();
    this.news();
    this.#networkHandle = this.u32(out);
    return this.#networkHandle;
  }

  channelParams(type: number, overrides: Partial<MvOpenChannelParams> = {}): number {
    const address = this.alloc(MvOpenChannelParamsLayout.SIZE);
    writeMvOpenChannelParams(this.view, address, {
      version: 1,
      notificationHandle: this.notifications(),
      notificationTag: TAG,
      networkHandle: overrides.networkHandle ?? this.network(),
      receiveBuffer: this.buffer(1024),
      receiveBufferLen: 1024,
      sendBuffer: this.buffer(512),
      sendBufferLen: 512,
      channelType: type,
      endpoint: { data: 0, length: 0 },
      ...overrides,
    });
    return address;
  }

  channel(type: number = MvChannelType.MQTT, overrides: Partial<MvOpenChannelParams> = {}): number {
    const out = this.words(0);
    this.ok('mvOpenChannel', this.channelParams(type, overrides), out);
    return this.u32(out);
  }

  /** A channel that the kernel closed; its handle is still open. */
  closedChannel(type: number = MvChannelType.MQTT): number {
    const handle = this.channel(type);
    this.kernel.network.setLink(false);
    return handle;
  }

  connectRequest(overrides: Partial<MvMqttConnectRequest> = {}): number {
    const address = this.alloc(MvMqttConnectRequestLayout.SIZE);
    const none = { data: 0, length: 0 };
    writeMvMqttConnectRequest(this.view, address, {
      protocolVersion: MvMqttProtocolVersion.V5,
      host: this.put('broker.test'),
      port: 8883,
      clientid: this.put('client-1'),
      authentication: {
        method: MvMqttAuthenticationMethod.NONE,
        usernamePassword: { username: none, password: none },
      },
      tlsCredentials: 0,
      keepalive: 60,
      cleanStart: 1,
      will: 0,
      ...overrides,
    });
    return address;
  }

  /** An MQTT channel that is connected; its connect response was read. */
  connected(overrides: Partial<MvMqttConnectRequest> = {}, channel = this.channel()): number {
    this.ok('mvMqttRequestConnect', channel, this.connectRequest(overrides));
    this.tick();
    this.link.open();
    assert.equal((this.link.last('connect') as ConnectPacket).clientId, 'client-1');
    this.link.send({ type: 'connack', sessionPresent: false, reasonCode: 0 });
    this.tick();
    const response = this.alloc(8);
    this.ok('mvMqttReadConnectResponse', channel, response);
    assert.deepEqual([this.u32(response), this.u32(response + 4)], [0, 0]);
    this.news();
    return channel;
  }
}
