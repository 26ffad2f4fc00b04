import { describe, expect, it } from 'vitest';
import { compileGuest } from '../../microvisor/rig/compile-guest.js';
import { ACCOUNT_SID, SID } from '../cloud-rig.js';
import { tinyModule } from '../stores/modules.js';
import { openDeviceCloud, startFollowing } from './device-rig.js';

const HOST = `
@external("env", "mv_host_timer") declare function mv_host_timer(milliseconds: i32): void;
@external("env", "mv_host_print") declare function mv_host_print(address: usize, length: u32): void;
@external("env", "mv_host_wait") declare function mv_host_wait(milliseconds: i32): i32;
const text = memory.data(16, 8);
/** Prints a letter and the wake reason. */
function say(letter: u8): void {
  mv.mvGetWakeReason(text + 4);
  const reason = load<u8>(text + 4);
  store<u8>(text, letter);
  store<u8>(text + 1, 0x30 + reason / 10);
  store<u8>(text + 2, 0x30 + reason % 10);
  mv_host_print(text, 3);
}`;

/** Wake reasons, as the SDK counts them. */
const COLD_BOOT = '00';
const REMOTE_RESTART = '02';
const UPDATE = '09';

/** To compile takes longer than everything else here. */
const compiled = new Map<string, Promise<Uint8Array>>();
function compile(source: string): Promise<Uint8Array> {
  const module = compiled.get(source) ?? compileGuest(`${HOST}${source}`);
  compiled.set(source, module);
  return module;
}

const reactive = (letter: string) =>
  compile(`
    export function mv_app_start(): void { mv_host_timer(0); }
    export function mv_app_timer(): void { say(${letter.charCodeAt(0)}); }`);

const blocking = (letter: string) =>
  compile(`
    export function _start(): void { say(${letter.charCodeAt(0)}); for (;;) mv_host_wait(-1); }`);

/** Asks for system notifications of updates, and restarts by itself when one comes, after it has said so. */
const polite = () =>
  compile(`
    const buffer = memory.data(64, 8);
    const work = memory.data(64, 8);
    export function mv_app_start(): void {
      store<u32>(work, mv.Interrupt.TIM8_BRK);
      store<u32>(work + 4, <u32>buffer);
      store<u32>(work + 8, 64);
      if (mv.mvSetupNotifications(work, work + 16) != mv.MvStatus.OKAY) unreachable();
      store<u32>(work, load<u32>(work + 16));
      store<u32>(work + 4, 7);
      store<u32>(work + 8, mv.MvSystemNotificationSource.UPDATE);
      if (mv.mvOpenSystemNotification(work, work + 20) != mv.MvStatus.OKAY) unreachable();
      say(0x50);
    }
    export function TIM8_BRK_IRQHandler(): void {
      say(load<u16>(buffer + 8) == <u16>mv.MvEventType.UPDATEDOWNLOADED ? 0x55 : 0x3f);
      mv_host_timer(0);
    }
    export function mv_app_timer(): void { mv.mvRestart(mv.MvRestartMode.AUTOAPPLYUPDATE); }`);

/** Logs its letter by mvServerLog, or the status that this returned as a print. */
const logging = () =>
  compile(`
    const buffer = memory.data(1024, 512);
    export function mv_app_start(): void {
      if (mv.mvServerLoggingInit(<u32>((buffer + 511) & ~511), 512) != mv.MvStatus.OKAY) unreachable();
      mv_host_timer(0);
    }
    export function mv_app_timer(): void {
      store<u8>(text, 0x4c);
      const status = mv.mvServerLog(<u32>text, 1);
      if (status != mv.MvStatus.OKAY) say(0x53);
    }`);

