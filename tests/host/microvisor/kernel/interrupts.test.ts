import { describe, expect, it } from 'vitest';
import { interrupts } from '../cases/interrupts.js';
import { statusTests } from '../cases/status-tests.js';
import { Rig } from '../rig/rig.js';

const taken = (rig: Rig) => {
  const found: unknown[] = [];
  for (let entry = rig.takeEntry(); entry !== undefined; entry = rig.takeEntry()) found.push(entry);
  return found;
};

describe('interrupts', () => {
  statusTests(interrupts);

  it('of peripherals reach the guest in their order', () => {
    const rig = new Rig();
    rig.kernel.interrupts.pend(45);
    rig.kernel.interrupts.pend(11);
    expect(rig.kernel.nextDeadline(rig.time)).toBe(rig.time);
    expect(taken(rig)).toEqual([{ interrupt: 45 }, { interrupt: 11 }]);
  });

  it('that are fast come first once they are enabled, and wait while they are not', () => {
    const rig = new Rig();
    rig.ok('mvSetFastInterrupt', 11);
    for (const irq of [45, 11]) rig.kernel.interrupts.pend(irq);
    expect(taken(rig)).toEqual([{ interrupt: 45 }]);
    rig.tick();
    expect(rig.kernel.nextDeadline(rig.time)).toBeUndefined();
    rig.kernel.interrupts.pend(45);
    rig.ok('mvEnableFastInterrupt', 11);
    rig.ok('mvDisableAllFastInterrupts');
    expect(taken(rig)).toEqual([{ interrupt: 45 }]);
    rig.kernel.interrupts.pend(45);
    rig.ok('mvEnableAllFastInterrupts');
    expect(taken(rig)).toEqual([{ interrupt: 11 }, { interrupt: 45 }]);
  });

  it('beyond the limit are lost, each with its notification, so that the guest reads on in step', () => {
    const rig = new Rig({ limits: { pendingInterrupts: 3 } });
    const handle = rig.notifications();
    for (let tag = 0; tag < 5; tag++) rig.ok('mvTempTriggerNotification', handle, 2, tag);
    expect(rig.news().map(({ tag }) => tag)).toEqual([0, 1, 2]);
    rig.ok('mvTempTriggerNotification', handle, 2, 7);
    expect(rig.news().map(({ tag }) => tag)).toEqual([7]);
  });
});
