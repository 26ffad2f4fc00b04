import {
  MvOpenSystemNotificationParamsLayout,
  type SystemCallName,
  writeMvOpenSystemNotificationParams,
} from '../../../../build/abi/microvisor.js';
import { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';
import { type StatusCase, type StatusRow, statusCases } from './status-case.js';

/** A call that the guest makes in a handler of an interrupt. */
export const inInterrupt = (call: SystemCallName, ...words: number[]): StatusRow => [
  'UNAVAILABLE',
  'in a handler of an interrupt',
  (rig) => {
    rig.kernel.inInterrupt = true;
    return rig.call(call, ...words);
  },
];

export const systemParams = (rig: Rig, source = 0, notificationHandle = rig.notifications()): number => {
  const address = rig.alloc(MvOpenSystemNotificationParamsLayout.SIZE);
  writeMvOpenSystemNotificationParams(rig.view, address, {
    notificationHandle,
    notificationTag: 0x77,
    notificationSource: source as 0,
  });
  return address;
};

const open = (rig: Rig, source?: number, handle?: number) =>
  rig.call('mvOpenSystemNotification', systemParams(rig, source, handle), rig.words(0));
const opened = (rig: Rig): number => {
  const out = rig.words(0);
  rig.ok('mvOpenSystemNotification', systemParams(rig), out);
  return rig.u32(out);
};

export const system: StatusCase[] = [
  ...statusCases('mvSystemLedEnable', [
    ['OKAY', 'for 1', (rig) => rig.call('mvSystemLedEnable', 1)],
    ['OKAY', 'for a value that is reserved', (rig) => rig.call('mvSystemLedEnable', 7)],
    inInterrupt('mvSystemLedEnable', 1),
  ]),
  ...statusCases('mvGetWakeReason', [
    ['OKAY', 'for a byte anywhere', (rig) => rig.call('mvGetWakeReason', rig.alloc(4) + 1)],
    ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call('mvGetWakeReason', 0)],
    [
      'PARAMETERFAULT',
      'for a misaligned word, without short enumerations',
      (rig) => rig.call('mvGetWakeReason', rig.alloc(4) + 1),
      () => new Rig({ behaviour: { shortEnums: false } }),
    ],
    inInterrupt('mvGetWakeReason', 1024),
  ]),
  ...statusCases('mvRestart', [
    ['OKAY', 'for AUTOAPPLYUPDATE', (rig) => rig.call('mvRestart', 0)],
    ['PARAMETERFAULT', 'for another mode', (rig) => rig.call('mvRestart', 1)],
    [
      'MICROVISORBUSY',
      'during a download',
      (rig) => {
        rig.kernel.lifecycle.busy = true;
        return rig.call('mvRestart', 0);
      },
    ],
    inInterrupt('mvRestart', 0),
  ]),
  ...statusCases('mvOpenSystemNotification', [
    ['OKAY', 'for the network', (rig) => open(rig, 0)],
    ['OKAY', 'for updates', (rig) => open(rig, 1)],
    ['PARAMETERFAULT', 'for a null structure', (rig) => rig.call('mvOpenSystemNotification', 0, rig.words(0))],
    ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call('mvOpenSystemNotification', systemParams(rig), 0)],
    ['INVALIDHANDLE', 'for an unknown source', (rig) => open(rig, 2)],
    ['INVALIDHANDLE', 'for a network handle', (rig) => open(rig, 0, rig.network())],
    [
      'UNAVAILABLE',
      'for the 33rd stream',
      (rig) => {
        for (let count = 0; count < 32; count++) open(rig);
        return open(rig);
      },
    ],
    inInterrupt('mvOpenSystemNotification', 1024, 2048),
  ]),
  ...statusCases('mvCloseSystemNotification', [
    ['OKAY', 'for an open stream', (rig) => rig.call('mvCloseSystemNotification', rig.words(opened(rig)))],
    ['INVALIDHANDLE', 'for a bad pointer', (rig) => rig.call('mvCloseSystemNotification', OUTSIDE)],
    ['INVALIDHANDLE', 'for zero', (rig) => rig.call('mvCloseSystemNotification', rig.words(0))],
    inInterrupt('mvCloseSystemNotification', 1024),
  ]),
];
