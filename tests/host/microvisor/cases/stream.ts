import { MvChannelType, type SystemCallName } from '../../../../build/abi/microvisor.js';
import { OpaqueRig } from '../rig/opaque-end.js';
import type { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';
import { type StatusCase, statusCases } from './status-case.js';

const { MQTT } = MvChannelType;
const rig = () => new OpaqueRig();
const stream = (rig: Rig) => (rig as OpaqueRig).stream();
const closed = (rig: Rig): number => {
  const handle = stream(rig);
  rig.kernel.network.setLink(false);
  return handle;
};

/** What all four calls have; `words` are the arguments after the handle. */
const common = (call: SystemCallName, words: (rig: Rig) => number[]): StatusCase[] =>
  statusCases(call, [
    ['OKAY', 'for an open channel', (rig) => rig.call(call, stream(rig), ...words(rig)), rig],
    ['INVALIDHANDLE', 'for an MQTT channel', (rig) => rig.call(call, rig.channel(MQTT), ...words(rig)), rig],
    ['CHANNELCLOSED', 'when the network went away', (rig) => rig.call(call, closed(rig), ...words(rig)), rig],
  ]);

export const streams: StatusCase[] = [
  ...common('mvReadChannel', (rig) => [rig.words(0), rig.words(0)]),
  ...common('mvReadChannelComplete', () => [99]),
  ...common('mvWriteChannel', (rig) => [rig.alloc(8), 8, rig.words(0)]),
  ...common('mvWriteChannelStream', (rig) => [rig.alloc(8), 8, rig.words(0)]),
  ...statusCases('mvReadChannel', [
    ['PARAMETERFAULT', 'for a null address', (rig) => rig.call('mvReadChannel', stream(rig), 0, rig.words(0)), rig],
    ['PARAMETERFAULT', 'for a null length', (rig) => rig.call('mvReadChannel', stream(rig), rig.words(0), 0), rig],
  ]),
  ...(['mvWriteChannel', 'mvWriteChannelStream'] as const).flatMap((call) =>
    statusCases(call, [
      ['OKAY', 'for nothing, from anywhere', (rig) => rig.call(call, stream(rig), OUTSIDE, 0, rig.words(0)), rig],
      ['PARAMETERFAULT', 'for bad data', (rig) => rig.call(call, stream(rig), OUTSIDE, 8, rig.words(0)), rig],
      ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call(call, stream(rig), rig.alloc(8), 8, 0), rig],
    ]),
  ),
  ...statusCases('mvWriteChannel', [
    [
      'INVALIDBUFFERSIZE',
      'for more than there is room for',
      (rig) => rig.call('mvWriteChannel', stream(rig), rig.buffer(1024), 513, rig.words(0)),
      rig,
    ],
  ]),
  ...statusCases('mvWriteChannelStream', [
    [
      'OKAY',
      'for more than there is room for',
      (rig) => rig.call('mvWriteChannelStream', stream(rig), rig.buffer(1024), 513, rig.words(0)),
      rig,
    ],
  ]),
];
