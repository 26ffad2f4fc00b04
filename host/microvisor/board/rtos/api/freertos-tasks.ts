import { endTask, makeTask, nameAt, type RtosCalls, type RtosContext, taskOf } from '../rtos-context.js';
import { BLOCKED } from '../scheduler.js';
import { HIGHEST_PRIORITY, type Task } from '../task.js';

/** Bytes of a word of stack. */
const WORD = 4;

/** eTaskState */
const STATES = { running: 0, ready: 1, waiting: 2, suspended: 3, ended: 4 } as const;

/** Tasks, delays and the scheduler, by FreeRTOS's names. */
export function freertosTasks(context: RtosContext): RtosCalls {
  const { host, scheduler, objects } = context;
  const { memory } = host;
  const find = (call: string, handle: number) => taskOf(context, call, handle);
  const handleOf = (task: Task | undefined) => objects.handleOf(task);

  const create = (entry: number, name: number, words: number, argument: number, priority: number) =>
    makeTask(context, { entry, nameAddress: name, stack: (words >>> 0) * WORD, argument, priority: priority >>> 0 });

  const remove = (task: Task) => {
    endTask(context, task);
    return task === scheduler.current ? BLOCKED : scheduler.settle(0);
  };

  const delayUntil = (previousAddress: number, increment: number) => {
    const previous = memory.readWord(previousAddress);
    const wake = (previous + (increment >>> 0)) >>> 0;
    memory.writeWord(previousAddress, wake);
    const ticks = (wake - scheduler.tickCount()) | 0;
    if (ticks <= 0) return scheduler.settle(0);
    return scheduler.wait('xTaskDelayUntil', { attempt: () => undefined, expire: () => 1 }, ticks);
  };

  return {
    xTaskCreate: (entry, name, words, argument, priority, created) => {
      const task = create(entry, name, words, argument, priority);
      if (!task) return -1;
      if (created !== 0) memory.writeWord(created, handleOf(task));
      return scheduler.settle(1);
    },
    xTaskCreateStatic: (entry, name, words, argument, priority) =>
      scheduler.settle(handleOf(create(entry, name, words, argument, priority))),
    vTaskDelete: (handle) => remove(find('vTaskDelete', handle)),
    vTaskDelay: (ticks) =>
      ticks === 0
        ? scheduler.yield()
        : scheduler.wait('vTaskDelay', { attempt: () => undefined, expire: () => 0 }, ticks >>> 0),
    xTaskDelayUntil: delayUntil,
    xTaskAbortDelay: (handle) => {
      const task = find('xTaskAbortDelay', handle);
      if (task.state !== 'waiting' || !task.wait) return 0;
      scheduler.release(task, task.wait.expire(task));
      return scheduler.settle(1);
    },
    uxTaskPriorityGet: (handle) => find('uxTaskPriorityGet', handle).priority,
    uxTaskPriorityGetFromISR: (handle) => find('uxTaskPriorityGetFromISR', handle).priority,
    vTaskPrioritySet: (handle, priority) => {
      const task = find('vTaskPrioritySet', handle);
      const isLent = task.priority !== task.basePriority;
      task.basePriority = Math.min(priority >>> 0, HIGHEST_PRIORITY);
      if (!isLent || task.basePriority > task.priority) scheduler.setPriority(task, task.basePriority);
      return scheduler.settle(0);
    },
    vTaskSuspend: (handle) => {
      const task = find('vTaskSuspend', handle);
      scheduler.suspend(task);
      if (task !== scheduler.current || host.inInterrupt()) return 0;
      task.body.answer(0);
      return BLOCKED;
    },
    vTaskResume: (handle) => {
      scheduler.resume(find('vTaskResume', handle));
      return scheduler.settle(0);
    },
    xTaskResumeFromISR: (handle) => (scheduler.resume(find('xTaskResumeFromISR', handle)) ? 1 : 0),
    eTaskGetState: (handle) => {
      const task = find('eTaskGetState', handle);
      return task === scheduler.current && task.state === 'ready' ? STATES.running : STATES[task.state];
    },
    vTaskStartScheduler: () => scheduler.start(),
    vTaskEndScheduler: () => 0,
    vTaskSuspendAll: () => {
      scheduler.lock();
      return 0;
    },
    xTaskResumeAll: () => {
      scheduler.unlock();
      return scheduler.settle(0);
    },
    xTaskGetSchedulerState: () => (!scheduler.started ? 1 : scheduler.locks > 0 ? 0 : 2),
    xTaskGetTickCount: () => scheduler.tickCount() | 0,
    xTaskGetTickCountFromISR: () => scheduler.tickCount() | 0,
    uxTaskGetNumberOfTasks: () => scheduler.tasks.length,
    pcTaskGetName: (handle) => find('pcTaskGetName', handle).nameAddress,
    xTaskGetHandle: (name) => {
      const wanted = nameAt(context, name, '');
      return handleOf(scheduler.tasks.find((task) => task.name === wanted));
    },
    xTaskGetCurrentTaskHandle: () => handleOf(scheduler.current),
    xTaskGetIdleTaskHandle: () => 0,
    uxTaskGetStackHighWaterMark: (handle) => {
      const task = find('uxTaskGetStackHighWaterMark', handle);
      return Math.max(0, Math.floor(((task.askedStack || task.body.stackSize) - task.body.stackPeak()) / WORD));
    },
    vTaskSetTimeOutState: (timeout) => {
      memory.writeWord(timeout, scheduler.tickCount());
      return 0;
    },
    xTaskCheckForTimeOut: (timeout, ticksAddress) => {
      const ticks = memory.readWord(ticksAddress);
      const passed = (scheduler.tickCount() - memory.readWord(timeout)) >>> 0;
      if (ticks === 0xffff_ffff) return 0;
      memory.writeWord(ticksAddress, passed >= ticks ? 0 : ticks - passed);
      memory.writeWord(timeout, scheduler.tickCount());
      return passed >= ticks ? 1 : 0;
    },
    mv_rtos_yield: () => scheduler.yield(),
    xPortIsInsideInterrupt: () => (host.inInterrupt() ? 1 : 0),
    mv_board_delay: (milliseconds) => scheduler.spin(milliseconds >>> 0),
  };
}
