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
  /** The name that it was opened with; empty for the types that have none. */
  endpoint: string;
  notificationHandle: number;
  tag: number;
  receive: Range;
  send: Range;
  /** NONE while the channel can be used. */
  closure: MvClosureReason;
  driver: ChannelDriver;
}

/** One type of channels. */
export interface ChannelKind {
  /** Makes the driver of a new channel. */
  open(channel: Channel): ChannelDriver;
  /** The names of its endpoints; none for a type whose channels are opened without a name. */
  readonly endpoints?: ReadonlySet<string>;
  /** The receive buffer may have any size and address. */
  readonly anyReceiveBuffer?: boolean;
}

export type ChannelKinds = Partial<Record<MvChannelType, ChannelKind>>;
