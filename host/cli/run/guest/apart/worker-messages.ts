import type { GuestStart } from '../running-device.js';
import type { FromDevices } from './device-messages.js';

/** What the thread of devices begins with. */
export interface WorkerStart {
  guest: GuestStart;
  deviceSids: string[];
  /** See {@link Shared}. */
  shared: Int32Array;
}

/** What both threads write at once: the places in the shared array. */
export const Shared = {
  /** Counts up while the thread of the devices serves its event loop. */
  heartbeat: 0,
  /** Messages that were sent and not yet handled. */
  messages: 1,
  COUNT: 2,
} as const;

export type FromWorker =
  /** The thread serves its event loop: from now on it is watched. */
  { kind: 'ready' } | FromDevices;
