import type { ChannelKinds } from './channel-driver.js';
import type { Channels } from './families/channels.js';
import type { Lifecycle } from './families/lifecycle.js';
import type { Logging } from './families/logging.js';
import type { Network } from './families/network.js';
import type { Notifications } from './families/notifications.js';
import type { Range } from './guest-memory.js';
import type { Services } from './services.js';
import type { Calls } from './statuses.js';

/** A family of system calls of one kernel. */
export interface Family {
  readonly calls: Calls;
  /** The channel types that it serves. */
  readonly channelKinds?: ChannelKinds;
  /** Does what is due at `now`; never calls into the guest. */
  tick?(now: number): void;
  /** The time of the next `tick`, in milliseconds; undefined when nothing is due. */
  nextDeadline?(now: number): number | undefined;
  /** Guest memory that the family holds at present. */
  buffers?(): Range[];
  /** The application is to be restarted: forgets what belonged to it. Its handles are closed by the kernel. */
  restart?(): void;
}

/** What a family is given of its kernel. */
export interface FamilyServices extends Services {
  readonly channels: Pick<Channels, 'use' | 'ended' | 'readable' | 'notify' | 'disconnect'>;
  readonly notifications: Pick<Notifications, 'notify'>;
  readonly network: Pick<Network, 'active' | 'watch'>;
  readonly lifecycle: Lifecycle;
  readonly logging: Pick<Logging, 'admit' | 'write'>;
}

export type FamilyFactory = (kernel: FamilyServices) => Family;
