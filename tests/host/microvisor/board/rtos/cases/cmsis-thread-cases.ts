import type { GeneratorGuest, Steps } from '../generator-guest.js';
import { FOREVER, interrupt, type RtosCase, task, waiter } from './rtos-case.js';

/** Attributes of a thread in memory. */
function attributes(guest: GeneratorGuest, priority: number, bits = 0, stack = 0): number {
  const address = guest.alloc(36);
  guest.setWord(address, guest.text('thread'));
  guest.setWord(address + 4, bits);
  guest.setWord(address + 20, stack);
  guest.setWord(address + 24, priority);
  return address;
}
/** A thread that ends after `ticks`. */
const thread = (guest: GeneratorGuest, ticks = FOREVER, bits = 0) =>
  guest.rtos.calls.osThreadNew(
    guest.pointer(function* () {
      yield* guest.call('osDelay', ticks);
    }),
    0,
    attributes(guest, 20, bits, 2048),
  );
function* made(guest: GeneratorGuest, ticks = FOREVER, bits = 0): Steps<number> {
  const handle = thread(guest, ticks, bits);
  return typeof handle === 'number' ? handle : yield;
}
const own = (guest: GeneratorGuest) => guest.rtos.calls.osThreadGetId() as number;

/** Calls on a thread that a handler may not make, with their results there. */
const notInInterrupt = (call: string, returns: string, ...rest: number[]): RtosCase =>
  interrupt(call, 'not allowed there', returns, (g) => g.interrupt(call, own(g), ...rest));

