import { describe, expect, it } from 'vitest';
import {
  MvEventType,
  MvNotificationLayout,
  MvNotificationSetupLayout,
  readMvNotification,
  writeMvNotificationSetup,
} from '../../../../build/abi/microvisor.js';
import { notifications } from '../cases/notifications.js';
import { statusTests } from '../cases/status-tests.js';
import { Rig } from '../rig/rig.js';

describe('notifications', () => {
  statusTests(notifications);

  it('a record has the time in microseconds, the event type and the tag, and pends one interrupt', () => {
    const rig = new Rig();
    const buffer = rig.alloc(2 * MvNotificationLayout.SIZE);
    const setup = rig.alloc(MvNotificationSetupLayout.SIZE);
    writeMvNotificationSetup(rig.view, setup, { irq: 51, buffer, bufferSize: 32 });
    const handle = rig.words(0);
    rig.ok('mvSetupNotifications', setup, handle);
    rig.time += 2;
    rig.kernel.notifications.notify(rig.u32(handle), MvEventType.CHANNELDATAREADABLE, 0xfeed);
    expect(readMvNotification(rig.view, buffer)).toEqual({ microseconds: 2000n, eventType: 2, tag: 0xfeed });
    expect([rig.takeEntry(), rig.takeEntry()]).toEqual([{ interrupt: 51 }, undefined]);
  });

  it('the buffer is circular: in one of two records the third overwrites the first, read or not', () => {
    const rig = new Rig();
    const buffer = rig.alloc(32);
    new Uint8Array(rig.memory.buffer, buffer, 32).fill(0xff);
    const setup = rig.alloc(MvNotificationSetupLayout.SIZE);
    writeMvNotificationSetup(rig.view, setup, { irq: 51, buffer, bufferSize: 32 });
    const handle = rig.words(0);
    rig.ok('mvSetupNotifications', setup, handle);
    for (const tag of [1, 2, 3]) rig.kernel.notifications.notify(rig.u32(handle), MvEventType.CHANNELDATAREADABLE, tag);
    const tags = [0, 16].map((offset) => readMvNotification(rig.view, buffer + offset).tag);
    expect(tags).toEqual([3, 2]);
    expect([1, 2, 3, 4].map(() => rig.takeEntry() !== undefined)).toEqual([true, true, true, false]);
  });

  it('closing zeroes the handle, and nothing is written to the buffer afterwards', () => {
    const rig = new Rig();
    const handle = rig.notifications();
    const address = rig.words(handle);
    rig.ok('mvCloseNotifications', address);
    expect(rig.u32(address)).toBe(0);
    rig.kernel.notifications.notify(handle, MvEventType.CHANNELDATAREADABLE, 1);
    expect(rig.news()).toEqual([]);
  });

  it('handles are random: 64 of them are distinct, non-zero and not in sequence', () => {
    const rig = new Rig({ limits: { notificationBuffers: 64 } });
    const handles = Array.from({ length: 64 }, () => {
      const out = rig.words(0);
      rig.ok('mvSetupNotifications', rig.notificationSetup(51, 2), out);
      return rig.u32(out);
    });
    expect(new Set(handles).size).toBe(64);
    expect(handles).not.toContain(0);
    const steps = new Set(handles.slice(1).map((handle, index) => handle - handles[index]));
    expect(steps.size).toBeGreaterThan(60);
  });
});
