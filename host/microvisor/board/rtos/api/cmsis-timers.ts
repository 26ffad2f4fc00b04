import type { RtosCalls, RtosContext } from '../rtos-context.js';
import { SoftwareTimer } from '../software-timers.js';
import { nameOfAttr } from './cmsis-attributes.js';
import { OsStatus } from './cmsis-status.js';

const PERIODIC = 1;

/** Timers, by the names of CMSIS-RTOS v2. */
export function cmsisTimers(context: RtosContext): RtosCalls {
  const { host, scheduler, objects, timers } = context;

  const on = (handle: number, work: (timer: SoftwareTimer) => number) => {
    if (host.inInterrupt()) return OsStatus.ErrorISR;
    const timer = objects.find(SoftwareTimer, handle);
    return timer ? scheduler.settle(work(timer)) : OsStatus.ErrorParameter;
  };

  return {
    osTimerNew: (callback, type, argument, attr) => {
      if (host.inInterrupt() || callback === 0) return 0;
      return objects.add(new SoftwareTimer(nameOfAttr(context, attr), callback, argument, 1, type === PERIODIC, 0));
    },
    osTimerGetName: (handle) => (host.inInterrupt() ? 0 : (objects.find(SoftwareTimer, handle)?.nameAddress ?? 0)),
    osTimerStart: (handle, ticks) =>
      on(handle, (timer) => {
        if (ticks === 0) return OsStatus.ErrorParameter;
        timer.period = ticks >>> 0;
        timers.start(timer);
        return OsStatus.OK;
      }),
    osTimerStop: (handle) =>
      on(handle, (timer) => {
        if (timer.dueAt === undefined) return OsStatus.ErrorResource;
        timers.stop(timer);
        return OsStatus.OK;
      }),
    osTimerIsRunning: (handle) => (objects.find(SoftwareTimer, handle)?.dueAt === undefined ? 0 : 1),
    osTimerDelete: (handle) =>
      on(handle, (timer) => {
        timers.stop(timer);
        objects.remove(timer);
        return OsStatus.OK;
      }),
  };
}
