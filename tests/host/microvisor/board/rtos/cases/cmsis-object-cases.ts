import type { GeneratorGuest } from '../generator-guest.js';
import { FOREVER, interrupt, type RtosCase, task, waiter } from './rtos-case.js';

const make =
  (call: string, ...args: number[]) =>
  (guest: GeneratorGuest) =>
    guest.rtos.calls[call](...args) as number;
const queue = make('osMessageQueueNew', 1, 4, 0);
const semaphore = make('osSemaphoreNew', 1, 0, 0);
const flags = make('osEventFlagsNew', 0);
const mutex = make('osMutexNew', 0);

function full(guest: GeneratorGuest): number {
  const handle = queue(guest);
  guest.rtos.calls.osMessageQueuePut(handle, guest.wordOf(7), 0, 0);
  return handle;
}
const timer = (guest: GeneratorGuest, count: number, periodic = 0) =>
  guest.rtos.calls.osTimerNew(
    guest.pointer(function* () {
      guest.setWord(count, guest.word(count) + 1);
      yield* guest.call('osThreadYield');
    }),
    periodic,
    0,
    0,
  ) as number;
/** Attributes with a name and bits. */
function attributes(guest: GeneratorGuest, bits = 0): number {
  const address = guest.alloc(24);
  guest.setWord(address, 64);
  guest.setWord(address + 4, bits);
  return address;
}
/** What a handler may not call, on an object. */
const refused = (
  call: string,
  returns: string,
  object: (guest: GeneratorGuest) => number,
  ...rest: number[]
): RtosCase => interrupt(call, 'not allowed there', returns, (g) => g.interrupt(call, object(g), ...rest));
/** What is called with a handle that is none. */
const unknown = (call: string, returns: string, ...rest: number[]): RtosCase =>
  task(call, 'the handle is none', returns, (g) => g.call(call, 4, ...rest));
/** The name that the attributes gave. */
const named = (call: string, create: (guest: GeneratorGuest) => number): RtosCase =>
  task(call, 'the address of its name', '64', (g) => g.call(call, create(g)));

