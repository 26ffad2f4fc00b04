import type { MvChannelType } from '../../../build/abi/microvisor.js';
import { MvStatus } from '../../../build/abi/microvisor.js';
import type { ChannelDriver } from '../kernel/channel-driver.js';
import type { FamilyServices } from '../kernel/family.js';

/** What is behind a channel that takes one request in its life. */
export interface OneRequest extends ChannelDriver {
  readonly sent: boolean;
}

/**
 * The channel that a request is to be sent on.
 *
 * @param address where the structure of the request is, of `size` bytes
 * @returns the status of the call when the structure is not in memory, or the channel is not of this type, or has sent one before
 */
export function unusedChannel(
  { memory, channels }: Pick<FamilyServices, 'memory' | 'channels'>,
  type: MvChannelType,
  handle: number,
  [address, size]: [address: number, size: number],
) {
  if (!memory.holds(address, size, 4)) return MvStatus.PARAMETERFAULT;
  const channel = channels.use(handle, type);
  if (typeof channel === 'number') return channel;
  return (channel.driver as OneRequest).sent ? MvStatus.REQUESTALREADYSENT : channel;
}
