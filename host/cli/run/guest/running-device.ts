import type { GuestModule, IsolatedDevice, KernelEvent } from '../../../microvisor/index.js';
import type { DeviceEnd } from '../../../microvisor/isolated/index.js';
import type { DeviceHardware } from './device-hardware.js';
import type { GuestOptions } from './guest-options.js';

/** What a device of a run reports: events of its kernel that a run has use for, and how its guest is. */
export type DeviceEvent =
  | Exclude<KernelEvent, { event: 'turn' | 'interrupt' | 'log' }>
  /** `isLast` when the guest has given up: its next event is `failed`. */
  | { event: 'log'; text: string; isLast: boolean }
  /** The guest says of itself that it cannot go on. */
  | { event: 'failed' };

export interface DeviceStart extends DeviceEnd<DeviceEvent> {
  deviceSid: string;
}

/** How all devices of a run have their guest. It is plain data, which can go to another process. */
export interface GuestSettings {
  options: GuestOptions;
  hardware: DeviceHardware;
  /** See `GuestOptions` of the microvisor. */
  interruptEveryCall?: boolean;
  /** Bytes of memory that an update may have. */
  memoryLimit?: number;
}

/** What all devices of a process have in common. It can go to another thread. */
export interface GuestStart extends GuestSettings {
  module: GuestModule;
}

/** What the thread of devices begins with. */
export interface DevicesStart {
  guest: GuestStart;
  deviceSids: string[];
}

/** A device that was loaded, in this thread or elsewhere. */
export type RunningDevice = IsolatedDevice;

/** Whether an event may be left out when a guest writes faster than anyone reads. */
export const mayBeLost = (event: DeviceEvent): boolean => event.event === 'log' && !event.isLast;
