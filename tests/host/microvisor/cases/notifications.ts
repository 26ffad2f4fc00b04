import {
  MvChannelType,
  MvNotificationSetupLayout,
  writeMvNotificationSetup,
} from '../../../../build/abi/microvisor.js';
import type { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';
import { type StatusCase, type StatusRow, statusCases } from './status-case.js';

const setup = (rig: Rig, irq: number, buffer: number, bufferSize: number, out = rig.words(0)) => {
  const address = rig.alloc(MvNotificationSetupLayout.SIZE);
  writeMvNotificationSetup(rig.view, address, { irq, buffer, bufferSize });
  return rig.call('mvSetupNotifications', address, out);
};
const close = (rig: Rig, handle: number) => rig.call('mvCloseNotifications', rig.words(handle));

export const notifications: StatusCase[] = [
  ...statusCases('mvSetupNotifications', [
    ['OKAY', 'for two records', (rig) => setup(rig, 51, rig.alloc(32), 32)],
    ['PARAMETERFAULT', 'for a null structure', (rig) => rig.call('mvSetupNotifications', 0, rig.words(0))],
    ['PARAMETERFAULT', 'for a null handle pointer', (rig) => setup(rig, 51, rig.alloc(32), 32, 0)],
    ['PARAMETERFAULT', 'for a buffer outside memory', (rig) => setup(rig, 51, OUTSIDE, 32)],
    ['PARAMETERFAULT', 'for a misaligned buffer', (rig) => setup(rig, 51, rig.alloc(48) + 4, 32)],
    ...[0, 16, 40].map(
      (size): StatusRow => ['INVALIDBUFFERSIZE', `for ${size} bytes`, (rig) => setup(rig, 51, rig.alloc(64), size)],
    ),
    [
      'INVALIDINTERRUPT',
      'for a fast interrupt',
      (rig) => {
        rig.ok('mvSetFastInterrupt', 51);
        return setup(rig, 51, rig.alloc(32), 32);
      },
    ],
    ['INVALIDINTERRUPT', 'for interrupt 125', (rig) => setup(rig, 125, rig.alloc(32), 32)],
    [
      'BUFFERALREADYINUSE',
      'for a buffer that overlaps another by one record',
      (rig) => {
        const buffer = rig.alloc(64);
        setup(rig, 51, buffer, 32);
        return setup(rig, 52, buffer + 16, 32);
      },
    ],
    [
      'BUFFERALREADYINUSE',
      "inside a channel's receive buffer",
      (rig) => {
        const receiveBuffer = rig.buffer(512);
        rig.channel(MvChannelType.CONFIGFETCH, { receiveBuffer, receiveBufferLen: 512 });
        return setup(rig, 51, receiveBuffer + 64, 32);
      },
    ],
    [
      'BUFFERALREADYINUSE',
      'inside the log buffer',
      (rig) => {
        const buffer = rig.buffer(512);
        rig.ok('mvServerLoggingInit', buffer, 512);
        return setup(rig, 51, buffer, 32);
      },
    ],
    [
      'TOOMANYNOTIFICATIONBUFFERS',
      'for the 33rd buffer',
      (rig) => {
        for (let count = 0; count < 32; count++)
          rig.ok('mvSetupNotifications', rig.notificationSetup(51, 2), rig.words(0));
        return rig.call('mvSetupNotifications', rig.notificationSetup(51, 2), rig.words(0));
      },
    ],
  ]),
  ...statusCases('mvCloseNotifications', [
    ['OKAY', 'for an open handle', (rig) => close(rig, rig.notifications())],
    ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call('mvCloseNotifications', 0)],
    ['INVALIDHANDLE', 'for zero', (rig) => close(rig, 0)],
    ['INVALIDHANDLE', 'for a network handle', (rig) => close(rig, rig.network())],
    [
      'INVALIDHANDLE',
      'for a handle that was closed',
      (rig) => {
        const handle = rig.notifications();
        rig.ok('mvCloseNotifications', rig.words(handle));
        return close(rig, handle);
      },
    ],
  ]),
  ...statusCases('mvTempTriggerNotification', [
    ['OKAY', 'for an open handle', (rig) => rig.call('mvTempTriggerNotification', rig.notifications(), 99, 5)],
    ['INVALIDHANDLE', 'for a network handle', (rig) => rig.call('mvTempTriggerNotification', rig.network(), 2, 5)],
  ]),
];
