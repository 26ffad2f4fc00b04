import { join } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { packageFolder } from '../../core/index.js';
import { FarDevices } from './far-devices.js';
import type { DeviceEnd, IsolatedDevice } from './isolated-device.js';
import { type FromWorker, Shared, type WorkerStart } from './worker-messages.js';
import { stackOfWorker } from './worker-stack.js';
import { WorkerWatchdog } from './worker-watchdog.js';

/** MiB for the thread's own objects. The memory of guests is not among them: modules have a maximum of their own. */
const LARGEST_HEAP = 512;
/** The same for young ones, of which V8 would let 48 lie about. */
const YOUNG = 12;

export interface ThreadOptions<Start> {
  /** The program of the thread, in the folder `build/host`; it calls `serveDevices`. */
  script: string;
  /** What its devices are made of: plain data. */
  start: Start;
  /** Milliseconds after which a thread is ended that does not come back to its event loop. */
  watchdog: number;
  /** How it is called in messages, for example with the option that has set it. */
  watchdogName: string;
  /** MiB for the thread's own objects (default 512). */
  heap?: number;
  /** Starts the thread; default: as node:worker_threads does. */
  startThread?(script: string, options: WorkerOptions): Worker;
}

/**
 * Loads devices in a thread of their own, which is ended when it does not come back to its event loop; none has started.
 *
 * @param stop ends the thread when it is aborted before the devices are loaded
 * @throws Error when the guest cannot be loaded, or does not come back meanwhile
 */
export async function devicesInThread<Start, Event>(
  options: ThreadOptions<Start>,
  ends: readonly DeviceEnd<Event>[],
  stop: AbortSignal,
): Promise<readonly IsolatedDevice[]> {
  return await new DeviceThread(options, ends).far.loaded(stop);
}

class DeviceThread<Start, Event> {
  readonly far: FarDevices<Event>;
  readonly #worker: Worker;
  readonly #shared = new Int32Array(new SharedArrayBuffer(4 * Shared.COUNT));
  readonly #options: ThreadOptions<Start>;
  #watch: WorkerWatchdog | undefined;

  constructor(options: ThreadOptions<Start>, ends: readonly DeviceEnd<Event>[]) {
    this.#options = options;
    const { script, start, heap = LARGEST_HEAP, startThread = newWorker } = options;
    const data: WorkerStart<Start> = { start, count: ends.length, shared: this.#shared };
    this.#worker = startThread(join(packageFolder(), 'build/host', script), {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: heap, maxYoungGenerationSizeMb: YOUNG },
    });
    this.far = new FarDevices(ends, {
      post: (message) => this.#worker.postMessage(message),
      end: () => {
        this.#watch?.stop();
        void this.#worker.terminate();
      },
    });
    this.#worker.on('message', (message: FromWorker<Event>) => this.#onMessage(message));
    this.#worker.on('error', (error) => this.#ended(`the thread of the guest ended: ${error.message}`));
    this.#worker.on('exit', () => this.#ended('the thread of the guest ended'));
  }

  #onMessage(message: FromWorker<Event>): void {
    Atomics.sub(this.#shared, Shared.messages, 1);
    if (message.kind === 'ready') this.#watch = this.#watchOver();
    else this.far.receive(message);
  }

  #watchOver(): WorkerWatchdog {
    let beats = 0;
    const heartbeat = () => {
      if (Atomics.load(this.#shared, Shared.rewriting) > 0) return --beats;
      return Atomics.load(this.#shared, Shared.heartbeat);
    };
    return new WorkerWatchdog(this.#options.watchdog, heartbeat, () => void this.#bark());
  }

  async #bark(): Promise<void> {
    const { watchdog, watchdogName } = this.#options;
    const frames = await stackOfWorker(this.#worker);
    const stack = frames.length > 0 ? `; the stack, innermost first: ${frames.join(', ')}` : '';
    this.far.end(new Error(`the guest did not come back for ${watchdog} ms (${watchdogName}); it is ended${stack}`));
  }

  #ended(problem: string): void {
    this.#watch?.stop();
    this.far.ended(new Error(problem));
  }
}

const newWorker = (script: string, options: WorkerOptions) => new Worker(script, options);
