import type { ConfigSource } from '../calls/config-fetch.js';
import type { GuestModule } from '../guest/guest-module.js';
import type { LoadOptions } from '../guest/load-guest.js';
import type { KernelEvent } from '../kernel/kernel-event.js';
import type { Behaviour, Limits } from '../kernel/settings.js';
import { devicesInThread } from './device-thread.js';
import type { IsolatedDevice } from './isolated-device.js';

/** Events of a kernel, but for its turns and interrupts, which are too many for another thread. */
export type IsolatedEvent = Exclude<KernelEvent, { event: 'turn' | 'interrupt' }>;

/** What goes to the thread: plain data. */
export interface IsolatedStart {
  guest: Uint8Array | GuestModule;
  /** How the guest is run; `memoryLimit` bounds its memory, of an update too. */
  guestOptions?: Pick<LoadOptions, 'interruptEveryCall' | 'memoryLimit' | 'spinGrain' | 'suspendedSize'>;
  /** `UV` and 32 hex digits. */
  deviceId: string;
  limits?: Partial<Limits>;
  behaviour?: Partial<Behaviour>;
  /** Hosts for HTTP requests, and CA certificates beside the Mozilla roots, PEM; default: none. */
  http?: { allowedHosts?: readonly string[]; ca?: readonly string[] };
  /** The file of the external flash, made with so many bytes if it is not there; default: no flash. */
  flash?: { path: string; size: number };
  /** The file that keeps the settings of Wi-Fi; default: memory. */
  wifiPath?: string;
}

export interface IsolatedDeviceOptions extends IsolatedStart {
  /** Asked in this thread. */
  config: ConfigSource;
  /** Called in this thread. Lines of the log may be left out while very many events are on their way. */
  onEvent?(event: IsolatedEvent): void;
  /** Milliseconds after which a guest is ended that does not come back from its code (default 10,000). */
  watchdog?: number;
  /** MiB for what the host holds for the device, beside the memory of the guest (default 512). */
  heap?: number;
  /** Gives up while the guest is loaded. */
  signal?: AbortSignal;
}

const DEFAULT_WATCHDOG = 10_000;

/**
 * Loads a device in a thread of its own, with the board STM32U585; it has not started. A guest that never comes back, or takes more memory
 * than it may, ends with its thread, and with nothing else.
 *
 * @throws Error when the module cannot be a guest, as `Device.load`, or does not come back from its start function
 *
 * @example
 * ```ts
 * import { type IsolatedDevice, type IsolatedDeviceOptions, type IsolatedEvent, isolateDevice } from 'wasmqtt/microvisor';
 *
 * // (module (memory (export "memory") 1) (func (export "mv_app_start") unreachable))
 * const module = '0061736d01000000010401600000030201000503010001071902066d656d6f727902000c6d765f6170705f73746172740000';
 * const events: IsolatedEvent[] = [];
 * const options: IsolatedDeviceOptions = {
 *   guest: Buffer.from(`${module}0a05010300000b`, 'hex'),
 *   deviceId: `UV${'0'.repeat(32)}`,
 *   config: { fetch: async (items) => items.map(() => ({ result: 'keyNotFound' })) },
 *   watchdog: 2000,
 *   onEvent: (event) => events.push(event),
 * };
 * const device: IsolatedDevice = await isolateDevice(options);
 * device.start();
 * (await device.stopped)?.message.includes('trapped in mv_app_start: unreachable'); // => true
 * ```
 */
export async function isolateDevice(options: IsolatedDeviceOptions): Promise<IsolatedDevice> {
  const { config, onEvent = () => {}, watchdog = DEFAULT_WATCHDOG, heap, signal, ...start } = options;
  const { guest } = start;
  // A board cannot go to another thread: it makes its own.
  const sent: IsolatedStart = { ...start, guest: guest instanceof Uint8Array ? guest : { ...guest, board: undefined } };
  const thread = { script: 'isolated-worker.js', start: sent, watchdog, watchdogName: 'watchdog', heap };
  const end = { config, onEvent };
  const [device] = await devicesInThread<IsolatedStart, IsolatedEvent>(
    thread,
    [end],
    signal ?? new AbortController().signal,
  );
  return device;
}
