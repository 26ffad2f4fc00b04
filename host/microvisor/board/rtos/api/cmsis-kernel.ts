import type { RtosCalls, RtosContext } from '../rtos-context.js';
import { OsStatus } from './cmsis-status.js';

/** osKernelState_t */
const STATES = { inactive: 0, ready: 1, running: 2, locked: 3 } as const;
/** Version 2.1.3 of the specification, and of FreeRTOS 10.4.6. */
const VERSIONS = [20_010_003, 10_040_006];
const KERNEL_NAME = 'wasmqtt board';

/** The kernel and its time, by the names of CMSIS-RTOS v2. */
export function cmsisKernel({ host, scheduler }: RtosContext): RtosCalls {
  let isInitialized = false;
  const state = () => {
    if (scheduler.started) return scheduler.locks > 0 ? STATES.locked : STATES.running;
    return isInitialized ? STATES.ready : STATES.inactive;
  };
  /** Locks or unlocks. @returns whether it was locked before */
  const setLocked = (isLocked: boolean) => {
    const wasLocked = scheduler.locks > 0;
    if (isLocked && !wasLocked) scheduler.lock();
    if (!isLocked && wasLocked) while (scheduler.unlock());
    return wasLocked ? 1 : 0;
  };
  const lockable = () => (host.inInterrupt() ? OsStatus.ErrorISR : scheduler.started ? OsStatus.OK : OsStatus.Error);

  return {
    osKernelInitialize: () => {
      if (host.inInterrupt()) return OsStatus.ErrorISR;
      if (state() !== STATES.inactive) return OsStatus.Error;
      isInitialized = true;
      return OsStatus.OK;
    },
    osKernelGetInfo: (version, text, size) => {
      if (version !== 0)
        for (const [index, number] of VERSIONS.entries()) host.memory.writeWord(version + 4 * index, number);
      if (text !== 0 && size > 0) {
        host.memory.write(text, new TextEncoder().encode(`${KERNEL_NAME.slice(0, size - 1)}\0`));
      }
      return OsStatus.OK;
    },
    osKernelGetState: () => state(),
    osKernelStart: () => {
      if (host.inInterrupt()) return OsStatus.ErrorISR;
      return state() === STATES.ready ? scheduler.start() : OsStatus.Error;
    },
    osKernelLock: () => lockable() || setLocked(true),
    osKernelUnlock: () => {
      const refused = lockable();
      return refused === OsStatus.OK ? scheduler.settle(setLocked(false)) : refused;
    },
    osKernelRestoreLock: (lock) => {
      const refused = lockable() || (lock === 0 || lock === 1 ? OsStatus.OK : OsStatus.Error);
      if (refused !== OsStatus.OK) return refused;
      setLocked(lock === 1);
      return scheduler.settle(lock);
    },
    osKernelGetTickCount: () => scheduler.tickCount() | 0,
    osKernelGetTickFreq: () => Math.round(1000 / scheduler.tickLength),
    osKernelGetSysTimerCount: () => (host.now() * 1000) | 0,
    osKernelGetSysTimerFreq: () => 1_000_000,
    osDelay: (ticks) => {
      if (host.inInterrupt()) return OsStatus.ErrorISR;
      if (ticks === 0) return OsStatus.OK;
      return scheduler.wait('osDelay', { attempt: () => undefined, expire: () => OsStatus.OK }, ticks >>> 0);
    },
    osDelayUntil: (until) => {
      if (host.inInterrupt()) return OsStatus.ErrorISR;
      const ticks = (until - scheduler.tickCount()) | 0;
      if (ticks <= 0) return OsStatus.ErrorParameter;
      return scheduler.wait('osDelayUntil', { attempt: () => undefined, expire: () => OsStatus.OK }, ticks);
    },
  };
}
