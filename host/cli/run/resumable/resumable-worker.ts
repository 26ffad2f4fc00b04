// The thread that makes a guest resumable: the entry of build/host/resumable-worker.js.
import { parentPort, workerData } from 'node:worker_threads';
import { makeResumable } from '../../../microvisor/index.js';
import type { ResumableStart } from './resumable-in-thread.js';

const { bytes, blocking, registers } = workerData as ResumableStart;
parentPort!.postMessage(await makeResumable(bytes, blocking, registers));
