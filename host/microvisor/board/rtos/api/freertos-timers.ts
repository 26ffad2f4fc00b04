import { objectOf, type RtosCalls, type RtosContext, setWoken } from '../rtos-context.js';
import { SoftwareTimer } from '../software-timers.js';

/** tmrCOMMAND_*: those of interrupts are five more. */
const COMMANDS = { start: 1, reset: 2, stop: 3, changePeriod: 4, delete: 5, fromInterrupt: 5 } as const;

/** Software timers, by FreeRTOS's names. */
export function freertosTimers(context: RtosContext): RtosCalls {
  const { host, objects, scheduler, timers } = context;
  const find = (call: string, handle: number) => objectOf(context, SoftwareTimer, call, handle);

  const command = (handle: number, code: number, value: number) => {
    const timer = find('xTimerGenericCommand', handle);
    const plain = code > COMMANDS.delete ? code - COMMANDS.fromInterrupt : code;
    if (plain === COMMANDS.changePeriod) {
      if (value === 0) host.fault('a timer is given the period 0; it has to be 1 tick or more');
      timer.period = value >>> 0;
    }
    if (plain === COMMANDS.stop || plain === COMMANDS.delete) timers.stop(timer);
    else timers.start(timer);
    if (plain === COMMANDS.delete) objects.remove(timer);
    return 1;
  };

  return {
    xTimerCreate: (name, period, isPeriodic, id, callback) => {
      if (period === 0) host.fault('xTimerCreate is given the period 0; it has to be 1 tick or more');
      const timer = new SoftwareTimer(name, callback, 0, period >>> 0, isPeriodic !== 0, id);
      // The callback is called with the timer itself.
      timer.argument = objects.add(timer);
      return timer.argument;
    },
    xTimerGenericCommand: (handle, code, value, woken) => {
      const result = command(handle, code, value);
      setWoken(context, woken);
      return scheduler.settle(result);
    },
    xTimerIsTimerActive: (handle) => (find('xTimerIsTimerActive', handle).dueAt === undefined ? 0 : 1),
    pvTimerGetTimerID: (handle) => find('pvTimerGetTimerID', handle).id,
    vTimerSetTimerID: (handle, id) => {
      find('vTimerSetTimerID', handle).id = id;
      return 0;
    },
    pcTimerGetName: (handle) => find('pcTimerGetName', handle).nameAddress,
    xTimerGetPeriod: (handle) => find('xTimerGetPeriod', handle).period | 0,
    xTimerGetExpiryTime: (handle) => {
      const { dueAt } = find('xTimerGetExpiryTime', handle);
      return dueAt === undefined
        ? 0
        : (scheduler.tickCount() + Math.round((dueAt - scheduler.timeOfTick()) / scheduler.tickLength)) | 0;
    },
    uxTimerGetReloadMode: (handle) => (find('uxTimerGetReloadMode', handle).isPeriodic ? 1 : 0),
    vTimerSetReloadMode: (handle, isPeriodic) => {
      find('vTimerSetReloadMode', handle).isPeriodic = isPeriodic !== 0;
      return 0;
    },
    xTimerGetTimerDaemonTaskHandle: () => objects.handleOf(timers.task),
    xTimerPendFunctionCall: (entry, first, second) => scheduler.settle(timers.pend(entry, [first, second]) ? 1 : 0),
    xTimerPendFunctionCallFromISR: (entry, first, second, woken) => {
      setWoken(context, woken);
      return timers.pend(entry, [first, second]) ? 1 : 0;
    },
  };
}
