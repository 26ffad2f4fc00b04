import type { MvNetworkStatus } from '../../../build/abi/microvisor.js';
import type { Channel } from './channel-driver.js';
import type { Range } from './guest-memory.js';
import type { HandleKind } from './handles.js';

/** A circular buffer of notifications in guest memory. */
export interface NotificationBuffer extends Range {
  irq: number;
  /** Index of the record that is written next. */
  next: number;
}

/** One open `mvRequestNetwork`. */
export interface NetworkRequest {
  notificationHandle: number;
  tag: number;
  status: MvNetworkStatus;
  /** When a CONNECTING request becomes CONNECTED, in milliseconds. */
  due: number;
}

// The kinds of the kernel's own families, which look at each other's handles. Another family declares its kinds itself.
export const NOTIFICATION: HandleKind<NotificationBuffer> = { name: 'notification' };
export const NETWORK: HandleKind<NetworkRequest> = { name: 'network' };
export const CHANNEL: HandleKind<Channel> = { name: 'channel' };
