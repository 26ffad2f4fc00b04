import { MvStatus } from '../../../build/abi/microvisor.js';
import type { Family } from '../kernel/family.js';
import type { Services } from '../kernel/services.js';
import { refuse } from '../kernel/statuses.js';

/** mvGetMicroseconds, mvGetWallTime and the four clock frequencies. */
export function clockCalls(kernel: Pick<Services, 'memory' | 'behaviour' | 'microseconds' | 'wallClock'>): Family {
  const { memory } = kernel;
  const frequency = (hertz: number) => (out: number) => {
    memory.check(out, 4, 4);
    memory.view.setUint32(out, hertz, true);
  };
  const { sysClk, hClk, pClk1, pClk2 } = kernel.behaviour.clocks;
  return {
    calls: {
      mvGetMicroseconds: (out) => {
        memory.check(out, 8, 8);
        memory.view.setBigUint64(out, kernel.microseconds(), true);
      },
      mvGetWallTime: (out) => {
        memory.check(out, 8, 8);
        const milliseconds = kernel.wallClock() ?? refuse(MvStatus.TIMENOTSET);
        memory.view.setBigUint64(out, BigInt(Math.round(milliseconds * 1000)), true);
      },
      mvGetSysClk: frequency(sysClk),
      mvGetHClk: frequency(hClk),
      mvGetPClk1: frequency(pClk1),
      mvGetPClk2: frequency(pClk2),
    },
  };
}
