import { describe, expect, it } from 'vitest';
import { MvStatus, nameOf, type SystemCallName } from '../../../../build/abi/microvisor.js';
import { Rig } from '../rig/rig.js';

/** One status of one call, and the condition that brings it about. */
export interface StatusCase {
  call: SystemCallName;
  status: keyof typeof MvStatus;
  when: string;
  run(rig: Rig): MvStatus | Promise<MvStatus>;
  /** Makes the kernel, when it needs settings of its own. */
  rig?: () => Rig;
}

/** One test for each case. */
export function statusTests(cases: StatusCase[]): void {
  describe('statuses', () => {
    for (const { call, status, when, run, rig } of cases) {
      it(`${call} gives ${status} ${when}`, async () => {
        expect(nameOf(MvStatus, await run(rig?.() ?? new Rig()))).toBe(status);
      });
    }
  });
}
