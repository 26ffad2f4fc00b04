import { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';
import { type StatusCase, type StatusRow, statusCases } from './status-case.js';

export const identity: StatusCase[] = [
  ...statusCases('mvNoOp', [['OKAY', 'always', (rig) => rig.call('mvNoOp')]]),
  ...statusCases('mvGetDeviceId', [
    ['OKAY', 'for 34 bytes', (rig) => rig.call('mvGetDeviceId', rig.alloc(34), 34)],
    ...[0, 33, 35].map(
      (length): StatusRow => [
        'INVALIDBUFFERSIZE',
        `for a buffer of ${length} bytes`,
        (rig) => rig.call('mvGetDeviceId', rig.alloc(40), length),
      ],
    ),
    ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call('mvGetDeviceId', 0, 34)],
    [
      'PARAMETERFAULT',
      'for a buffer that reaches past memory',
      (rig) => rig.call('mvGetDeviceId', rig.memory.buffer.byteLength - 33, 34),
    ],
  ]),
];

const wallClockRig = (time: number | undefined) => () => new Rig({ wallClock: () => time });

export const clocks: StatusCase[] = [
  ...(['mvGetSysClk', 'mvGetHClk', 'mvGetPClk1', 'mvGetPClk2', 'mvGetMicroseconds', 'mvGetWallTime'] as const).flatMap(
    (call) =>
      statusCases(call, [
        ['OKAY', 'for a good pointer', (rig) => rig.call(call, rig.alloc(8)), wallClockRig(5)],
        ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call(call, 0)],
        ['PARAMETERFAULT', 'outside memory', (rig) => rig.call(call, OUTSIDE)],
        ['PARAMETERFAULT', 'for a misaligned pointer', (rig) => rig.call(call, rig.alloc(16) + 2)],
      ]),
  ),
  ...statusCases('mvGetWallTime', [
    [
      'TIMENOTSET',
      'while the time is not known',
      (rig) => rig.call('mvGetWallTime', rig.alloc(8)),
      wallClockRig(undefined),
    ],
  ]),
];
