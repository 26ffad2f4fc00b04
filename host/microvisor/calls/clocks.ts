import { MvStatus } from '../../../build/abi/microvisor.js';
import type { Family } from '../kernel/family.js';
import type { Services } from '../kernel/services.js';

const { OKAY, PARAMETERFAULT, TIMENOTSET } = MvStatus;

/** mvGetMicroseconds, mvGetWallTime and the four clock frequencies. */
export function clockCalls(kernel: Pick<Services, 'memory' | 'behaviour' | 'microseconds' | 'wallClock'>): Family {
  const { memory } = kernel;
  const frequency = (hertz: number) => (out: number) => {
    if (!memory.holds(out, 4, 4)) return PARAMETERFAULT;
    memory.view.setUint32(out, hertz, true);
    return OKAY;
  };
  const { sysClk, hClk, pClk1, pClk2 } = kernel.behaviour.clocks;
  return {
    calls: {
      mvGetMicroseconds: (out) => {
        if (!memory.holds(out, 8, 8)) return PARAMETERFAULT;
        memory.writeLong(out, kernel.microseconds());
        return OKAY;
      },
      mvGetWallTime: (out) => {
        if (!memory.holds(out, 8, 8)) return PARAMETERFAULT;
        const milliseconds = kernel.wallClock();
        if (milliseconds === undefined) return TIMENOTSET;
        memory.writeLong(out, Math.round(milliseconds * 1000));
        return OKAY;
      },
      mvGetSysClk: frequency(sysClk),
      mvGetHClk: frequency(hClk),
      mvGetPClk1: frequency(pClk1),
      mvGetPClk2: frequency(pClk2),
    },
  };
}