/** Queues, semaphores, mutexes, event flags and timers of CMSIS-RTOS v2. */
export const cmsisObjectCases: readonly RtosCase[] = [
  task('osMessageQueueNew', 'messages of 0 bytes', 'NULL', (g) => g.call('osMessageQueueNew', 1, 0, 0)),
  interrupt('osMessageQueueNew', 'not allowed there', 'NULL', (g) => g.interrupt('osMessageQueueNew', 1, 4, 0)),
  named('osMessageQueueGetName', (g) => g.rtos.calls.osMessageQueueNew(1, 4, attributes(g)) as number),
  task('osMessageQueuePut', 'there is room', 'osOK', (g) => g.call('osMessageQueuePut', queue(g), g.wordOf(1), 0, 0)),
  task('osMessageQueuePut', 'it is full, timeout 0', 'osErrorResource', (g) =>
    g.call('osMessageQueuePut', full(g), g.wordOf(1), 0, 0),
  ),
  task('osMessageQueuePut', 'it stays full', 'osErrorTimeout', (g) =>
    g.call('osMessageQueuePut', full(g), g.wordOf(1), 0, 10),
  ),
  unknown('osMessageQueuePut', 'osErrorParameter', 64, 0, 0),
  interrupt('osMessageQueuePut', 'there is room', 'osOK', (g) =>
    g.interrupt('osMessageQueuePut', queue(g), g.wordOf(1), 0, 0),
  ),
  interrupt('osMessageQueuePut', 'it is full', 'osErrorResource', (g) =>
    g.interrupt('osMessageQueuePut', full(g), g.wordOf(1), 0, 0),
  ),
  interrupt('osMessageQueuePut', 'with a timeout', 'osErrorParameter', (g) =>
    g.interrupt('osMessageQueuePut', queue(g), g.wordOf(1), 0, 5),
  ),
  task('osMessageQueuePut', 'a more urgent thread waits: what both return', 'osOK', function* (g) {
    const [handle, result] = [queue(g), g.wordOf(9)];
    waiter(g, result, 'osMessageQueueGet', handle, g.alloc(4), 0, FOREVER);
    const put = yield* g.call('osMessageQueuePut', handle, g.wordOf(1), 0, 0);
    return put + g.word(result);
  }),
  task('osMessageQueueGet', 'there is a message: it', '7', function* (g) {
    const buffer = g.alloc(4);
    yield* g.call('osMessageQueueGet', full(g), buffer, g.alloc(1), 0);
    return g.word(buffer);
  }),
  task('osMessageQueueGet', 'it is empty, timeout 0', 'osErrorResource', (g) =>
    g.call('osMessageQueueGet', queue(g), g.alloc(4), 0, 0),
  ),
  task('osMessageQueueGet', 'it stays empty', 'osErrorTimeout', (g) =>
    g.call('osMessageQueueGet', queue(g), g.alloc(4), 0, 10),
  ),
  interrupt('osMessageQueueGet', 'there is a message', 'osOK', (g) =>
    g.interrupt('osMessageQueueGet', full(g), g.alloc(4), 0, 0),
  ),
  task('osMessageQueueGetCapacity', 'of one message', '1', (g) => g.call('osMessageQueueGetCapacity', queue(g))),
  task('osMessageQueueGetMsgSize', 'of four bytes', '4', (g) => g.call('osMessageQueueGetMsgSize', queue(g))),
  task('osMessageQueueGetCount', 'it is full', '1', (g) => g.call('osMessageQueueGetCount', full(g))),
  task('osMessageQueueGetSpace', 'it is full', '0', (g) => g.call('osMessageQueueGetSpace', full(g))),
  task('osMessageQueueReset', 'it was full: the count', '0', function* (g) {
    const handle = full(g);
    yield* g.call('osMessageQueueReset', handle);
    return yield* g.call('osMessageQueueGetCount', handle);
  }),
  refused('osMessageQueueReset', 'osErrorISR', queue),
  task('osMessageQueueDelete', 'it is there', 'osOK', (g) => g.call('osMessageQueueDelete', queue(g))),
  unknown('osMessageQueueDelete', 'osErrorParameter'),
  refused('osMessageQueueDelete', 'osErrorISR', queue),

  task('osSemaphoreNew', 'the count is above the maximum', 'NULL', (g) => g.call('osSemaphoreNew', 1, 2, 0)),
  named('osSemaphoreGetName', (g) => g.rtos.calls.osSemaphoreNew(1, 1, attributes(g)) as number),
  task('osSemaphoreAcquire', 'there is a token', 'osOK', (g) =>
    g.call('osSemaphoreAcquire', make('osSemaphoreNew', 1, 1, 0)(g), 0),
  ),
  task('osSemaphoreAcquire', 'there is none, timeout 0', 'osErrorResource', (g) =>
    g.call('osSemaphoreAcquire', semaphore(g), 0),
  ),
  task('osSemaphoreAcquire', 'none comes', 'osErrorTimeout', (g) => g.call('osSemaphoreAcquire', semaphore(g), 10)),
  interrupt('osSemaphoreAcquire', 'with a timeout', 'osErrorParameter', (g) =>
    g.interrupt('osSemaphoreAcquire', semaphore(g), 10),
  ),
  task('osSemaphoreRelease', 'all tokens are there', 'osErrorResource', (g) =>
    g.call('osSemaphoreRelease', make('osSemaphoreNew', 1, 1, 0)(g)),
  ),
  interrupt('osSemaphoreRelease', 'a thread waits: what its wait returns', 'osOK', function* (g) {
    const [handle, result] = [semaphore(g), g.wordOf(9)];
    waiter(g, result, 'osSemaphoreAcquire', handle, FOREVER);
    yield* g.call('osDelay', 1);
    g.interrupt('osSemaphoreRelease', handle);
    yield* g.call('osDelay', 1);
    return g.word(result);
  }),
  task('osSemaphoreGetCount', 'two of three', '2', (g) =>
    g.call('osSemaphoreGetCount', make('osSemaphoreNew', 3, 2, 0)(g)),
  ),
  task('osSemaphoreDelete', 'it is there', 'osOK', (g) => g.call('osSemaphoreDelete', semaphore(g))),
  refused('osSemaphoreDelete', 'osErrorISR', semaphore),

  interrupt('osMutexNew', 'not allowed there', 'NULL', (g) => g.interrupt('osMutexNew', 0)),
  named('osMutexGetName', (g) => g.rtos.calls.osMutexNew(attributes(g)) as number),
  task('osMutexAcquire', 'it is free', 'osOK', (g) => g.call('osMutexAcquire', mutex(g), 0)),
  task('osMutexAcquire', 'a recursive one for the second time', 'osOK', function* (g) {
    const handle = yield* g.call('osMutexNew', attributes(g, 1));
    yield* g.call('osMutexAcquire', handle, 0);
    return yield* g.call('osMutexAcquire', handle, 0);
  }),
  task('osMutexAcquire', 'another thread holds it, timeout 0', 'osErrorResource', function* (g) {
    const handle = mutex(g);
    waiter(g, g.alloc(4), 'osMutexAcquire', handle, 0);
    yield* g.call('osDelay', 1);
    return yield* g.call('osMutexAcquire', handle, 0);
  }),
  task('osMutexAcquire', 'another thread keeps it', 'osErrorTimeout', function* (g) {
    const handle = mutex(g);
    waiter(g, g.alloc(4), 'osMutexAcquire', handle, 0);
    yield* g.call('osDelay', 1);
    return yield* g.call('osMutexAcquire', handle, 10);
  }),
  refused('osMutexAcquire', 'osErrorISR', mutex, 0),
  task('osMutexRelease', 'the thread does not hold it', 'osErrorResource', (g) => g.call('osMutexRelease', mutex(g))),
  task('osMutexRelease', 'the thread holds it', 'osOK', function* (g) {
    const handle = mutex(g);
    yield* g.call('osMutexAcquire', handle, 0);
    return yield* g.call('osMutexRelease', handle);
  }),
  refused('osMutexRelease', 'osErrorISR', mutex),
  task('osMutexGetOwner', 'it is free', 'NULL', (g) => g.call('osMutexGetOwner', mutex(g))),
  task('osMutexDelete', 'it is there', 'osOK', (g) => g.call('osMutexDelete', mutex(g))),

  interrupt('osEventFlagsNew', 'not allowed there', 'NULL', (g) => g.interrupt('osEventFlagsNew', 0)),
  named('osEventFlagsGetName', (g) => g.rtos.calls.osEventFlagsNew(attributes(g)) as number),
  task('osEventFlagsSet', 'the flags afterwards', '6', (g) => g.call('osEventFlagsSet', flags(g), 6)),
  task('osEventFlagsSet', 'one of the upper eight bits', 'osFlagsErrorParameter', (g) =>
    g.call('osEventFlagsSet', flags(g), 1 << 24),
  ),
  interrupt('osEventFlagsSet', 'the flags afterwards', '2', (g) => g.interrupt('osEventFlagsSet', flags(g), 2)),
  task('osEventFlagsClear', 'the flags before', '3', function* (g) {
    const handle = flags(g);
    yield* g.call('osEventFlagsSet', handle, 3);
    return yield* g.call('osEventFlagsClear', handle, 1);
  }),
  task('osEventFlagsGet', 'no flag is set', '0', (g) => g.call('osEventFlagsGet', flags(g))),
  task('osEventFlagsWait', 'not set, timeout 0', 'osFlagsErrorResource', (g) =>
    g.call('osEventFlagsWait', flags(g), 1, 0, 0),
  ),
  task('osEventFlagsWait', 'not set in time', 'osFlagsErrorTimeout', (g) =>
    g.call('osEventFlagsWait', flags(g), 1, 0, 10),
  ),
  task('osEventFlagsWait', 'osFlagsNoClear: the flags afterwards', '1', function* (g) {
    const handle = flags(g);
    yield* g.call('osEventFlagsSet', handle, 1);
    yield* g.call('osEventFlagsWait', handle, 1, 2, 0);
    return yield* g.call('osEventFlagsGet', handle);
  }),
  interrupt('osEventFlagsWait', 'with a timeout', 'osFlagsErrorParameter', (g) =>
    g.interrupt('osEventFlagsWait', flags(g), 1, 0, 10),
  ),
  task('osEventFlagsDelete', 'they are there', 'osOK', (g) => g.call('osEventFlagsDelete', flags(g))),
  refused('osEventFlagsDelete', 'osErrorISR', flags),

  task('osTimerNew', 'without a function', 'NULL', (g) => g.call('osTimerNew', 0, 0, 0, 0)),
  named('osTimerGetName', (g) => g.rtos.calls.osTimerNew(1, 0, 0, attributes(g)) as number),
  task('osTimerStart', 'with 0 ticks', 'osErrorParameter', (g) => g.call('osTimerStart', timer(g, g.alloc(4)), 0)),
  task('osTimerStart', 'of a periodic timer: calls of its callback in five periods', '5', function* (g) {
    const count = g.alloc(4);
    yield* g.call('osTimerStart', timer(g, count, 1), 10);
    yield* g.call('osDelay', 55);
    return g.word(count);
  }),
  interrupt('osTimerStart', 'not allowed there', 'osErrorISR', (g) =>
    g.interrupt('osTimerStart', timer(g, g.alloc(4)), 10),
  ),
  task('osTimerStop', 'it does not run', 'osErrorResource', (g) => g.call('osTimerStop', timer(g, g.alloc(4)))),
  task('osTimerStop', 'it runs', 'osOK', function* (g) {
    const handle = timer(g, g.alloc(4));
    yield* g.call('osTimerStart', handle, 10);
    return yield* g.call('osTimerStop', handle);
  }),
  task('osTimerIsRunning', 'it was started', '1', function* (g) {
    const handle = timer(g, g.alloc(4));
    yield* g.call('osTimerStart', handle, 10);
    return yield* g.call('osTimerIsRunning', handle);
  }),
  task('osTimerDelete', 'it is there', 'osOK', (g) => g.call('osTimerDelete', timer(g, g.alloc(4)))),
  unknown('osTimerDelete', 'osErrorParameter'),
];
