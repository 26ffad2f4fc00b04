import type { CloudedDevice, ConfigSource, GuestModule, KernelEvent } from '../../../microvisor/index.js';
import type { DeviceHardware } from './device-hardware.js';
import type { GuestOptions } from './guest-options.js';

/** What a device of a run reports: events of its kernel that a run has use for, and how its guest is. */
export type DeviceEvent =
  | Exclude<KernelEvent, { event: 'turn' | 'interrupt' | 'log' }>
  /** `isLast` when the guest has given up: its next event is `failed`. */
  | { event: 'log'; text: string; isLast: boolean }
  /** The guest says of itself that it cannot go on. */
  | { event: 'failed' };

export interface DeviceStart {
  deviceSid: string;
  config: ConfigSource;
  onEvent(event: DeviceEvent): void;
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

/** A device that was loaded, in this thread or elsewhere. */
export interface RunningDevice extends CloudedDevice {
  start(): void;
  /** Ends it in an orderly way; resolves when it has ended. */
  stop(): Promise<void>;
  /** Resolves when it has ended, with the reason unless it was `stop` or the guest has ended well; never rejects. */
  readonly stopped: Promise<Error | undefined>;
}
