import type { SystemCallName } from '../../../../build/abi/microvisor.js';
import { FlashMemory } from '../../../../host/microvisor/index.js';
import { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';
import { type StatusCase, type StatusRow, statusCases } from './status-case.js';
import { inInterrupt } from './system.js';

const SIZE = 16_384;
const fitted = () => new Rig({ flash: new FlashMemory(SIZE) });
const failing = () =>
  new Rig({
    flash: {
      size: SIZE,
      read: () => {
        throw new Error('no such sector');
      },
      write: () => {
        throw new Error('no space');
      },
    },
  });

export const flashHandle = (rig: Rig): number => {
  const out = rig.words(0);
  rig.ok('mvExternalFlashOpen', out);
  return rig.u32(out);
};

type Access = 'mvExternalFlashReadBlocking' | 'mvExternalFlashWriteBlocking' | 'mvExternalFlashEraseBlocking';
const access = (rig: Rig, call: Access, address: number, length: number, handle = flashHandle(rig)) =>
  rig.call(call, ...[handle, address, length, rig.buffer(SIZE)].slice(0, call.includes('Erase') ? 3 : 4));

const noChip = (call: SystemCallName, ...words: number[]): StatusRow => [
  'UNAVAILABLE',
  'without a chip',
  (rig) => rig.call(call, ...words),
];

const accessCases = (call: Access): StatusCase[] =>
  statusCases(call, [
    ['OKAY', 'for the last sector', (rig) => access(rig, call, SIZE - 4096, 4096), fitted],
    ['OKAY', 'for nothing at the end', (rig) => access(rig, call, SIZE, 0), fitted],
    ['INVALIDHANDLE', 'for zero', (rig) => access(rig, call, 0, 4096, 0), fitted],
    ['ADDRESSOUTOFRANGE', 'past the end', (rig) => access(rig, call, SIZE, 4096), fitted],
    ['ADDRESSOUTOFRANGE', 'where 32 bits overflow', (rig) => access(rig, call, 0xffff_f000, 0x2000), fitted],
    ['UNAVAILABLE', 'when the medium fails', (rig) => access(rig, call, 0, 4096), failing],
    noChip(call, 1, 0, 0, 0),
    inInterrupt(call, 1, 0, 0, 0),
  ]);

export const flash: StatusCase[] = [
  ...statusCases('mvExternalFlashOpen', [
    ['OKAY', 'with a chip', (rig) => rig.call('mvExternalFlashOpen', rig.words(0)), fitted],
    ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call('mvExternalFlashOpen', 0), fitted],
    [
      'TOOMANYCHANNELS',
      'for the 33rd handle',
      (rig) => {
        for (let count = 0; count < 32; count++) flashHandle(rig);
        return rig.call('mvExternalFlashOpen', rig.words(0));
      },
      fitted,
    ],
    noChip('mvExternalFlashOpen', 1024),
    inInterrupt('mvExternalFlashOpen', 1024),
  ]),
  ...statusCases('mvExternalFlashClose', [
    ['OKAY', 'for an open handle', (rig) => rig.call('mvExternalFlashClose', rig.words(flashHandle(rig))), fitted],
    ['INVALIDHANDLE', 'for a bad pointer', (rig) => rig.call('mvExternalFlashClose', OUTSIDE), fitted],
    ['INVALIDHANDLE', 'for zero', (rig) => rig.call('mvExternalFlashClose', rig.words(0)), fitted],
    inInterrupt('mvExternalFlashClose', 1024),
  ]),
  ...accessCases('mvExternalFlashReadBlocking'),
  ...accessCases('mvExternalFlashWriteBlocking'),
  ...accessCases('mvExternalFlashEraseBlocking'),
  ...(['mvExternalFlashReadBlocking', 'mvExternalFlashWriteBlocking'] as const).flatMap((call) =>
    statusCases(call, [
      ['PARAMETERFAULT', 'for a bad buffer', (rig) => rig.call(call, flashHandle(rig), 0, 16, OUTSIDE), fitted],
      ['OKAY', 'for any address and length', (rig) => access(rig, call, 4095, 4098), fitted],
    ]),
  ),
  ...statusCases('mvExternalFlashEraseBlocking', [
    ['INVALIDBUFFERALIGNMENT', 'off a sector', (rig) => access(rig, 'mvExternalFlashEraseBlocking', 16, 4096), fitted],
    [
      'INVALIDBUFFERALIGNMENT',
      'for part of a sector',
      (rig) => access(rig, 'mvExternalFlashEraseBlocking', 0, 16),
      fitted,
    ],
  ]),
  ...statusCases('mvExternalFlashGetInfo', [
    [
      'OKAY',
      'for version 1',
      (rig) => rig.call('mvExternalFlashGetInfo', flashHandle(rig), rig.words(1, 0, 0, 0)),
      fitted,
    ],
    [
      'PARAMETERFAULT',
      'for a null structure',
      (rig) => rig.call('mvExternalFlashGetInfo', flashHandle(rig), 0),
      fitted,
    ],
    ['INVALIDHANDLE', 'for zero', (rig) => rig.call('mvExternalFlashGetInfo', 0, rig.words(1, 0, 0, 0)), fitted],
    [
      'UNSUPPORTEDSTRUCTUREVERSION',
      'for version 2',
      (rig) => rig.call('mvExternalFlashGetInfo', flashHandle(rig), rig.words(2, 0, 0, 0)),
      fitted,
    ],
    noChip('mvExternalFlashGetInfo', 1, 1024),
    inInterrupt('mvExternalFlashGetInfo', 1, 1024),
  ]),
];
