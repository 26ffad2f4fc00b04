import { MvDeepSleepMode, MvPowerSavingMode, MvStatus, MvWakeReason } from '../../../../build/abi/microvisor.js';
import type { FamilyFactory } from '../../kernel/family.js';

const { OKAY, PARAMETERFAULT, MICROVISORBUSY, UNAVAILABLE } = MvStatus;

/** mvPowerSave and mvDeepSleep. Both are refused while the network is in use. */
export const powerCalls: FamilyFactory = (kernel) => {
  const refusal = (mode: number, last: number) => {
    if (kernel.inInterrupt) return UNAVAILABLE;
    if (mode > last) return PARAMETERFAULT;
    return kernel.network.active || kernel.lifecycle.busy ? MICROVISORBUSY : OKAY;
  };
  return {
    calls: {
      // The wake-up is at once: what would end the sleep is not known here.
      mvPowerSave: (mode) => refusal(mode, MvPowerSavingMode.STOP3),
      mvDeepSleep: (mode) => {
        const status = refusal(mode, MvDeepSleepMode.SHUTDOWN);
        if (status !== OKAY) return status;
        const at = kernel.now() + kernel.behaviour.checkInTime;
        const wakeReason = mode === MvDeepSleepMode.SHUTDOWN ? MvWakeReason.COLDBOOT : MvWakeReason.DEEPSLEEPCHECKIN;
        kernel.lifecycle.end({ at, wakeReason, device: true });
        return OKAY;
      },
    },
  };
};
