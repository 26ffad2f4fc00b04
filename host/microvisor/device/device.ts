import { MvWakeReason } from '../../../build/abi/microvisor.js';
import type { ConfigSource } from '../calls/config-fetch.js';
import type { FlashMedium } from '../calls/hardware/flash-medium.js';
import type { WifiMedium } from '../calls/hardware/wifi-medium.js';
import { createKernel } from '../calls/index.js';
import type { OpaqueEndpoint } from '../calls/opaque/opaque-endpoint.js';
import type { Guest } from '../guest/guest.js';
import { GuestError } from '../guest/guest-error.js';
import { compileGuest, type GuestModule } from '../guest/guest-module.js';
import { type LoadOptions, loadGuest } from '../guest/load-guest.js';
import type { Trace } from '../kernel/bind-call.js';
import type { Kernel } from '../kernel/kernel.js';
import type { KernelEvent } from '../kernel/kernel-event.js';
import type { Behaviour, Limits } from '../kernel/settings.js';
import type { HttpClient } from '../transport/http-client.js';
import { type NodeHttpClientOptions, nodeHttpClient } from '../transport/node-http-client.js';
import { type TlsTransportOptions, tlsTransport } from '../transport/tls-transport.js';
import type { MqttTransportFactory } from '../transport/transport.js';
import { type DeviceClock, realClock } from './device-clock.js';
import type { CloudedDevice } from './device-cloud.js';

export interface DeviceOptions {
  /** The guest: a wasm32 module (see the README of `host/microvisor`), or what `compileGuest` made of one, for many devices. */
  guest: Uint8Array | GuestModule;
  /** How the guest is run. */
  guestOptions?: LoadOptions;
  /** `UV` and 32 hex digits. */
  deviceId: string;
  config: ConfigSource;
  limits?: Partial<Limits>;
  behaviour?: Partial<Behaviour>;
  /** Default: {@link tlsTransport} with these options. */
  mqttTransport?: MqttTransportFactory;
  tls?: TlsTransportOptions;
  /** Default: {@link nodeHttpClient} with these options, which reaches no host that they do not allow. */
  httpClient?: HttpClient;
  http?: NodeHttpClientOptions;
  /** The external flash; default: none. It outlives restarts. */
  flash?: FlashMedium;
  /** Keeps the settings of Wi-Fi; default: memory, which goes with the device. */
  wifi?: WifiMedium;
  /** The endpoints of channels of opaque bytes, by their names; default: none. */
  endpoints?: Readonly<Record<string, OpaqueEndpoint>>;
  /** Default: the clocks of the process. */
  clock?: DeviceClock;
  /** Source of handles: 32-bit numbers; the default cannot be guessed. */
  random?(): number;
  /** Called after every system call. */
  trace?: Trace;
  /** Called with each guest that was loaded, the first and those of restarts, before it starts. */
  onLoaded?(guest: Guest): void;
  /** Lines of mvServerLog and mv_host_print. */
  log?(line: string): void;
  /** Called with every event. */
  onEvent?(event: KernelEvent): void;
}

/** Milliseconds that `stop` waits for connections to close. */
const STOP_TIMEOUT = 2000;

/**
 * A device that runs by itself, in real time unless it has another clock: kernel, guest, turns, timers and connections.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { Device, type DeviceOptions, type FetchedKey, type KernelEvent } from 'wasmqtt/microvisor';
 *
 * const fetched: FetchedKey[] = [];
 * const onEvent = (event: KernelEvent) => event.event === 'configFetched' && fetched.push(...event.keys);
 * const guest = readFileSync(modulePath('app.wasm'));
 * const options: DeviceOptions = { guest, deviceId: `UV${'0'.repeat(32)}`, config: { fetch: async () => [] }, onEvent };
 * const device = await Device.load(options);
 * device.start();
 * await device.stop();
 * ```
 */
export class Device implements CloudedDevice {
  readonly kernel: Kernel;
  readonly #options: DeviceOptions;
  #guest: Guest | undefined;
  /** What runs after the next restart. */
  #module: DeviceOptions['guest'];
  #isRestarting = false;
  #hasStarted = false;
  readonly #clock: DeviceClock;
  #cancelTimer: (() => void) | undefined;
  /** Set while a turn is to come. */
  #cancelTurn: (() => void) | undefined;
  #running = false;
  #stopping = false;
  /** One token for each transport that is open. */
  readonly #open = new Set<object>();
  /** Called when the last transport has closed. */
  #idle: (() => void) | undefined;
  #end!: (error: Error | undefined) => void;
  /**
   * Resolves when the device has stopped, with the error that stopped it, for example a GuestTrap; never rejects. A guest that leaves
   * `main` stops it too, without an error if it returns 0.
   */
  readonly stopped = new Promise<Error | undefined>((resolve) => {
    this.#end = resolve;
  });

  private constructor(options: DeviceOptions) {
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    this.#module = options.guest;
    const connectTimeout = options.behaviour?.connectTimeout;
    const transport = options.mqttTransport ?? tlsTransport({ connectTimeout, ...options.tls });
    this.kernel = createKernel({
      now: () => this.#clock.now(),
      wallClock: () => this.#clock.wallClock(),
      deviceId: options.deviceId,
      config: options.config,
      limits: options.limits,
      behaviour: options.behaviour,
      random: options.random,
      trace: options.trace,
      log: options.log,
      emit: options.onEvent,
      mqttTransport: this.#counted(transport),
      httpClient: options.httpClient ?? nodeHttpClient(options.http),
      flash: options.flash,
      wifi: options.wifi,
      endpoints: options.endpoints,
      schedule: () => this.#schedule(),
    });
  }

