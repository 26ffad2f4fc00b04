import { interruptHandlers, MvPowerSavingMode } from '../../../../build/abi/microvisor.js';

const EXTI = /^EXTI\d/;
const TIMER = /^(LP)?TIM\d/;

/**
 * Whether an interrupt ends a mode of mvPowerSave, by the hardware that is still clocked in it: SLEEP stops the core alone; in STOP the
 * timers stand still; in STOP3 only pins are looked at. What the kernel notifies of comes from its own side, and ends each.
 */
export function endsPowerSave(mode: number, irq: number, isNotification: boolean): boolean {
  if (isNotification || mode === MvPowerSavingMode.SLEEP) return true;
  const name = interruptHandlers[irq] ?? '';
  return mode === MvPowerSavingMode.STOP3 ? EXTI.test(name) : !TIMER.test(name);
}
