import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MvStatus, MvWakeReason, readMvExternalFlashInfo } from '../../../../build/abi/microvisor.js';
import { FlashMemory, WifiFile } from '../../../../host/microvisor/index.js';
import { flash, flashHandle } from '../cases/flash.js';
import { hardware } from '../cases/hardware.js';
import { statusTests } from '../cases/status-tests.js';
import { Rig } from '../rig/rig.js';

describe('the calls that reach the hardware', () => {
  statusTests([...hardware, ...flash]);
});

describe('external flash', () => {
  const rigWithFlash = () => {
    const rig = new Rig({ flash: new FlashMemory(16_384) });
    const handle = flashHandle(rig);
    const buffer = rig.buffer(8192);
    const write = (address: number, bytes: number[]) => {
      new Uint8Array(rig.memory.buffer, buffer, bytes.length).set(bytes);
      rig.ok('mvExternalFlashWriteBlocking', handle, address, bytes.length, buffer);
    };
    const read = (address: number, length: number) => {
      rig.ok('mvExternalFlashReadBlocking', handle, address, length, buffer);
      return [...new Uint8Array(rig.memory.buffer, buffer, length)];
    };
    return { rig, handle, write, read };
  };

  it('is erased to 0xff, and writing only clears bits', () => {
    const { rig, handle, write, read } = rigWithFlash();
    write(4094, [0x0f, 0xf0, 0x55, 0xaa]);
    write(4095, [0x3c, 0x0f]);
    expect(read(4093, 6)).toEqual([0xff, 0x0f, 0x30, 0x05, 0xaa, 0xff]);
    rig.ok('mvExternalFlashEraseBlocking', handle, 4096, 4096);
    expect(read(4093, 6)).toEqual([0xff, 0x0f, 0x30, 0xff, 0xff, 0xff]);
  });

  it('says its size and how many handles are open, which all see the same bytes', () => {
    const { rig, handle, write } = rigWithFlash();
    const second = flashHandle(rig);
    const info = rig.words(1, 0, 0, 0);
    rig.ok('mvExternalFlashGetInfo', second, info);
    expect(readMvExternalFlashInfo(rig.view, info)).toMatchObject({ size: 16_384, numHandles: 2 });
    write(0, [1]);
    const out = rig.alloc(1);
    rig.ok('mvExternalFlashReadBlocking', second, 0, 1, out);
    expect(rig.view.getUint8(out)).toBe(1);
    rig.ok('mvExternalFlashClose', rig.words(handle));
    rig.ok('mvExternalFlashGetInfo', second, info);
    expect(readMvExternalFlashInfo(rig.view, info).numHandles).toBe(1);
  });
});

describe('the registers of the clock control', () => {
  const CR = 0x4602_0c00;
  const CFGR1 = CR + 0x1c;
  const peek = (rig: Rig, address: number) => {
    const out = rig.words(0);
    rig.ok('mvPeriphPeek32', address, out);
    return rig.u32(out);
  };

  it('begin with what they have after reset, and have it again after a restart', () => {
    const rig = new Rig();
    expect(peek(rig, CR)).toBe(0x35);
    rig.ok('mvPeriphPoke32', CR, 0xffff_ffff, 0);
    expect(peek(rig, CR)).toBe(0);
    rig.kernel.restart();
    expect(peek(rig, CR)).toBe(0x35);
  });

  it('change as (old AND NOT mask) XOR value, and say that a clock is ready when it is switched on', () => {
    const rig = new Rig();
    const HSION = 1 << 8;
    rig.ok('mvPeriphPoke32', CR, HSION, HSION);
    expect(peek(rig, CR)).toBe(0x35 | HSION | (1 << 10));
    rig.ok('mvPeriphPoke32', CR, 0, HSION);
    expect(peek(rig, CR)).toBe(0x35);
    rig.ok('mvPeriphPoke32', CFGR1, 3, 3);
    expect(peek(rig, CFGR1)).toBe(0b1111);
  });
});

