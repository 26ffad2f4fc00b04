import type { MvChannelType } from '../../../build/abi/microvisor.js';
import type { DriverFactory } from './channel-driver.js';
import type { Channels } from './channels.js';
import type { Range } from './guest-memory.js';
import type { Notifications } from './notifications.js';
import type { Services } from './services.js';
import type { Calls } from './statuses.js';

/** A family of system calls of one kernel. */
export interface Family {
  readonly calls: Calls;
  /** The channel types that it serves. */
  readonly drivers?: Partial<Record<MvChannelType, DriverFactory>>;
  /** Does what is due at `now`; never calls into the guest. */
  tick?(now: number): void;
  /** The time of the next `tick`, in milliseconds; undefined when nothing is due. */
  nextDeadline?(now: number): number | undefined;
  /** Guest memory that the family holds at present. */
  buffers?(): Range[];
}

/** What a family is given of its kernel. */
export interface FamilyServices extends Services {
  readonly channels: Pick<Channels, 'use' | 'guard' | 'readable'>;
  readonly notifications: Pick<Notifications, 'notify'>;
}

export type FamilyFactory = (kernel: FamilyServices) => Family;
