import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { packageFolder } from '../../../../core/index.js';
import { UserError } from '../../../process/user-error.js';
import { startThread } from '../../../process/young-generation.js';
import type { DeviceStart, GuestStart, RunningDevice } from '../running-device.js';
import { FarDevices } from './far-devices.js';
import { type FromWorker, Shared, type WorkerStart } from './worker-messages.js';
import { stackOfWorker } from './worker-stack.js';
import { WorkerWatchdog } from './worker-watchdog.js';

/** MiB for the thread's own objects. The memory of guests is not among them: modules have a maximum of their own. */
const LARGEST_HEAP = 512;
/** The same for young ones, of which V8 would let 48 lie about. */
const YOUNG = 12;

/**
 * Loads devices in a thread of their own, which is ended when it does not come back to its event loop; none has started.
 *
 * @param watchdog milliseconds
 * @param stop ends the thread when it is aborted before the devices are loaded
 * @throws UserError when the guest cannot be loaded, or does not come back meanwhile
 */
export async function devicesInWorker(
  guest: GuestStart,
  starts: readonly DeviceStart[],
  watchdog: number,
  stop: AbortSignal,
): Promise<readonly RunningDevice[]> {
  return await new DeviceThread(guest, starts, watchdog).far.loaded(stop);
}

class DeviceThread {
  readonly far: FarDevices;
  readonly #worker: Worker;
  readonly #shared = new Int32Array(new SharedArrayBuffer(4 * Shared.COUNT));
  readonly #watchdog: number;
  #watch: WorkerWatchdog | undefined;

  constructor(guest: GuestStart, starts: readonly DeviceStart[], watchdog: number) {
    this.#watchdog = watchdog;
    const start: WorkerStart = { guest, deviceSids: starts.map(({ deviceSid }) => deviceSid), shared: this.#shared };
    this.#worker = startThread(join(packageFolder(), 'build/host/device-worker.js'), {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: LARGEST_HEAP, maxYoungGenerationSizeMb: YOUNG },
    });
    this.far = new FarDevices(starts, {
      post: (message) => this.#worker.postMessage(message),
      end: () => {
        this.#watch?.stop();
        void this.#worker.terminate();
      },
    });
    this.#worker.on('message', (message: FromWorker) => this.#onMessage(message));
    this.#worker.on('error', (error) => this.#ended(`the thread of the guest ended: ${error.message}`));
    this.#worker.on('exit', () => this.#ended('the thread of the guest ended'));
  }

  #onMessage(message: FromWorker): void {
    Atomics.sub(this.#shared, Shared.messages, 1);
    if (message.kind === 'ready') this.#watch = this.#watchOver();
    else this.far.receive(message);
  }

  #watchOver(): WorkerWatchdog {
    const heartbeat = () => Atomics.load(this.#shared, Shared.heartbeat);
    return new WorkerWatchdog(this.#watchdog, heartbeat, () => void this.#bark());
  }

  async #bark(): Promise<void> {
    const frames = await stackOfWorker(this.#worker);
    const stack = frames.length > 0 ? `; the stack, innermost first: ${frames.join(', ')}` : '';
    const problem = `the guest did not come back for ${this.#watchdog} ms (--watchdog); it is ended${stack}`;
    this.far.end(new UserError(problem));
  }

  #ended(problem: string): void {
    this.#watch?.stop();
    this.far.ended(new UserError(problem));
  }
}
