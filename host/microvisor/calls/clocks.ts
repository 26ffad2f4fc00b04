import { MvStatus } from '../../../build/abi/microvisor.js';
import type { Kernel } from '../kernel/kernel.js';
import { type Calls, refuse } from '../kernel/statuses.js';

/** mvGetMicroseconds, mvGetWallTime and the four clock frequencies. */
export function clockCalls(kernel: Kernel): Calls {
  const frequency = (hertz: number) => (out: number) => {
    kernel.memory.check(out, 4, 4);
    kernel.memory.view.setUint32(out, hertz, true);
  };
  const { sysClk, hClk, pClk1, pClk2 } = kernel.behaviour.clocks;
  return {
    mvGetMicroseconds: (out) => {
      kernel.memory.check(out, 8, 8);
      kernel.memory.view.setBigUint64(out, kernel.microseconds(), true);
    },
    mvGetWallTime: (out) => {
      kernel.memory.check(out, 8, 8);
      const milliseconds = kernel.wallClock() ?? refuse(MvStatus.TIMENOTSET);
      kernel.memory.view.setBigUint64(out, BigInt(Math.round(milliseconds * 1000)), true);
    },
    mvGetSysClk: frequency(sysClk),
    mvGetHClk: frequency(hClk),
    mvGetPClk1: frequency(pClk1),
    mvGetPClk2: frequency(pClk2),
  };
}
