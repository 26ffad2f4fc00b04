import type { ConfigItem, ConfigItemResult } from '../../../microvisor/index.js';
import type { DeviceEvent, GuestStart } from './running-device.js';

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
  /** Events that were sent and not yet handled. */
  events: 1,
  COUNT: 2,
} as const;

export type ToWorker =
  | { kind: 'start' | 'stop'; device: number }
  | { kind: 'fetched'; id: number; results?: ConfigItemResult[]; problem?: string };

export type FromWorker =
  /** The thread serves its event loop: from now on it is watched. */
  | { kind: 'ready' }
  | { kind: 'loaded' }
  | { kind: 'refused'; problem: string }
  | { kind: 'event'; device: number; event: DeviceEvent }
  | { kind: 'fetch'; device: number; id: number; items: ConfigItem[] }
  | { kind: 'stopped'; device: number; problem: string | undefined };
