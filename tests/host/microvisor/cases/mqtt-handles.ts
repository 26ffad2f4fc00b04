import { MvChannelType, type SystemCallName } from '../../../../build/abi/microvisor.js';
import type { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';
import { type StatusCase, type StatusRow, statusCases } from './status-case.js';

/** The statuses of every MQTT call for handles that it cannot use and, if it takes a structure, for bad pointers to it. */
export const handleCases = (call: SystemCallName, pointer: boolean): StatusCase[] => {
  const make = (rig: Rig, handle: number) => rig.call(call, handle, ...(pointer ? [rig.alloc(64)] : [1]));
  return statusCases(call, [
    ['INVALIDHANDLE', 'for zero', (rig) => make(rig, 0)],
    ['INVALIDHANDLE', 'for a notification handle', (rig) => make(rig, rig.notifications())],
    ['INVALIDHANDLE', 'for a config-fetch channel', (rig) => make(rig, rig.channel(MvChannelType.CONFIGFETCH))],
    ['CHANNELCLOSED', 'when the network went away', (rig) => make(rig, rig.closedChannel())],
    ...(pointer
      ? ([
          ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call(call, rig.channel(), 0)],
          ['PARAMETERFAULT', 'outside memory', (rig) => rig.call(call, rig.channel(), OUTSIDE)],
          ['PARAMETERFAULT', 'for a misaligned pointer', (rig) => rig.call(call, rig.channel(), rig.alloc(80) + 1)],
        ] as StatusRow[])
      : []),
  ]);
};

/** The call with one word of its structure overwritten. */
export const broken = (
  rig: Rig,
  call: SystemCallName,
  channel: number,
  address: number,
  offset: number,
  value = OUTSIDE,
) => {
  rig.view.setUint32(address + offset, value, true);
  return rig.call(call, channel, address);
};
