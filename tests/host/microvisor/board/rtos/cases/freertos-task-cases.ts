import type { GeneratorGuest } from '../generator-guest.js';
import { FOREVER, interrupt, type RtosCase, task, waiter } from './rtos-case.js';

/** A task of less urgency that waits for ever. */
const sleeper = (guest: GeneratorGuest, priority = 1) =>
  guest.task('sleeper', priority, function* () {
    for (;;) yield* guest.call('vTaskDelay', FOREVER);
  });
const own = (guest: GeneratorGuest) => guest.rtos.calls.xTaskGetCurrentTaskHandle() as number;

/** Tasks, time and notifications of FreeRTOS. */
export const freertosTaskCases: readonly RtosCase[] = [
  task(
    'xTaskCreate',
    'its stack is larger than the memory of the device',
    '-1 (errCOULD_NOT_ALLOCATE_REQUIRED_MEMORY)',
    (g) => g.call('xTaskCreate', 1, g.text('big'), 1_000_000, 0, 1, 0),
  ),
  task('xTaskCreate', 'there is memory', 'pdPASS', (g) => {
    const sleeps = g.pointer(function* () {
      for (;;) yield* g.call('vTaskDelay', FOREVER);
    });
    return g.call('xTaskCreate', sleeps, g.text('small'), 128, 0, 1, 0);
  }),
  task('xTaskCreateStatic', 'its stack is larger than the memory of the device', 'NULL', (g) =>
    g.call('xTaskCreateStatic', 1, g.text('big'), 1_000_000, 0, 1, 16, 16),
  ),
  task('vTaskDelete', 'another task: the number of tasks', '1', function* (g) {
    yield* g.call('vTaskDelete', sleeper(g));
    return yield* g.call('uxTaskGetNumberOfTasks');
  }),
  task('vTaskDelay', 'for 25 ticks: the ticks that have passed', '25', function* (g) {
    yield* g.call('vTaskDelay', 25);
    return g.now;
  }),
  task('xTaskDelayUntil', 'the time is to come', 'pdTRUE', (g) => g.call('xTaskDelayUntil', g.wordOf(0), 10)),
  task('xTaskDelayUntil', 'the time has passed', 'pdFALSE', function* (g) {
    yield* g.call('vTaskDelay', 20);
    return yield* g.call('xTaskDelayUntil', g.wordOf(0), 10);
  }),
  task('xTaskAbortDelay', 'the task is not blocked', 'pdFAIL', (g) => g.call('xTaskAbortDelay', 0)),
  task('xTaskAbortDelay', 'the task waits', 'pdPASS', function* (g) {
    const handle = waiter(g, g.alloc(4), 'vTaskDelay', FOREVER);
    yield* g.call('vTaskDelay', 1);
    return yield* g.call('xTaskAbortDelay', handle);
  }),
  task('uxTaskPriorityGet', 'of the task itself', '10', (g) => g.call('uxTaskPriorityGet', 0)),
  interrupt('uxTaskPriorityGetFromISR', 'of a task', '10', (g) => g.interrupt('uxTaskPriorityGetFromISR', own(g))),
  task('vTaskPrioritySet', 'to 5: the priority', '5', function* (g) {
    yield* g.call('vTaskPrioritySet', 0, 5);
    return yield* g.call('uxTaskPriorityGet', 0);
  }),
  task('vTaskSuspend', 'another task: its state', '3 (eSuspended)', function* (g) {
    const handle = sleeper(g);
    yield* g.call('vTaskSuspend', handle);
    return yield* g.call('eTaskGetState', handle);
  }),
  task('vTaskResume', 'a suspended task: its state', '1 (eReady)', function* (g) {
    const handle = sleeper(g);
    yield* g.call('vTaskSuspend', handle);
    yield* g.call('vTaskResume', handle);
    return yield* g.call('eTaskGetState', handle);
  }),
  interrupt('xTaskResumeFromISR', 'a suspended task', 'pdTRUE', function* (g) {
    const handle = sleeper(g);
    yield* g.call('vTaskSuspend', handle);
    return g.interrupt('xTaskResumeFromISR', handle);
  }),
  interrupt('xTaskResumeFromISR', 'a task that is not suspended', 'pdFALSE', (g) =>
    g.interrupt('xTaskResumeFromISR', sleeper(g)),
  ),
  task('eTaskGetState', 'of the task itself', '0 (eRunning)', (g) => g.call('eTaskGetState', own(g))),
  task('eTaskGetState', 'of a task that waits', '2 (eBlocked)', function* (g) {
    const handle = waiter(g, g.alloc(4), 'vTaskDelay', FOREVER);
    yield* g.call('vTaskDelay', 1);
    return yield* g.call('eTaskGetState', handle);
  }),
  task('vTaskSuspendAll', 'the state of the scheduler', '0 (taskSCHEDULER_SUSPENDED)', function* (g) {
    yield* g.call('vTaskSuspendAll');
    const state = yield* g.call('xTaskGetSchedulerState');
    yield* g.call('xTaskResumeAll');
    return state;
  }),
  task('xTaskResumeAll', 'no other task became ready', 'pdFALSE', function* (g) {
    yield* g.call('vTaskSuspendAll');
    return yield* g.call('xTaskResumeAll');
  }),
  task('xTaskGetSchedulerState', 'it runs', '2 (taskSCHEDULER_RUNNING)', (g) => g.call('xTaskGetSchedulerState')),
  task('xTaskGetTickCount', 'after 12 ms', '12', function* (g) {
    yield* g.call('vTaskDelay', 12);
    return yield* g.call('xTaskGetTickCount');
  }),
  interrupt('xTaskGetTickCountFromISR', 'after 12 ms', '12', function* (g) {
    yield* g.call('vTaskDelay', 12);
    return g.interrupt('xTaskGetTickCountFromISR');
  }),
  task('uxTaskGetNumberOfTasks', 'two tasks', '2', function* (g) {
    sleeper(g);
    return yield* g.call('uxTaskGetNumberOfTasks');
  }),
  task('pcTaskGetName', 'the address of its name: the first letter', '116 (t)', function* (g) {
    return g.word(yield* g.call('pcTaskGetName', 0)) & 0xff;
  }),
  task('xTaskGetHandle', 'no task has the name', 'NULL', (g) => g.call('xTaskGetHandle', g.text('nobody'))),
  task('xTaskGetCurrentTaskHandle', 'the same handle again: the difference', '0', function* (g) {
    return (yield* g.call('xTaskGetCurrentTaskHandle')) - (yield* g.call('xTaskGetHandle', g.text('test')));
  }),
  task('xTaskGetIdleTaskHandle', 'the host has no idle task', 'NULL', (g) => g.call('xTaskGetIdleTaskHandle')),
  task('uxTaskGetStackHighWaterMark', 'nothing of 256 words was used', '256', (g) =>
    g.call('uxTaskGetStackHighWaterMark', 0),
  ),
  task('xTaskCheckForTimeOut', 'some ticks are left', 'pdFALSE', function* (g) {
    const [timeout, ticks] = [g.alloc(8), g.wordOf(20)];
    yield* g.call('vTaskSetTimeOutState', timeout);
    yield* g.call('vTaskDelay', 5);
    return yield* g.call('xTaskCheckForTimeOut', timeout, ticks);
  }),
  task('xTaskCheckForTimeOut', 'the ticks have passed', 'pdTRUE', function* (g) {
    const [timeout, ticks] = [g.alloc(8), g.wordOf(20)];
    yield* g.call('vTaskSetTimeOutState', timeout);
    yield* g.call('vTaskDelay', 20);
    return yield* g.call('xTaskCheckForTimeOut', timeout, ticks);
  }),
  task('vTaskSetTimeOutState', 'the tick is noted', '3', function* (g) {
    yield* g.call('vTaskDelay', 3);
    const timeout = g.alloc(8);
    yield* g.call('vTaskSetTimeOutState', timeout);
    return g.word(timeout);
  }),
  task('mv_rtos_yield', 'no equal task is ready', '0', (g) => g.call('mv_rtos_yield')),
  task('xPortIsInsideInterrupt', 'in a task', 'pdFALSE', (g) => g.call('xPortIsInsideInterrupt')),
  interrupt('xPortIsInsideInterrupt', 'in a handler', 'pdTRUE', (g) => g.interrupt('xPortIsInsideInterrupt')),
  task('mv_board_delay', 'for 40 ms, as HAL_Delay does: the time', '40', function* (g) {
    yield* g.call('mv_board_delay', 40);
    return g.now;
  }),
  interrupt('mv_board_delay', 'in a handler, where HAL_Delay spins: the time', '0', (g) => {
    g.interrupt('mv_board_delay', 40);
    return g.now;
  }),

  task('xTaskGenericNotify', 'eSetValueWithoutOverwrite, and the last value was not read', 'pdFAIL', function* (g) {
    const handle = own(g);
    yield* g.call('xTaskGenericNotify', handle, 0, 1, 4, 0);
    return yield* g.call('xTaskGenericNotify', handle, 0, 2, 4, 0);
  }),
  task('xTaskGenericNotify', 'eIncrement', 'pdPASS', (g) => g.call('xTaskGenericNotify', own(g), 0, 0, 2, 0)),
  task('xTaskGenericNotify', 'eSetBits: the previous value', '4', function* (g) {
    const [handle, previous] = [own(g), g.alloc(4)];
    yield* g.call('xTaskGenericNotify', handle, 0, 4, 1, 0);
    yield* g.call('xTaskGenericNotify', handle, 0, 3, 1, previous);
    return g.word(previous);
  }),
  interrupt('xTaskGenericNotifyFromISR', 'eSetValueWithOverwrite', 'pdPASS', (g) =>
    g.interrupt('xTaskGenericNotifyFromISR', own(g), 0, 9, 3, 0, g.alloc(4)),
  ),
  interrupt('vTaskGenericNotifyGiveFromISR', 'a task waits for it: what it takes', '1', function* (g) {
    const result = g.wordOf(9);
    const handle = waiter(g, result, 'ulTaskGenericNotifyTake', 0, 1, FOREVER);
    yield* g.call('vTaskDelay', 1);
    g.interrupt('vTaskGenericNotifyGiveFromISR', handle, 0, g.alloc(4));
    yield* g.call('vTaskDelay', 1);
    return g.word(result);
  }),
  task('ulTaskGenericNotifyTake', 'nothing comes', '0', (g) => g.call('ulTaskGenericNotifyTake', 0, 1, 30)),
  task('ulTaskGenericNotifyTake', 'given twice, one taken at a time', '2', function* (g) {
    const handle = own(g);
    yield* g.call('xTaskGenericNotify', handle, 0, 0, 2, 0);
    yield* g.call('xTaskGenericNotify', handle, 0, 0, 2, 0);
    return yield* g.call('ulTaskGenericNotifyTake', 0, 0, 0);
  }),
  task('xTaskGenericNotifyWait', 'nothing comes', 'pdFALSE', (g) => g.call('xTaskGenericNotifyWait', 0, 0, 0, 0, 30)),
  task('xTaskGenericNotifyWait', 'a value is there: the value', '5', function* (g) {
    const value = g.alloc(4);
    yield* g.call('xTaskGenericNotify', own(g), 3, 5, 3, 0);
    yield* g.call('xTaskGenericNotifyWait', 3, 0, FOREVER, value, 0);
    return g.word(value);
  }),
  task('xTaskGenericNotifyStateClear', 'a value was pending', 'pdTRUE', function* (g) {
    yield* g.call('xTaskGenericNotify', own(g), 0, 5, 3, 0);
    return yield* g.call('xTaskGenericNotifyStateClear', 0, 0);
  }),
  task('ulTaskGenericNotifyValueClear', 'the value before', '7', function* (g) {
    yield* g.call('xTaskGenericNotify', own(g), 0, 7, 3, 0);
    return yield* g.call('ulTaskGenericNotifyValueClear', 0, 0, 2);
  }),
];
