// The thread that runs devices with --isolate: the entry of build/host/device-worker.js.
import { parentPort, workerData } from 'node:worker_threads';
import { devicesInProcess } from '../devices-in-process.js';
import type { ToDevices } from './device-messages.js';
import { DeviceService } from './device-service.js';
import { type FromWorker, Shared, type WorkerStart } from './worker-messages.js';

/** Milliseconds between two beats. */
const BEAT = 20;

const port = parentPort!;
const { guest, deviceSids, shared } = workerData as WorkerStart;
const post = (message: FromWorker) => {
  Atomics.add(shared, Shared.messages, 1);
  port.postMessage(message);
};

const service = new DeviceService({ post, onTheirWay: () => Atomics.load(shared, Shared.messages) });
port.on('message', (message: ToDevices) => service.receive(message));
setInterval(() => Atomics.add(shared, Shared.heartbeat, 1), BEAT);
post({ kind: 'ready' });
// After a turn of the event loop, so that the other thread watches from before anything of the guest runs.
setImmediate(() => void service.load(deviceSids, (starts) => devicesInProcess(guest, starts)));
