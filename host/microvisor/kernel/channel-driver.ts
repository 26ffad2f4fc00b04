import type { MvChannelType, MvClosureReason } from '../../../build/abi/microvisor.js';
import type { Range } from './guest-memory.js';

/** What a kind of channel does behind its handle: implemented by the family that serves the channel type. */
export interface ChannelDriver {
  /** Does what is due at `now`; never calls into the guest. */
  tick(now: number): void;
  /** The time of the next `tick`, in milliseconds; undefined when nothing is due. */
  nextDeadline(now: number): number | undefined;
  /**
   * Frees what the driver holds.
   * @param reason one clause for people
   * @param orderly true when the application or the host asked for it: a connection then says goodbye
   */
  close(reason: string, orderly: boolean): void;
}

export interface Channel {
  type: MvChannelType;
  notificationHandle: number;
  tag: number;
  receive: Range;
  send: Range;
  /** NONE while the channel can be used. */
  closure: MvClosureReason;
  driver: ChannelDriver;
}

/** Makes the driver of a new channel. */
export type DriverFactory = (channel: Channel) => ChannelDriver;
