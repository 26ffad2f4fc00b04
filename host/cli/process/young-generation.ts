import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { Worker, type WorkerOptions } from 'node:worker_threads';

let isSmall = false;

/**
 * Keeps V8's young generation from growing beyond the size that it has once a service has started, 4 MiB. It would grow to 16 MiB when
 * many connections come; then objects of connections that have ended take more memory than those that are there. V8 still makes it
 * smaller when little is allocated. Messages cost no more for it, nor do they wait for longer: what they leave behind is short-lived, and 4 MiB
 * fit into a cache. Does nothing when the user has chosen a size by an option of Node, such as `--max-semi-space-size`.
 */
export function keepYoungGenerationSmall(): void {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''];
  isSmall = !options.some((option) => option.includes('semi-space'));
  keepSmall();
}

/** Starts a thread: the way to do so in the command, since V8 gives up {@link keepYoungGenerationSmall} for each heap that it makes. */
export function startThread(script: string, options: WorkerOptions): Worker {
  const worker = new Worker(script, options);
  // Its heap is there by then.
  worker.once('online', keepSmall);
  return worker;
}

function keepSmall(): void {
  if (isSmall) setFlagsFromString('--semi-space-growth-factor=1');
}
