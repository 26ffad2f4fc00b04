import { MvChannelType, MvStatus, nameOf, type SystemCallName } from '../../../build/abi/microvisor.js';
import { clockCalls } from '../calls/clocks.js';
import { ConfigFetches, type ConfigSource } from '../calls/config-fetch.js';
import { DEVICE_ID, identityCalls } from '../calls/identity.js';
import { MqttChannels } from '../calls/mqtt/index.js';
import type { MqttTransportFactory } from '../transport/transport.js';
import { type Channel, Channels } from './channels.js';
import { GuestMemory, type Range } from './guest-memory.js';
import { Handles } from './handles.js';
import type { KernelEvent } from './kernel-event.js';
import { Logging } from './logging.js';
import { Network, type NetworkRequest } from './network.js';
import { type NotificationBuffer, Notifications } from './notifications.js';
import { type Behaviour, defaultBehaviour, defaultLimits, type Limits } from './settings.js';
import { allowedStatuses, type Calls, KernelError, Refusal } from './statuses.js';

export interface KernelOptions {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Milliseconds since the Unix epoch, or undefined while the time is not known (TIMENOTSET). */
  wallClock?(): number | undefined;
  /** `UV` and 32 hex digits. */
  deviceId: string;
  config: ConfigSource;
  mqttTransport: MqttTransportFactory;
  limits?: Partial<Limits>;
  behaviour?: Partial<Behaviour>;
  /** Source of handles: 32-bit numbers; the default cannot be guessed. */
  random?(): number;
  /** The log sink: one line of mvServerLog or mv_host_print. */
  log?(line: string): void;
  emit?(event: KernelEvent): void;
  /** Called when there is something for `tick` to do before `nextDeadline` said so. */
  schedule?(): void;
  /** Called after every system call with its status. */
  trace?(call: SystemCallName, status: MvStatus): void;
}

interface Kinds {
  notification: NotificationBuffer;
  network: NetworkRequest;
  channel: Channel;
}

/** What the guest is to be entered for. */
export type Entry = { interrupt: number } | 'timer';

/**
 * The emulated Microvisor kernel of one device: system calls in, notifications and interrupts out. It does no
 * input or output of its own and has no timer: the host calls `tick` and asks `nextDeadline`.
 */
export class Kernel {
  readonly memory = new GuestMemory();
  readonly handles: Handles<Kinds>;
  readonly notifications = new Notifications(this);
  readonly network = new Network(this);
  readonly logging = new Logging(this);
  readonly channels: Channels;
  readonly limits: Readonly<Limits>;
  readonly behaviour: Readonly<Behaviour>;
  readonly deviceId: string;
  readonly config: ConfigSource;
  readonly mqttTransport: MqttTransportFactory;
  readonly #calls: Calls;
  readonly #allowed = new Map<string, Set<number>>();
  readonly #started: number;
  #dirty = false;
  #timer: number | undefined;

  /** @throws TypeError when the device id is not `UV` and 32 hex digits */
  constructor(private readonly options: KernelOptions) {
    if (!DEVICE_ID.test(options.deviceId)) {
      throw new TypeError(`device id ${JSON.stringify(options.deviceId)} is not UV followed by 32 hex digits`);
    }
    this.deviceId = options.deviceId;
    this.config = options.config;
    this.mqttTransport = options.mqttTransport;
    this.limits = { ...defaultLimits, ...options.limits };
    this.behaviour = { ...defaultBehaviour, ...options.behaviour };
    this.handles = new Handles(options.random);
    this.#started = options.now();
    const config = new ConfigFetches(this);
    const mqtt = new MqttChannels(this);
    this.channels = new Channels(this, {
      [MvChannelType.CONFIGFETCH]: config.driver,
      [MvChannelType.MQTT]: mqtt.driver,
    });
    const families = [this.notifications, this.network, this.logging, this.channels, config, mqtt];
    this.#calls = Object.assign({}, identityCalls(this), clockCalls(this), ...families.map((family) => family.calls()));
    for (const name of this.implemented) this.#allowed.set(name, new Set(allowedStatuses(name)));
  }

  /** The names of the system calls that this kernel serves. */
  get implemented(): SystemCallName[] {
    return Object.keys(this.#calls) as SystemCallName[];
  }

  /**
   * Makes one system call.
   * @param args the call's parameters as wasm passes them (signed or unsigned 32-bit numbers)
   * @returns one of the statuses documented for the call
   * @throws KernelError for a call that is not served, or when the shim itself is wrong
   */
  call(name: SystemCallName, ...args: number[]): MvStatus {
    const handler = this.#calls[name];
    if (!handler) throw new KernelError(`system call ${name} is not served`);
    let status: MvStatus = MvStatus.OKAY;
    try {
      handler(...args.map((arg) => arg >>> 0));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      status = error.status;
    }
    if (!this.#allowed.get(name)?.has(status)) {
      throw new KernelError(`internal error: ${name} gave ${nameOf(MvStatus, status)}, which is not documented for it`);
    }
    this.options.trace?.(name, status);
    return status;
  }

  /** Does everything that is due now; notifications and interrupts follow from it. Never enters the guest. */
  tick(): void {
    this.#dirty = false;
    const now = this.now();
    this.network.tick(now);
    this.logging.tick();
    this.channels.tick(now);
  }

  /** When `tick` must be called next, in milliseconds of the kernel's clock; undefined when only an event can help. */
  nextDeadline(): number | undefined {
    if (this.#dirty || this.notifications.pending) return this.now();
    const due = [this.network.nextDeadline(), this.channels.nextDeadline(), this.#timer];
    const found = due.filter((time) => time !== undefined);
    return found.length > 0 ? Math.min(...found) : undefined;
  }

  /** What the guest is to be entered for next: interrupts in their order, then its timer. */
  takeEntry(): Entry | undefined {
    const interrupt = this.notifications.takeInterrupt();
    if (interrupt !== undefined) {
      this.emit({ event: 'interrupt', irq: interrupt });
      return { interrupt };
    }
    if (this.#timer === undefined || this.#timer > this.now()) return undefined;
    this.#timer = undefined;
    return 'timer';
  }

  /** `mv_host_timer`: arms the guest's one timer anew; a negative number of milliseconds cancels it. */
  setTimer(milliseconds: number): void {
    this.#timer = milliseconds < 0 ? undefined : this.now() + milliseconds;
    this.wake();
  }

  /** `mv_host_print`: a line for the log sink; bytes outside memory are left out. */
  print(address: number, length: number): void {
    if (this.memory.holds(address, length)) this.logging.print(this.memory.copy(address, length));
  }

  /** Ends all connections in an orderly way; bytes are handed to the transports before this returns. */
  stop(): void {
    this.#timer = undefined;
    this.channels.stop();
  }

  now(): number {
    return this.options.now();
  }

  wallClock(): number | undefined {
    return this.options.wallClock?.();
  }

  /** Microseconds since the kernel started. */
  microseconds(): bigint {
    return BigInt(Math.floor((this.now() - this.#started) * 1000));
  }

  log(line: string): void {
    this.options.log?.(line);
  }

  emit(event: KernelEvent): void {
    this.options.emit?.(event);
  }

  /** Asks the host for a `tick` soon. */
  wake(): void {
    this.#dirty = true;
    this.options.schedule?.();
  }

  /** All guest memory that the kernel holds at present. */
  buffersInUse(): Range[] {
    const notifications = this.handles.all('notification').map(([, buffer]) => buffer);
    return [...notifications, ...this.channels.buffers(), ...this.logging.buffers()];
  }
}
