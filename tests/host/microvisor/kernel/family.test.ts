import { describe, expect, it } from 'vitest';
import { MvChannelType, MvStatus, nameOf } from '../../../../build/abi/microvisor.js';
import type { Family } from '../../../../host/microvisor/kernel/family.js';
import { Kernel } from '../../../../host/microvisor/kernel/kernel.js';
import { DEVICE_ID, Rig } from '../rig/rig.js';

const { OKAY, PARAMETERFAULT, LATEFAULT } = MvStatus;

const kernelWith = (family: Partial<Family>) =>
  new Kernel({ now: () => 5, deviceId: DEVICE_ID }, [() => ({ calls: {}, ...family })]);

describe('a family of calls', () => {
  it('is served by the kernel that it is handed to', () => {
    const kernel = kernelWith({ calls: { mvGetSysClk: (out) => (out === 0 ? PARAMETERFAULT : OKAY) } });
    expect(kernel.implemented).toContain('mvGetSysClk');
    expect([0, 4].map((out) => nameOf(MvStatus, kernel.call('mvGetSysClk', out)))).toEqual(['PARAMETERFAULT', 'OKAY']);
    expect(() => kernel.call('mvGetHClk', 4)).toThrow('system call mvGetHClk is not served');
  });

  it('must not return a status that is not documented for the call', () => {
    const kernel = kernelWith({ calls: { mvNoOp: () => LATEFAULT as never } });
    expect(() => kernel.call('mvNoOp')).toThrow('mvNoOp returned LATEFAULT, which is not documented for it');
  });

  it('is ticked, and its deadline is one of the kernel', () => {
    const ticks: number[] = [];
    const kernel = kernelWith({ tick: (now) => ticks.push(now), nextDeadline: (now) => now + 10 });
    expect(kernel.nextDeadline(7)).toBe(17);
    kernel.tick(8);
    expect(ticks).toEqual([8]);
    kernel.setTimer(3);
    kernel.tick(8);
    expect(kernel.nextDeadline(7)).toBe(8);
  });

  it('keeps guest memory from being used twice', () => {
    const kernel = kernelWith({ buffers: () => [{ address: 512, size: 16 }] });
    expect(kernel.buffersInUse()).toEqual([{ address: 512, size: 16 }]);
  });

  it('can serve a type of channel', () => {
    const rig = new Rig();
    rig.kernel.channels.serve({
      [MvChannelType.HTTP]: {
        open: () => ({ tick: () => {}, nextDeadline: (now) => now + 1, close: () => {} }),
      },
    });
    rig.channel(MvChannelType.HTTP);
    rig.tick();
    rig.news();
    expect(rig.kernel.nextDeadline(rig.time)).toBe(rig.time + 1);
  });
});
