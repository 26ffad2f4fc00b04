// The thread that runs devices with --isolate: the entry of build/host/device-worker.js.
import { parentPort, workerData } from 'node:worker_threads';
import type { ConfigItem, ConfigItemResult } from '../../../microvisor/index.js';
import { deviceInProcess } from './device-in-process.js';
import type { DeviceEvent, RunningDevice } from './running-device.js';
import { type FromWorker, Shared, type ToWorker, type WorkerStart } from './worker-messages.js';

/** Milliseconds between two beats. */
const BEAT = 20;
/** Events on their way beyond which log lines are left out: a guest may write faster than anyone reads. */
const MOST_EVENTS = 10_000;

const port = parentPort!;
const { guest, deviceSids, shared } = workerData as WorkerStart;
const post = (message: FromWorker) => port.postMessage(message);

/** Config fetches that the other thread has not answered. */
const fetches = new Map<number, { resolve(results: ConfigItemResult[]): void; reject(error: Error): void }>();
let fetchCount = 0;

function send(device: number, event: DeviceEvent): void {
  if (event.event === 'log' && !event.isLast && Atomics.load(shared, Shared.events) >= MOST_EVENTS) return;
  Atomics.add(shared, Shared.events, 1);
  post({ kind: 'event', device, event });
}

async function load(deviceSid: string, device: number): Promise<RunningDevice> {
  const fetch = (items: ConfigItem[]) =>
    new Promise<ConfigItemResult[]>((resolve, reject) => {
      const id = ++fetchCount;
      fetches.set(id, { resolve, reject });
      post({ kind: 'fetch', device, id, items });
    });
  const running = await deviceInProcess(guest, {
    deviceSid,
    config: { fetch },
    onEvent: (event) => send(device, event),
  });
  void running.stopped.then((error) => post({ kind: 'stopped', device, problem: error?.message }));
  return running;
}

const devices: RunningDevice[] = [];

port.on('message', (message: ToWorker) => {
  if (message.kind === 'fetched') {
    const { id, results, problem } = message;
    const fetch = fetches.get(id);
    fetches.delete(id);
    if (results) fetch?.resolve(results);
    else fetch?.reject(new Error(problem));
  } else if (message.kind === 'start') devices[message.device].start();
  else void devices[message.device].stop();
});

setInterval(() => Atomics.add(shared, Shared.heartbeat, 1), BEAT);
post({ kind: 'ready' });
// After a turn of the event loop, so that the other thread watches from before anything of the guest runs.
setImmediate(async () => {
  try {
    for (const [device, sid] of deviceSids.entries()) devices.push(await load(sid, device));
    post({ kind: 'loaded' });
  } catch (error) {
    post({ kind: 'refused', problem: (error as Error).message });
  }
});