/** Kernel, threads and thread flags of CMSIS-RTOS v2. */
export const cmsisThreadCases: readonly RtosCase[] = [
  task('osKernelInitialize', 'the kernel runs already', 'osError', (g) => g.call('osKernelInitialize')),
  interrupt('osKernelInitialize', 'not allowed there', 'osErrorISR', (g) => g.interrupt('osKernelInitialize')),
  task('osKernelGetInfo', 'the version of the specification', '20010003', function* (g) {
    const version = g.alloc(8);
    yield* g.call('osKernelGetInfo', version, g.alloc(32), 32);
    return g.word(version);
  }),
  task('osKernelGetState', 'it runs', '2 (osKernelRunning)', (g) => g.call('osKernelGetState')),
  task('osKernelStart', 'it runs already', 'osError', (g) => g.call('osKernelStart')),
  interrupt('osKernelStart', 'not allowed there', 'osErrorISR', (g) => g.interrupt('osKernelStart')),
  task('osKernelLock', 'it was not locked', '0', function* (g) {
    const before = yield* g.call('osKernelLock');
    yield* g.call('osKernelUnlock');
    return before;
  }),
  interrupt('osKernelLock', 'not allowed there', 'osErrorISR', (g) => g.interrupt('osKernelLock')),
  task('osKernelUnlock', 'it was locked', '1', function* (g) {
    yield* g.call('osKernelLock');
    return yield* g.call('osKernelUnlock');
  }),
  task('osKernelRestoreLock', 'to locked: the state', '3 (osKernelLocked)', function* (g) {
    yield* g.call('osKernelRestoreLock', 1);
    const state = yield* g.call('osKernelGetState');
    yield* g.call('osKernelRestoreLock', 0);
    return state;
  }),
  task('osKernelRestoreLock', 'to what no lock is', 'osError', (g) => g.call('osKernelRestoreLock', 5)),
  task('osKernelGetTickCount', 'after 8 ms', '8', function* (g) {
    yield* g.call('osDelay', 8);
    return yield* g.call('osKernelGetTickCount');
  }),
  task('osKernelGetTickFreq', 'in hertz', '1,000', (g) => g.call('osKernelGetTickFreq')),
  task('osKernelGetSysTimerCount', 'after 8 ms', '8,000', function* (g) {
    yield* g.call('osDelay', 8);
    return yield* g.call('osKernelGetSysTimerCount');
  }),
  task('osKernelGetSysTimerFreq', 'in hertz', '1,000,000', (g) => g.call('osKernelGetSysTimerFreq')),
  task('osDelay', 'after its ticks', 'osOK', (g) => g.call('osDelay', 10)),
  interrupt('osDelay', 'not allowed there', 'osErrorISR', (g) => g.interrupt('osDelay', 10)),
  task('osDelayUntil', 'the tick has passed', 'osErrorParameter', function* (g) {
    yield* g.call('osDelay', 10);
    return yield* g.call('osDelayUntil', 10);
  }),
  task('osDelayUntil', 'the tick is to come: the tick afterwards', '33', function* (g) {
    yield* g.call('osDelayUntil', 33);
    return yield* g.call('osKernelGetTickCount');
  }),

  task('osThreadNew', 'without a function', 'NULL', (g) => g.call('osThreadNew', 0, 0, 0)),
  task('osThreadNew', 'a priority that is none', 'NULL', (g) => g.call('osThreadNew', 1, 0, attributes(g, 57))),
  interrupt('osThreadNew', 'not allowed there', 'NULL', (g) => g.interrupt('osThreadNew', 1, 0, 0)),
  task('osThreadGetName', 'the first letter', '116 (t)', function* (g) {
    return g.word(yield* g.call('osThreadGetName', yield* made(g))) & 0xff;
  }),
  notInInterrupt('osThreadGetName', 'NULL'),
  task('osThreadGetId', 'the thread itself has an identifier: the difference to FreeRTOS', '0', function* (g) {
    return (yield* g.call('osThreadGetId')) - (yield* g.call('xTaskGetCurrentTaskHandle'));
  }),
  task('osThreadGetState', 'of the thread itself', '2 (osThreadRunning)', (g) => g.call('osThreadGetState', own(g))),
  task('osThreadGetState', 'of a thread that waits', '3 (osThreadBlocked)', function* (g) {
    return yield* g.call('osThreadGetState', yield* made(g));
  }),
  task('osThreadGetState', 'no such thread', '-1 (osThreadError)', (g) => g.call('osThreadGetState', 4)),
  task('osThreadGetStackSize', 'as asked for', '2,048', function* (g) {
    return yield* g.call('osThreadGetStackSize', yield* made(g));
  }),
  task('osThreadGetStackSpace', 'nothing of it was used', '2,048', function* (g) {
    return yield* g.call('osThreadGetStackSpace', yield* made(g));
  }),
  task('osThreadSetPriority', 'a priority that is none', 'osErrorParameter', (g) =>
    g.call('osThreadSetPriority', own(g), 0),
  ),
  task('osThreadSetPriority', 'of the thread itself', 'osOK', (g) => g.call('osThreadSetPriority', own(g), 30)),
  notInInterrupt('osThreadSetPriority', 'osErrorISR', 30),
  task('osThreadGetPriority', 'of a thread', '20', function* (g) {
    return yield* g.call('osThreadGetPriority', yield* made(g));
  }),
  task('osThreadGetPriority', 'no such thread', '-1 (osPriorityError)', (g) => g.call('osThreadGetPriority', 4)),
  task('osThreadYield', 'no equal thread is ready', 'osOK', (g) => g.call('osThreadYield')),
  interrupt('osThreadYield', 'not allowed there', 'osErrorISR', (g) => g.interrupt('osThreadYield')),
  task('osThreadSuspend', 'a thread', 'osOK', function* (g) {
    return yield* g.call('osThreadSuspend', yield* made(g));
  }),
  task('osThreadSuspend', 'no such thread', 'osErrorParameter', (g) => g.call('osThreadSuspend', 4)),
  task('osThreadResume', 'it is suspended', 'osOK', function* (g) {
    const handle = yield* made(g);
    yield* g.call('osThreadSuspend', handle);
    return yield* g.call('osThreadResume', handle);
  }),
  task('osThreadResume', 'it is not suspended', 'osErrorResource', function* (g) {
    return yield* g.call('osThreadResume', yield* made(g));
  }),
  task('osThreadJoin', 'the thread ends after 50 ticks: the tick', '50', function* (g) {
    yield* g.call('osThreadJoin', yield* made(g, 50, 1));
    return g.now;
  }),
  task('osThreadJoin', 'it is detached', 'osErrorResource', function* (g) {
    return yield* g.call('osThreadJoin', yield* made(g));
  }),
  task('osThreadDetach', 'it is joinable', 'osOK', function* (g) {
    return yield* g.call('osThreadDetach', yield* made(g, FOREVER, 1));
  }),
  task('osThreadDetach', 'it is detached', 'osErrorResource', function* (g) {
    return yield* g.call('osThreadDetach', yield* made(g));
  }),
  task('osThreadExit', 'the thread ends: the number of threads', '1', function* (g) {
    waiter(g, g.alloc(4), 'osThreadExit');
    yield* g.call('osDelay', 1);
    return yield* g.call('osThreadGetCount');
  }),
  task('osThreadTerminate', 'a thread', 'osOK', function* (g) {
    return yield* g.call('osThreadTerminate', yield* made(g));
  }),
  task('osThreadTerminate', 'it has ended', 'osErrorParameter', function* (g) {
    const handle = yield* made(g);
    yield* g.call('osThreadTerminate', handle);
    return yield* g.call('osThreadTerminate', handle);
  }),
  notInInterrupt('osThreadTerminate', 'osErrorISR'),
  task('osThreadGetCount', 'two threads', '2', function* (g) {
    yield* made(g);
    return yield* g.call('osThreadGetCount');
  }),
  task('osThreadEnumerate', 'an array for one of two', '1', function* (g) {
    yield* made(g);
    return yield* g.call('osThreadEnumerate', g.alloc(4), 1);
  }),

  task('osThreadFlagsSet', 'the flags afterwards', '5', function* (g) {
    yield* g.call('osThreadFlagsSet', own(g), 1);
    return yield* g.call('osThreadFlagsSet', own(g), 4);
  }),
  task('osThreadFlagsSet', 'the highest bit', 'osFlagsErrorParameter', (g) =>
    g.call('osThreadFlagsSet', own(g), -0x8000_0000),
  ),
  interrupt('osThreadFlagsSet', 'a thread waits: what its wait returns', '2', function* (g) {
    const result = g.alloc(4);
    const handle = waiter(g, result, 'osThreadFlagsWait', 2, 0, FOREVER);
    yield* g.call('osDelay', 1);
    g.interrupt('osThreadFlagsSet', handle, 2);
    yield* g.call('osDelay', 1);
    return g.word(result);
  }),
  task('osThreadFlagsClear', 'the flags before', '3', function* (g) {
    yield* g.call('osThreadFlagsSet', own(g), 3);
    return yield* g.call('osThreadFlagsClear', 1);
  }),
  task('osThreadFlagsGet', 'no flag is set', '0', (g) => g.call('osThreadFlagsGet')),
  task('osThreadFlagsWait', 'not set, timeout 0', 'osFlagsErrorResource', (g) => g.call('osThreadFlagsWait', 1, 0, 0)),
  task('osThreadFlagsWait', 'not set in time', 'osFlagsErrorTimeout', (g) => g.call('osThreadFlagsWait', 1, 0, 10)),
  task('osThreadFlagsWait', 'one of two is set, and all are waited for', 'osFlagsErrorTimeout', function* (g) {
    yield* g.call('osThreadFlagsSet', own(g), 1);
    return yield* g.call('osThreadFlagsWait', 3, 1, 10);
  }),
  interrupt('osThreadFlagsWait', 'not allowed there', 'osFlagsErrorISR', (g) =>
    g.interrupt('osThreadFlagsWait', 1, 0, 0),
  ),
];
