import { expect } from 'vitest';
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
import {
  type ConnectPacket,
  encodePacket,
  type Packet,
  PacketDecoder,
  type ProtocolVersion,
} from '../../../../host/core/index.js';
import {
  type Behaviour,
  type ConfigItem,
  type ConfigItemResult,
  Kernel,
  type KernelEvent,
  type Limits,
  type MqttTransportFactory,
  type Transport,
  type TransportEvents,
  type TransportRequest,
} from '../../../../host/microvisor/index.js';

export const DEVICE_ID = `UV${'0123456789abcdef'.repeat(2)}`;
/** An address past the end of the rig's memory. */
export const OUTSIDE = 0x7fff_fff0;
export const TAG = 0x51;

/** The broker's end of a connection that the kernel opened. */
export class Link implements Transport {
  readonly received: Packet[] = [];
  readonly #decoder = new PacketDecoder();
  ended = false;
  destroyed = false;

  constructor(
    readonly request: TransportRequest,
    readonly events: TransportEvents,
  ) {}

  write(bytes: Uint8Array): void {
    this.received.push(...this.#decoder.push(bytes));
  }

  end(): void {
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
  }

  send(packet: Packet, version: ProtocolVersion = this.#decoder.protocolVersion): void {
    this.events.data(encodePacket(packet, version));
  }

  /** The handshake is done. */
  open(): void {
    this.events.connected({ tls: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' });
  }

  /** The last packet of that type that the client sent. */
  last<T extends Packet['type']>(type: T): Extract<Packet, { type: T }> {
    const found = this.received.filter((packet) => packet.type === type).at(-1);
    expect(found, `a ${type} packet from the client`).toBeDefined();
    return found as Extract<Packet, { type: T }>;
  }
}

export interface RigOptions {
  limits?: Partial<Limits>;
  behaviour?: Partial<Behaviour>;
  wallClock?: () => number | undefined;
  fetch?: (items: ConfigItem[]) => Promise<ConfigItemResult[]>;
  /** In the place of a `Link`. */
  mqttTransport?: MqttTransportFactory;
  trace?: (call: SystemCallName, status: MvStatus) => void;
}

/** Called with every (call, status) pair that any rig sees. */
export const observers: ((call: SystemCallName, status: MvStatus) => void)[] = [];

/** A kernel in virtual time over plain memory, with calls made directly: the guest is the test. */
export class Rig {
  time = 1_000_000;
  readonly memory = { buffer: new ArrayBuffer(0x8_0000) };
  /** Without the interrupts: `news` counts those. */
  readonly events: KernelEvent[] = [];
  readonly log: string[] = [];
  readonly links: Link[] = [];
  readonly kernel: Kernel;
  #next = 0x1000;
  #buffers = 0x2_0000;
  #readNotifications = 0;
  #notificationBuffer = 0;

  constructor(options: RigOptions = {}) {
    this.kernel = new Kernel({
      now: () => this.time,
      wallClock: options.wallClock,
      deviceId: DEVICE_ID,
      config: { fetch: options.fetch ?? (async (items) => items.map(() => ({ result: 'keyNotFound' }))) },
      mqttTransport:
        options.mqttTransport ??
        ((request, events) => {
          const link = new Link(request, events);
          this.links.push(link);
          return link;
        }),
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
    this.kernel.memory.attach(this.memory);
  }

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  get link(): Link {
    return this.links.at(-1)!;
  }

  call(name: SystemCallName, ...args: number[]): MvStatus {
    return this.kernel.call(name, ...args);
  }

  /** A call that must succeed. */
  ok(name: SystemCallName, ...args: number[]): void {
    expect(nameOf(MvStatus, this.call(name, ...args)), name).toBe('OKAY');
  }

  /** Fresh zeroed memory, 8-aligned. */
  alloc(size: number): number {
    const address = this.#next;
    this.#next = (address + size + 7) & ~7;
    return address;
  }

  /** A fresh buffer for the kernel, 512-aligned. */
  buffer(size: number): number {
    const address = this.#buffers;
    this.#buffers += Math.ceil(size / 512) * 512;
    return address;
  }

  put(bytes: Uint8Array | string): { data: number; length: number } {
    const source = Buffer.from(bytes);
    const data = this.alloc(source.length || 1);
    new Uint8Array(this.memory.buffer, data, source.length).set(source);
    return { data, length: source.length };
  }

  words(...values: number[]): number {
    const address = this.alloc(values.length * 4);
    for (const [index, value] of values.entries()) this.view.setUint32(address + index * 4, value, true);
    return address;
  }

  u32(address: number): number {
    return this.view.getUint32(address, true);
  }

  text(address: number, length: number): string {
    return Buffer.from(this.memory.buffer, address, length).toString();
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
    this.kernel.tick();
  }

  /** Lets promises of a config source settle, then ticks. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    this.kernel.tick();
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
    for (let entry = this.kernel.takeEntry(); entry !== undefined; entry = this.kernel.takeEntry()) {
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
    this.kernel.tick();
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

  /** A channel that can no longer be used, though its handle is open. */
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

  /** A channel with an MQTT connection that stands; its connect response was read. */
  connected(overrides: Partial<MvMqttConnectRequest> = {}, channel = this.channel()): number {
    this.ok('mvMqttRequestConnect', channel, this.connectRequest(overrides));
    this.kernel.tick();
    this.link.open();
    expect((this.link.last('connect') as ConnectPacket).clientId).toBe('client-1');
    this.link.send({ type: 'connack', sessionPresent: false, reasonCode: 0 });
    this.kernel.tick();
    const response = this.alloc(8);
    this.ok('mvMqttReadConnectResponse', channel, response);
    expect([this.u32(response), this.u32(response + 4)]).toEqual([0, 0]);
    this.news();
    return channel;
  }
}
