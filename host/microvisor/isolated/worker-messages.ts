import type { FromDevices } from './device-messages.js';

/** What the thread of devices begins with. */
export interface WorkerStart<Start> {
  /** What its devices are made of: plain data. */
  start: Start;
  /** How many there are. */
  count: number;
  /** See {@link Shared}. */
  shared: Int32Array;
}

/** What both threads write at once: the places in the shared array. */
export const Shared = {
  /** Counts up while the thread of the devices serves its event loop. */
  heartbeat: 0,
  /** Messages that were sent and not yet handled. */
  messages: 1,
  /** More than 0 while the thread makes a module resumable: nothing of a guest runs then. */
  rewriting: 2,
  COUNT: 3,
} as const;

export type FromWorker<Event> =
  /** The thread serves its event loop: from now on it is watched. */
  { kind: 'ready' } | FromDevices<Event>;
