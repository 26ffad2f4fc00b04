import { describe, expect, it } from 'vitest';
import { MvEventType, MvStatus, MvWakeReason, nameOf } from '../../../../build/abi/microvisor.js';
import { Departure } from '../../../../host/microvisor/kernel/departure.js';
import { statusTests } from '../cases/status-tests.js';
import { system, systemParams } from '../cases/system.js';
import { Rig, type RigOptions, TAG } from '../rig/rig.js';

const NETWORK = { eventType: MvEventType.NETWORKSTATUSCHANGED, tag: 0x77 };
const UPDATE = { eventType: MvEventType.UPDATEDOWNLOADED, tag: 0x77 };
const polite: RigOptions = { behaviour: { maximumPoliteness: 60_000 } };

const open = (rig: Rig, source: number): number => {
  const out = rig.words(0);
  rig.ok('mvOpenSystemNotification', systemParams(rig, source), out);
  return out;
};

const wakeReason = (rig: Rig) => {
  const out = rig.words(0xffff_ffff);
  rig.ok('mvGetWakeReason', out);
  return [nameOf(MvWakeReason, rig.view.getUint8(out)), rig.u32(out) >>> 8];
};

/** What the host does when the application has ended. */
const restart = (rig: Rig) => {
  rig.kernel.restart();
  rig.kernel.attach(rig.memory);
};

describe('the system calls of the device', () => {
  statusTests(system);

  it('report the LED', () => {
    const rig = new Rig();
    for (const value of [0, 1, 2]) rig.ok('mvSystemLedEnable', value);
    expect(rig.events).toEqual([
      { event: 'systemLed', enabled: false },
      { event: 'systemLed', enabled: true },
    ]);
  });

  it('write the wake reason as one byte, or as a word for a guest without short enumerations', () => {
    expect(wakeReason(new Rig())).toEqual(['COLDBOOT', 0xff_ffff]);
    expect(wakeReason(new Rig({ behaviour: { shortEnums: false, wakeReason: 8 } }))).toEqual(['APPLICATIONCRASH', 0]);
  });
});

describe('system notifications', () => {
  it('of the network come without a network handle, to each stream, until it is closed', () => {
    const rig = new Rig();
    rig.notifications();
    const stream = open(rig, 0);
    open(rig, 0);
    expect(rig.news()).toEqual([]);
    rig.kernel.network.setLink(false);
    expect(rig.news()).toEqual([NETWORK, NETWORK]);
    rig.ok('mvCloseSystemNotification', stream);
    expect(rig.u32(stream)).toBe(0);
    rig.kernel.network.setLink(true);
    expect(rig.news()).toEqual([NETWORK]);
  });

  it('of the network come beside those of a network handle', () => {
    const rig = new Rig();
    rig.notifications();
    open(rig, 0);
    rig.ok('mvRequestNetwork', rig.networkParams(), rig.words(0));
    rig.tick();
    expect(rig.news()).toEqual([{ ...NETWORK, tag: TAG }, NETWORK]);
  });

  it('of updates come once for each while updates are polite, and at once for one that waits already', () => {
    const rig = new Rig(polite);
    rig.notifications();
    open(rig, 1);
    rig.kernel.lifecycle.updateDownloaded('application');
    expect(rig.news()).toEqual([UPDATE]);
    open(rig, 1);
    expect(rig.news()).toEqual([UPDATE]);
    expect(rig.kernel.lifecycle.ended).toBeUndefined();
  });

  it('are dropped when their notification buffer was closed first', () => {
    const rig = new Rig();
    const handle = rig.words(rig.notifications());
    const stream = open(rig, 0);
    rig.ok('mvCloseNotifications', handle);
    rig.kernel.network.setLink(false);
    expect(rig.news()).toEqual([]);
    rig.ok('mvCloseSystemNotification', stream);
  });
});

describe('a restart', () => {
  it('does not return to the guest', () => {
    const mvRestart = new Rig().kernel.importOf('mvRestart')!;
    expect(mvRestart(9)).toBe(MvStatus.PARAMETERFAULT);
    expect(() => mvRestart(0)).toThrow(Departure);
  });

  it('leaves nothing of the application: no handle, no channel, no interrupt, no timer', () => {
    const rig = new Rig();
    const channel = rig.connected();
    rig.kernel.setTimer(5);
    rig.kernel.interrupts.pend(45);
    rig.ok('mvRestart', 0);
    expect(rig.takeEntry()).toBeUndefined();
    expect(rig.kernel.nextDeadline(rig.time)).toBe(rig.time);
    restart(rig);
    rig.link.last('disconnect');
    rig.tick();
    expect(rig.takeEntry()).toBeUndefined();
    expect(rig.kernel.nextDeadline(rig.time + 100)).toBeUndefined();
    expect(nameOf(MvStatus, rig.call('mvGetChannelClosureReason', channel, rig.words(0)))).toBe('INVALIDHANDLE');
    expect(rig.kernel.buffersInUse()).toEqual([]);
  });

  it('of the application alone lets the clock go on, and is no update', () => {
    const rig = new Rig();
    rig.time += 1000;
    rig.ok('mvRestart', 0);
    restart(rig);
    expect(rig.kernel.microseconds()).toBe(1_000_000);
    expect(wakeReason(rig)[0]).toBe('REMOTEAPPLICATIONRESTART');
  });

  it.each([
    ['application', 'APPLICATIONUPDATE', 1_000_000],
    ['microvisor', 'MICROVISORUPDATE', 0],
  ] as const)('applies a waiting update of the %s', (kind, reason, microseconds) => {
    const rig = new Rig(polite);
    rig.kernel.lifecycle.updateDownloaded(kind);
    rig.time += 1000;
    rig.ok('mvRestart', 0);
    restart(rig);
    expect(wakeReason(rig)[0]).toBe(reason);
    expect(rig.kernel.microseconds()).toBe(microseconds);
    expect(rig.kernel.lifecycle.updateWaits).toBe(false);
  });

  it('comes by itself when politeness is over', () => {
    const rig = new Rig(polite);
    rig.kernel.lifecycle.updateDownloaded('application');
    rig.tick();
    expect(rig.kernel.nextDeadline(rig.time)).toBe(rig.time + 60_000);
    rig.advance(59_999);
    expect(rig.kernel.lifecycle.ended).toBeUndefined();
    rig.advance(1);
    expect(rig.kernel.lifecycle.ended).toMatchObject({ at: rig.time, wakeReason: MvWakeReason.APPLICATIONUPDATE });
  });

  it('comes with the update, and without a notification, when updates are not polite', () => {
    const rig = new Rig();
    rig.notifications();
    open(rig, 1);
    rig.kernel.lifecycle.updateDownloaded('application');
    expect(rig.news()).toEqual([]);
    expect(rig.kernel.lifecycle.ended).toMatchObject({ wakeReason: MvWakeReason.APPLICATIONUPDATE });
  });
});