  /**
   * Loads the guest; it has not started. Its memory and exports can be used before `start`.
   * @throws GuestError when the module cannot be a guest; TypeError for a bad device id
   */
  static async load(options: DeviceOptions): Promise<Device> {
    const device = new Device(options);
    await device.#load();
    return device;
  }

  /** The guest's exports and memory. */
  get guest(): Guest {
    return this.#guest!;
  }

  /** Calls `mv_app_start` or `main` and keeps the device running. A trap, here or later, stops it: see `stopped`. */
  start(): void {
    this.#hasStarted = true;
    this.#running = true;
    this.#protect(() => this.guest.start());
    this.#schedule();
  }

  /**
   * Downloads an update of the application: it runs after the next restart, which its politeness leaves to the application. Before the
   * device has started it takes the place of the guest.
   *
   * @param politeness milliseconds that the application has for mvRestart; default `behaviour.maximumPoliteness`. 0: it restarts at once
   * @returns whether it runs from now on; false: it waits for a restart
   * @throws GuestError when the module cannot be a guest: then the device keeps the one that it has
   */
  async update(guest: Uint8Array, politeness?: number): Promise<boolean> {
    const { lifecycle } = this.kernel;
    lifecycle.busy = true;
    try {
      const module = await compileGuest(guest, { ...this.#options.guestOptions, calls: this.kernel.implemented });
      if (!this.#hasStarted) {
        await this.#replace(module);
        return true;
      }
      this.#module = module;
    } finally {
      lifecycle.busy = false;
    }
    return lifecycle.updateDownloaded('application', politeness);
  }

  /** Restarts the application, or the update that waits. The device must have started. */
  restart(): void {
    this.kernel.lifecycle.restart(MvWakeReason.REMOTEAPPLICATIONRESTART);
  }

  /** Whether mvServerLog logs; with false it returns LOGGINGDISABLEDBYSERVER. */
  setServerLogging(enabled: boolean): void {
    this.kernel.logging.enabled = enabled;
  }

  /** Ends the device: the guest is not entered again, MQTT connections send DISCONNECT, and sockets are closed. */
  async stop(): Promise<void> {
    void this.#stop(undefined);
    await this.stopped;
  }

  async #stop(error: Error | undefined): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#running = false;
    this.#cancelTimer?.();
    this.#cancelTurn?.();
    this.guest.stop();
    this.kernel.stop();
    await this.#socketsClosed();
    this.#end(error);
  }

  async #socketsClosed(): Promise<void> {
    if (this.#open.size === 0) return;
    let cancel: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
      cancel = this.#clock.after(STOP_TIMEOUT, resolve);
    });
    cancel?.();
  }

  /** The factory, with a count of the transports that are still open. */
  #counted(factory: MqttTransportFactory): MqttTransportFactory {
    return (request, events) => {
      const token = {};
      this.#open.add(token);
      return factory(request, {
        ...events,
        closed: (failure) => {
          events.closed(failure);
          this.#open.delete(token);
          if (this.#open.size === 0) this.#idle?.();
        },
      });
    };
  }

  #schedule(): void {
    if (!this.#running || this.#cancelTurn || this.#isRestarting) return;
    this.#cancelTurn = this.#clock.after(0, () => {
      this.#cancelTurn = undefined;
      this.#protect(() => this.guest.run(this.#clock.now()));
      // A handler that spins has let time pass.
      this.#arm(this.#clock.now());
    });
  }

  #arm(now: number): void {
    this.#cancelTimer?.();
    if (!this.#running) return;
    const { ended } = this.kernel.lifecycle;
    if (ended && ended.at === undefined) return void this.#stop(undefined);
    if (ended && ended.at! <= now) return void this.#clock.during(this.#restart());
    const deadline = ended ? ended.at : this.guest.nextDeadline(now);
    if (deadline === undefined) return;
    const delay = deadline - now;
    if (delay <= 0) this.#schedule();
    else this.#cancelTimer = this.#clock.after(delay, () => this.#schedule());
  }

  async #load(): Promise<void> {
    this.#guest = await loadGuest(this.#module, this.kernel, this.#options.guestOptions);
    this.#options.onLoaded?.(this.#guest);
  }

  /** Another guest in place of the one that was loaded and has not started. */
  async #replace(module: GuestModule): Promise<void> {
    const before = this.#module;
    this.#module = module;
    try {
      await this.#load();
    } catch (error) {
      this.#module = before;
      await this.#load();
      throw error;
    }
  }

  /** Loads the guest again, or the one of an update, into the kernel that goes on. */
  async #restart(): Promise<void> {
    this.#isRestarting = true;
    try {
      this.guest.stop();
      this.kernel.restart();
      await this.#load();
    } catch (error) {
      void this.#stop(error as Error);
      return;
    } finally {
      this.#isRestarting = false;
    }
    if (this.#running) this.start();
  }

  #protect(action: () => void): void {
    try {
      action();
      const { exitCode } = this.guest;
      if (exitCode === undefined) return;
      void this.#stop(exitCode === 0 ? undefined : new GuestError(`the guest has ended with code ${exitCode}`));
    } catch (error) {
      void this.#stop(error as Error);
    }
  }
}
