import { parentPort, workerData } from 'node:worker_threads';
import { makeResumable } from '../guest/blocking/make-resumable.js';
import type { Rewrite } from '../guest/guest-module.js';
import type { ToDevices } from './device-messages.js';
import { DeviceService } from './device-service.js';
import type { DeviceEnd, IsolatedDevice } from './isolated-device.js';
import { type FromWorker, Shared, type WorkerStart } from './worker-messages.js';

/** Milliseconds between two beats. */
const BEAT = 20;

/** How a thread makes its devices. */
export interface DeviceMaker<Start, Event> {
  /** What is done before the watchdog looks; nothing of the guest runs in it. */
  prepare?(start: Start): Promise<Start>;
  /**
   * Loads all devices; none has started.
   * @param rewrite for `guestOptions`: an update may take longer to be made ready than a guest may take to come back
   */
  load(start: Start, ends: readonly DeviceEnd<Event>[], rewrite: Rewrite): Promise<readonly IsolatedDevice[]>;
  /** See `ServiceLink`. */
  mayBeLost(event: Event): boolean;
}

/** Serves the devices of this thread, which `devicesInThread` has started, to the one that has. */
export function serveDevices<Start, Event>({ prepare, load, mayBeLost }: DeviceMaker<Start, Event>): void {
  const port = parentPort!;
  const { start, count, shared } = workerData as WorkerStart<Start>;
  const post = (message: FromWorker<Event>) => {
    Atomics.add(shared, Shared.messages, 1);
    port.postMessage(message);
  };
  const onTheirWay = () => Atomics.load(shared, Shared.messages);
  const rewrite: Rewrite = async (...args) => {
    Atomics.add(shared, Shared.rewriting, 1);
    try {
      return await makeResumable(...args);
    } finally {
      Atomics.sub(shared, Shared.rewriting, 1);
    }
  };
  const service = new DeviceService<Event>({ post, onTheirWay, mayBeLost });
  port.on('message', (message: ToDevices) => service.receive(message));
  setInterval(() => Atomics.add(shared, Shared.heartbeat, 1), BEAT);
  void service.load(count, async (ends) => {
    const prepared = prepare ? await prepare(start) : start;
    post({ kind: 'ready' });
    // After a turn of the event loop, so that the other thread watches from before anything of the guest runs.
    await new Promise((resolve) => setImmediate(resolve));
    return await load(prepared, ends, rewrite);
  });
}
