import { EventGroup } from '../event-group.js';
import type { RtosCalls, RtosContext } from '../rtos-context.js';
import { Task } from '../task.js';
import { NotifyAction, notify, waitForNotification } from '../task-notifications.js';
import { nameOfAttr } from './cmsis-attributes.js';
import { OsFlags, OsStatus } from './cmsis-status.js';

const isThreadFlags = (flags: number) => flags >= 0;
/** An event group has 24 bits. */
const isEventFlags = (flags: number) => (flags & 0xff00_0000) === 0;

/** Flags of threads: those of FreeRTOS's implementation are the first notification of the task. */
export function cmsisThreadFlags(context: RtosContext): RtosCalls {
  const { host, scheduler, objects } = context;
  const own = () => scheduler.current?.notifications[0];

  const wait = (flags: number, options: number, ticks: number) => {
    if (host.inInterrupt()) return OsFlags.ErrorISR;
    const one = own();
    if (!isThreadFlags(flags) || !one) return OsFlags.ErrorParameter;
    const attempt = () => {
      const { value } = one;
      const isMet = options & OsFlags.WaitAll ? (value & flags) === flags : (value & flags) !== 0;
      one.pending = false;
      if (!isMet) return undefined;
      if (!(options & OsFlags.NoClear)) one.value = (value & ~flags) >>> 0;
      return value | 0;
    };
    const expire = () => (ticks === 0 ? OsFlags.ErrorResource : OsFlags.ErrorTimeout);
    return waitForNotification(context, 'osThreadFlagsWait', one, ticks >>> 0, attempt, expire);
  };

  return {
    osThreadFlagsSet: (handle, flags) => {
      const task = objects.find(Task, handle);
      if (!task || !isThreadFlags(flags)) return OsFlags.ErrorParameter;
      const [one] = task.notifications;
      notify(context, task, one, flags, NotifyAction.SetBits);
      return scheduler.settle(one.value | 0);
    },
    osThreadFlagsClear: (flags) => {
      if (host.inInterrupt()) return OsFlags.ErrorISR;
      const one = own();
      if (!isThreadFlags(flags) || !one) return OsFlags.ErrorParameter;
      const { value } = one;
      one.value = (value & ~flags) >>> 0;
      return value | 0;
    },
    osThreadFlagsGet: () => (host.inInterrupt() ? OsFlags.ErrorISR : (own()?.value ?? 0) | 0),
    osThreadFlagsWait: wait,
  };
}

/** Event flags, by the names of CMSIS-RTOS v2. */
export function cmsisEventFlags(context: RtosContext): RtosCalls {
  const { host, scheduler, objects, groups } = context;
  const find = (handle: number) => objects.find(EventGroup, handle);

  return {
    osEventFlagsNew: (attr) => {
      if (host.inInterrupt()) return 0;
      const group = new EventGroup();
      group.nameAddress = nameOfAttr(context, attr);
      return objects.add(group);
    },
    osEventFlagsGetName: (handle) => (host.inInterrupt() ? 0 : (find(handle)?.nameAddress ?? 0)),
    osEventFlagsSet: (handle, flags) => {
      const group = find(handle);
      return group && isEventFlags(flags) ? scheduler.settle(groups.set(group, flags)) : OsFlags.ErrorParameter;
    },
    osEventFlagsClear: (handle, flags) => {
      const group = find(handle);
      if (!group || !isEventFlags(flags)) return OsFlags.ErrorParameter;
      const { bits } = group;
      group.bits = bits & ~flags;
      return bits;
    },
    osEventFlagsGet: (handle) => find(handle)?.bits ?? 0,
    osEventFlagsWait: (handle, flags, options, ticks) => {
      const group = find(handle);
      if (!group || !isEventFlags(flags)) return OsFlags.ErrorParameter;
      if (host.inInterrupt() && ticks !== 0) return OsFlags.ErrorParameter;
      const wanted = {
        bits: flags,
        all: (options & OsFlags.WaitAll) !== 0,
        clears: (options & OsFlags.NoClear) === 0,
      };
      const failed = (waited: number) => (waited === 0 ? OsFlags.ErrorResource : OsFlags.ErrorTimeout);
      return groups.wait('osEventFlagsWait', group, wanted, ticks >>> 0, failed);
    },
    osEventFlagsDelete: (handle) => {
      if (host.inInterrupt()) return OsStatus.ErrorISR;
      const group = find(handle);
      if (!group) return OsStatus.ErrorParameter;
      groups.end(group);
      objects.remove(group);
      return scheduler.settle(OsStatus.OK);
    },
  };
}