describe.each(['near', 'far'] as const)('a device whose cloud is %s', (kind) => {
  describe.each([
    ['reactive', reactive],
    ['blocking', blocking],
  ])('and whose guest is %s', (_, guest) => {
    it('runs what it is to run from the beginning', async () => {
      const { service, apps, devices } = await openDeviceCloud(kind);
      const app = await apps.create(await guest('B'));
      await devices.update(SID, { targetApp: app.sid });
      const { lines } = await startFollowing(service, await guest('A'));
      await lines.first(() => true);
      expect(lines.all).toEqual([`B${COLD_BOOT}`]);
    });

    it('takes an update while it runs, and reports it', async () => {
      const { service, apps, devices, store } = await openDeviceCloud(kind);
      const { lines } = await startFollowing(service, await guest('A'));
      await lines.first((line) => line === `A${COLD_BOOT}`);
      const app = await apps.create(await guest('B'), { uniqueName: 'second' });
      expect((await devices.update(SID, { targetApp: 'second' })).updateStatus).toBe('pending');
      await lines.first((line) => line === `B${UPDATE}`);
      const device = await changed(store, devices, ({ updateStatus }) => updateStatus !== 'pending');
      expect(device).toMatchObject({ updateStatus: 'up-to-date', reported: { appSid: app.sid, sha256: app.sha256 } });
    });

    it('restarts when that is asked for, once for each time', async () => {
      const { service, devices } = await openDeviceCloud(kind);
      await devices.update(SID, { restartApp: true });
      const { lines } = await startFollowing(service, await guest('A'));
      await lines.first((line) => line === `A${COLD_BOOT}`);
      await devices.update(SID, { restartApp: true });
      await lines.first((line) => line === `A${REMOTE_RESTART}`);
      await devices.update(SID, { uniqueName: 'pump' });
      await devices.update(SID, { restartApp: true });
      await lines.first(() => lines.all.length >= 3);
      expect(lines.all).toEqual([`A${COLD_BOOT}`, `A${REMOTE_RESTART}`, `A${REMOTE_RESTART}`]);
    });
  });

  it('notifies a polite application of the update, which takes it when it restarts', async () => {
    const { service, apps, devices, store } = await openDeviceCloud(kind);
    const { lines, events } = await startFollowing(service, await polite());
    await lines.first((line) => line === `P${COLD_BOOT}`);
    const app = await apps.create(await reactive('B'), { politeness: 3600 });
    await devices.update(SID, { targetApp: app.sid });
    await lines.first((line) => line === `B${UPDATE}`);
    expect(lines.all).toEqual([`P${COLD_BOOT}`, `U${COLD_BOOT}`, `B${UPDATE}`]);
    await changed(store, devices, ({ updateStatus }) => updateStatus === 'up-to-date');
    expect(events.all.map(({ event }) => event)).toEqual(['downloading', 'downloaded', 'running']);
  });

  it('keeps what it runs when the update cannot be a guest, and says so', async () => {
    const { service, apps, devices, store } = await openDeviceCloud(kind);
    const { device, lines, events } = await startFollowing(service, await reactive('A'));
    await lines.first((line) => line === `A${COLD_BOOT}`);
    const app = await apps.create(tinyModule());
    await devices.update(SID, { targetApp: app.sid });
    expect(await events.first(({ event }) => event === 'updateFailed')).toMatchObject({ reason: 'not-a-guest' });
    const stored = await changed(store, devices, ({ updateStatus }) => updateStatus !== 'pending');
    expect(stored).toMatchObject({ updateStatus: 'error', updateErrorCode: 3 });
    expect(device.guest.running).toBe(true);
  });

  it('delivers what its guest logs', async () => {
    const { service, logs } = await openDeviceCloud(kind);
    await startFollowing(service, await logging());
    const end = new AbortController();
    for await (const lines of logs.follow(SID, {}, end.signal)) {
      expect(lines).toMatchObject([{ sequence: 1, text: 'L' }]);
      expect(Date.now() - lines[0].date.getTime()).toBeLessThan(60_000);
      end.abort();
    }
  });

  it('refuses mvServerLog while logging is turned off', async () => {
    const { service, devices } = await openDeviceCloud(kind);
    await devices.update(SID, { loggingEnabled: false });
    const { device, lines } = await startFollowing(service, await logging());
    await lines.first((line) => line === `S${COLD_BOOT}`);
    await devices.update(SID, { loggingEnabled: true, restartApp: true });
    await lines.first((line) => line === 'L');
    expect(device.kernel.logging.enabled).toBe(true);
  });
});

type Opened = Awaited<ReturnType<typeof openDeviceCloud>>;

/** The device as soon as it is so. */
async function changed(
  store: Opened['store'],
  devices: Opened['devices'],
  test: (device: Awaited<ReturnType<Opened['devices']['fetch']>>) => boolean,
) {
  for (;;) {
    let wake = () => {};
    const news = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const end = store.changes.subscribe('device', ACCOUNT_SID, SID, () => wake());
    try {
      const device = await devices.fetch(SID);
      if (test(device)) return device;
      await news;
    } finally {
      end();
    }
  }
}
