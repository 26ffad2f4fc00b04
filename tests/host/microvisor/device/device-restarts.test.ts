import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { Device, type DeviceOptions } from '../../../../host/microvisor/index.js';
import { compileGuest } from '../rig/compile-guest.js';
import { DEVICE_ID } from '../rig/rig.js';

/** Prints a letter and its wake reason; `act` runs where calls that end it are allowed, with the wake reason. */
const source = (letter: string, act: string) => `
@external("env", "mv_host_timer") declare function mv_host_timer(milliseconds: i32): void;
@external("env", "mv_host_print") declare function mv_host_print(address: usize, length: u32): void;
const text = memory.data(8, 8);
const work = memory.data(64, 8);
let reason: u8 = 0;
function requested(): usize {
  store<u32>(work, 1); store<u32>(work + 4, 0); store<u32>(work + 8, 0);
  mv.mvRequestNetwork(work, work + 16);
  return work + 16;
}
export function mv_app_start(): void { mv_host_timer(0); }
export function mv_app_timer(): void {
  mv.mvGetWakeReason(text + 4);
  reason = load<u8>(text + 4);
  store<u8>(text, ${letter.charCodeAt(0)});
  store<u8>(text + 1, 0x30 + reason / 10);
  store<u8>(text + 2, 0x30 + reason % 10);
  mv_host_print(text, 3);
  ${act}
  // What follows a call that does not return is not reached.
  store<u8>(text, 0x21);
  if (load<u8>(work + 40)) mv_host_print(text, 3);
}`;

const devices: Device[] = [];
afterEach(async () => {
  await Promise.all(devices.splice(0).map((device) => device.stop()));
});

async function started(act: string, options: Partial<DeviceOptions> = {}) {
  const lines = new EventEmitter();
  const all: string[] = [];
  const device = await Device.load({
    deviceId: DEVICE_ID,
    config: { fetch: async () => [] },
    guest: await compileGuest(source('A', act)),
    log: (line) => {
      all.push(line);
      lines.emit(line);
    },
    ...options,
  });
  devices.push(device);
  const line = (text: string) => once(lines, text);
  return { device, line, all };
}

describe('a device', () => {
  it('loads its guest anew after mvRestart, which does not return', async () => {
    const act = 'store<u8>(work + 40, 1); if (reason == 0) mv.mvRestart(0);';
    const { device, line, all } = await started(act);
    const last = line('!02');
    device.start();
    await last;
    expect(all).toEqual(['A00', 'A02', '!02']);
  });

  it('runs an update after its restart', async () => {
    const { device, line } = await started('');
    const [first, updated] = [line('A00'), line('B09')];
    device.start();
    await first;
    await device.update(await compileGuest(source('B', '')));
    await updated;
  });

  it('refuses an update that cannot be a guest, and keeps the guest that it has', async () => {
    const { device, line } = await started('');
    const first = line('A00');
    device.start();
    await first;
    await expect(device.update(Buffer.from('no module'))).rejects.toThrow('not a WebAssembly module');
    expect(device.guest.running).toBe(true);
    expect(device.kernel.lifecycle.busy).toBe(false);
  });

  it('sleeps deeply until its check-in', async () => {
    const act = 'if (reason == 0) { mv.mvReleaseNetwork(requested()); mv.mvDeepSleep(0); }';
    const { device, line } = await started(act, { behaviour: { checkInTime: 30 } });
    const woken = line('A12');
    device.start();
    await woken;
  });

  it('stops when the test of the factory is complete', async () => {
    const { device } = await started('mv.mvTestingComplete(1);', { behaviour: { factory: true } });
    device.start();
    expect(await device.stopped).toBeUndefined();
    expect(device.guest.running).toBe(false);
  });

  it('says which guests it has loaded, before they start', async () => {
    const loaded: boolean[] = [];
    const { device, line } = await started('if (reason == 0) mv.mvRestart(0);', {
      onLoaded: (guest) => loaded.push(guest.running),
    });
    const again = line('A02');
    device.start();
    await again;
    expect(loaded).toEqual([true, true]);
  });
});