describe('Wi-Fi settings', () => {
  it('are read back without the password, and outlive a restart', () => {
    const rig = new Rig();
    const { data, length } = rig.put('home');
    rig.ok('mvSetWifiConfig', rig.words(1, 0, data, length, data, length));
    rig.kernel.restart();
    const [name, size, encrypted] = [rig.alloc(32), rig.words(0), rig.words(0)];
    rig.ok('mvGetWifiConfig', rig.words(1, name, 32, size, encrypted));
    expect([rig.text(name, rig.u32(size)), rig.u32(encrypted)]).toEqual(['home', 1]);
    rig.ok('mvSetWifiConfig', rig.words(1, 1, 0, 0, 0, 0));
    rig.ok('mvGetWifiConfig', rig.words(1, name, 32, size, encrypted));
    expect([rig.u32(size), rig.u32(encrypted)]).toEqual([0, 0]);
  });
});

describe('a file of Wi-Fi settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-wifi-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('keeps what was set for whoever opens it later, and is gone when it is cleared', () => {
    const path = join(folder, 'deep/one.json');
    const ssid = Uint8Array.of(0, 255, 65);
    new WifiFile(path).write({ ssid, hasPassword: true });
    expect(new WifiFile(path).read()).toEqual({ ssid, hasPassword: true });
    new WifiFile(path).write(undefined);
    expect(existsSync(path)).toBe(false);
    expect(new WifiFile(path).read()).toBeUndefined();
  });

  it.each(['', '{', '{"ssid":5}', `{"ssid":"${'61'.repeat(33)}","hasPassword":true}`])(
    'is as none when it holds %j',
    (text) => {
      const path = join(folder, 'damaged.json');
      writeFileSync(path, text);
      expect(new WifiFile(path).read()).toBeUndefined();
    },
  );

  it('that cannot be written makes the call UNAVAILABLE, with the reason in the log', () => {
    writeFileSync(join(folder, 'file'), '');
    const rig = new Rig({ wifi: new WifiFile(join(folder, 'file/one.json')) });
    const { data, length } = rig.put('home');
    expect(rig.call('mvSetWifiConfig', rig.words(1, 0, data, length, data, length))).toBe(MvStatus.UNAVAILABLE);
    expect(rig.log).toEqual([expect.stringMatching(/^the settings of Wi-Fi cannot be kept: /)]);
  });
});

describe('deep sleep', () => {
  const asleep = (mode: number) => {
    const rig = new Rig({ behaviour: { checkInTime: 3_600_000 } });
    rig.ok('mvReleaseNetwork', rig.words(rig.network()));
    rig.ok('mvDeepSleep', mode);
    return rig;
  };

  it.each([
    [0, MvWakeReason.DEEPSLEEPCHECKIN],
    [1, MvWakeReason.COLDBOOT],
  ])('of mode %i passes in the time of the kernel, until the check-in', (mode, wakeReason) => {
    const rig = asleep(mode);
    expect(rig.kernel.nextDeadline(rig.time)).toBe(rig.time + 3_600_000);
    expect(rig.kernel.lifecycle.ended).toEqual({ at: rig.time + 3_600_000, wakeReason, device: true });
  });

  it('ends before its time when the host wakes the device', () => {
    const rig = asleep(0);
    rig.time += 5;
    rig.kernel.lifecycle.wake(MvWakeReason.DEEPSLEEPMODEM);
    expect(rig.kernel.lifecycle.ended).toMatchObject({ at: rig.time, wakeReason: MvWakeReason.DEEPSLEEPMODEM });
    rig.kernel.restart();
    expect(rig.kernel.microseconds()).toBe(0);
    expect(rig.kernel.lifecycle.wakeReason).toBe(MvWakeReason.DEEPSLEEPMODEM);
  });
});

describe('the test environment of the factory', () => {
  const factory = () => new Rig({ behaviour: { factory: true, maximumPoliteness: 1000 } });

  it('logs without a network', () => {
    const rig = factory();
    rig.ok('mvTestLoggingInit', rig.buffer(512), 512);
    const { data, length } = rig.put('passed');
    rig.ok('mvTestLog', data, length);
    expect(rig.log).toEqual(['passed']);
  });

  it('ends with the final application after a success, else with nothing', () => {
    const failed = factory();
    failed.ok('mvTestingComplete', 3);
    expect(failed.events).toContainEqual({ event: 'testingComplete', status: 3 });
    expect(failed.kernel.lifecycle.ended?.at).toBeUndefined();
    expect(failed.kernel.nextDeadline(failed.time)).toBeUndefined();
    const passed = factory();
    passed.kernel.lifecycle.updateDownloaded('application');
    passed.ok('mvTestingComplete', 0);
    expect(passed.kernel.lifecycle.ended).toMatchObject({ at: passed.time });
  });
});
