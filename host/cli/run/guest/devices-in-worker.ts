import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageFolder } from '../../../core/index.js';
import { UserError } from '../../process/user-error.js';
import type { DeviceStart, GuestStart, RunningDevice } from './running-device.js';
import { type FromWorker, Shared, type ToWorker, type WorkerStart } from './worker-messages.js';
import { stackOfWorker } from './worker-stack.js';
import { WorkerWatchdog } from './worker-watchdog.js';

/** Milliseconds that devices have to end in an orderly way. */
const STOP_TIMEOUT = 4000;
/** MiB for the thread's own objects. The memory of guests is not among them: modules have a maximum of their own. */
const LARGEST_HEAP = 512;

/** Devices in a thread of their own, which is ended when it does not come back to its event loop. */
export class DevicesInWorker {
  readonly devices: readonly RunningDevice[];
  readonly #worker: Worker;
  readonly #starts: readonly DeviceStart[];
  readonly #ends: ((error: Error | undefined) => void)[] = [];
  readonly #shared = new Int32Array(new SharedArrayBuffer(4 * Shared.COUNT));
  readonly #watchdog: number;
  #watch: WorkerWatchdog | undefined;
  #running: number;
  #loaded!: { resolve(): void; reject(error: Error): void };
  /** What has ended the thread. */
  #problem: Error | undefined;

  private constructor(guest: GuestStart, starts: readonly DeviceStart[], watchdog: number) {
    this.#starts = starts;
    this.#watchdog = watchdog;
    this.#running = starts.length;
    this.devices = starts.map((_, device) => this.#face(device));
    const start: WorkerStart = { guest, deviceSids: starts.map(({ deviceSid }) => deviceSid), shared: this.#shared };
    this.#worker = new Worker(join(packageFolder(), 'build/host/device-worker.js'), {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: LARGEST_HEAP },
    });
    this.#worker.on('message', (message: FromWorker) => this.#onMessage(message));
    this.#worker.on('error', (error) => this.#ended(new UserError(`the thread of the guest ended: ${error.message}`)));
    this.#worker.on('exit', () => this.#ended(new UserError('the thread of the guest ended')));
  }

  /**
   * Starts the thread and loads the devices in it.
   *
   * @param watchdog milliseconds
   * @param stop ends the thread when it is aborted before the devices are loaded
   * @throws UserError when the guest cannot be loaded, or does not come back meanwhile
   */
  static async load(
    guest: GuestStart,
    starts: readonly DeviceStart[],
    watchdog: number,
    stop: AbortSignal,
  ): Promise<readonly RunningDevice[]> {
    const group = new DevicesInWorker(guest, starts, watchdog);
    const abort = () => group.#end(new UserError('the run was ended before the guest was loaded'));
    stop.addEventListener('abort', abort);
    try {
      await new Promise<void>((resolve, reject) => {
        group.#loaded = { resolve, reject };
        if (stop.aborted) abort();
      });
    } finally {
      stop.removeEventListener('abort', abort);
    }
    return group.devices;
  }

  #face(device: number): RunningDevice {
    const stopped = new Promise<Error | undefined>((resolve) => {
      this.#ends[device] = resolve;
    });
    return {
      stopped,
      start: () => this.#post({ kind: 'start', device }),
      stop: async () => {
        this.#post({ kind: 'stop', device });
        const timer = setTimeout(() => this.#end(undefined), STOP_TIMEOUT);
        await stopped;
        clearTimeout(timer);
      },
    };
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #onMessage(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        this.#watch = new WorkerWatchdog(
          this.#watchdog,
          () => Atomics.load(this.#shared, Shared.heartbeat),
          () => void this.#bark(),
        );
        break;
      case 'loaded':
        this.#loaded.resolve();
        break;
      case 'refused':
        this.#end(new UserError(message.problem));
        break;
      case 'event':
        Atomics.sub(this.#shared, Shared.events, 1);
        this.#starts[message.device].onEvent(message.event);
        break;
      case 'fetch':
        void this.#fetch(message);
        break;
      case 'stopped':
        this.#ends[message.device](message.problem === undefined ? undefined : new UserError(message.problem));
        this.#running--;
        if (this.#running === 0) this.#end(undefined);
        break;
    }
  }

  async #fetch({ device, id, items }: Extract<FromWorker, { kind: 'fetch' }>): Promise<void> {
    try {
      this.#post({ kind: 'fetched', id, results: await this.#starts[device].config.fetch(items) });
    } catch (error) {
      this.#post({ kind: 'fetched', id, problem: (error as Error).message });
    }
  }

  async #bark(): Promise<void> {
    const frames = await stackOfWorker(this.#worker);
    const stack = frames.length > 0 ? `; the stack, innermost first: ${frames.join(', ')}` : '';
    this.#end(new UserError(`the guest did not come back for ${this.#watchdog} ms (--watchdog); it is ended${stack}`));
  }

  /** Ends the thread, wherever it is. */
  #end(problem: Error | undefined): void {
    this.#ended(problem);
    void this.#worker.terminate();
  }

  #ended(problem: Error | undefined): void {
    this.#watch?.stop();
    this.#problem ??= problem;
    this.#loaded.reject(this.#problem ?? new UserError('the thread of the guest ended'));
    for (const end of this.#ends) end(this.#problem);
  }
}
