import { describe, expect, it } from 'vitest';
import { MvStatus, nameOf } from '../../../../build/abi/microvisor.js';
import { Rig } from '../rig/rig.js';
import type { StatusCase } from './status-case.js';

/** One test for each case. */
export function statusTests(cases: StatusCase[]): void {
  describe('statuses', () => {
    for (const { call, status, when, run, rig } of cases) {
      it(`${call} returns ${status} ${when}`, async () => {
        expect(nameOf(MvStatus, await run(rig?.() ?? new Rig()))).toBe(status);
      });
    }
  });
}
