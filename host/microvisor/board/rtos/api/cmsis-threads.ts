import { endTask, makeTask, type RtosCalls, type RtosContext } from '../rtos-context.js';
import { type Answer, BLOCKED, FOREVER } from '../scheduler.js';
import { HIGHEST_PRIORITY, Task } from '../task.js';
import { OsStatus } from './cmsis-status.js';

/** Offsets in osThreadAttr_t, and the bit of joinable threads. */
const ATTR = { name: 0, bits: 4, stackSize: 20, priority: 24 } as const;
const JOINABLE = 1;
/** osPriority_t */
const PRIORITY = { none: 0, idle: 1, normal: 24 } as const;
/** Bytes: configMINIMAL_STACK_SIZE of the templates, in words of four bytes. */
const DEFAULT_STACK = 512;
/** osThreadState_t */
const STATES = { ready: 1, running: 2, waiting: 3, suspended: 3, ended: 4, error: -1 } as const;

/** Threads, by the names of CMSIS-RTOS v2. */
export function cmsisThreads(context: RtosContext): RtosCalls {
  const { host, scheduler, objects } = context;
  const { memory } = host;
  const find = (handle: number) => objects.find(Task, handle);

  /** What a call on a thread returns: an error, or what `work` does. */
  const on = (handle: number, work: (task: Task) => Answer): Answer => {
    if (host.inInterrupt()) return OsStatus.ErrorISR;
    const task = find(handle);
    return task ? work(task) : OsStatus.ErrorParameter;
  };
  const isPriority = (priority: number) => priority >= PRIORITY.idle && priority <= HIGHEST_PRIORITY;

  const create = (entry: number, argument: number, attr: number) => {
    if (host.inInterrupt() || entry === 0) return 0;
    const field = (offset: number) => (attr === 0 ? 0 : memory.readWord(attr + offset));
    const priority = field(ATTR.priority) || PRIORITY.normal;
    if (!isPriority(priority)) return 0;
    const task = makeTask(context, {
      entry,
      nameAddress: field(ATTR.name),
      argument,
      priority,
      stack: field(ATTR.stackSize) || DEFAULT_STACK,
    });
    if (!task) return 0;
    task.whenReturned = 'end';
    task.joinable = (field(ATTR.bits) & JOINABLE) !== 0;
    return scheduler.settle(objects.handleOf(task));
  };

  const end = (task: Task) => {
    const isOwn = task === scheduler.current;
    endTask(context, task);
    return isOwn ? BLOCKED : scheduler.settle(OsStatus.OK);
  };

  return {
    osThreadNew: create,
    osThreadGetName: (handle) => (host.inInterrupt() ? 0 : (find(handle)?.nameAddress ?? 0)),
    osThreadGetId: () => objects.handleOf(scheduler.current),
    osThreadGetState: (handle) => {
      const task = find(handle);
      if (host.inInterrupt() || !task) return STATES.error;
      return task === scheduler.current && task.state === 'ready' ? STATES.running : STATES[task.state];
    },
    osThreadGetStackSize: (handle) => find(handle)?.askedStack ?? 0,
    osThreadGetStackSpace: (handle) => {
      const task = find(handle);
      return host.inInterrupt() || !task ? 0 : Math.max(0, task.askedStack - task.body.stackPeak());
    },
    osThreadSetPriority: (handle, priority) =>
      on(handle, (task) => {
        if (!isPriority(priority)) return OsStatus.ErrorParameter;
        task.basePriority = priority;
        if (task.mutexesHeld === 0 || priority > task.priority) scheduler.setPriority(task, priority);
        return scheduler.settle(OsStatus.OK);
      }),
    osThreadGetPriority: (handle) => (host.inInterrupt() ? -1 : (find(handle)?.priority ?? -1)),
    osThreadYield: () => (host.inInterrupt() ? OsStatus.ErrorISR : scheduler.yield()),
    osThreadSuspend: (handle) =>
      on(handle, (task) => {
        scheduler.suspend(task);
        if (task !== scheduler.current) return OsStatus.OK;
        task.body.answer(OsStatus.OK);
        return BLOCKED;
      }),
    osThreadResume: (handle) =>
      on(handle, (task) => scheduler.settle(scheduler.resume(task) ? OsStatus.OK : OsStatus.ErrorResource)),
    osThreadDetach: (handle) =>
      on(handle, (task) => {
        if (!task.joinable) return OsStatus.ErrorResource;
        task.joinable = false;
        return OsStatus.OK;
      }),
    osThreadJoin: (handle) =>
      on(handle, (task) => {
        if (!task.joinable || task === scheduler.current) return OsStatus.ErrorResource;
        const wait = { list: task.joining, attempt: () => undefined, expire: () => OsStatus.OK };
        return scheduler.wait('osThreadJoin', wait, FOREVER);
      }),
    osThreadExit: () => (scheduler.current ? end(scheduler.current) : BLOCKED),
    osThreadTerminate: (handle) => on(handle, end),
    osThreadGetCount: () => (host.inInterrupt() ? 0 : scheduler.tasks.length),
    osThreadEnumerate: (array, items) => {
      if (host.inInterrupt() || array === 0 || items <= 0) return 0;
      const some = scheduler.tasks.slice(0, items);
      for (const [index, task] of some.entries()) memory.writeWord(array + 4 * index, objects.handleOf(task));
      return some.length;
    },
  };
}
