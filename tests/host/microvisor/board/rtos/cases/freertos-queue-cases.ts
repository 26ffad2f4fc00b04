import type { GeneratorGuest } from '../generator-guest.js';
import { FOREVER, interrupt, type RtosCase, task, waiter } from './rtos-case.js';

const queue = (guest: GeneratorGuest, length = 1) => guest.rtos.calls.xQueueGenericCreate(length, 4, 0) as number;
const binary = (guest: GeneratorGuest) => guest.rtos.calls.xQueueGenericCreate(1, 0, 3) as number;
const mutex = (guest: GeneratorGuest, type = 1) => guest.rtos.calls.xQueueCreateMutex(type) as number;

/** A queue whose only place is taken, by `value`. */
function full(guest: GeneratorGuest, value = 7): number {
  const handle = queue(guest);
  guest.rtos.calls.xQueueGenericSend(handle, guest.wordOf(value), 0, 0);
  return handle;
}

/** Queues, semaphores and mutexes of FreeRTOS. */
export const freertosQueueCases: readonly RtosCase[] = [
  task('xQueueGenericCreate', 'the length is 0', 'NULL', (g) => g.call('xQueueGenericCreate', 0, 4, 0)),
  task('xQueueGenericCreate', 'its items need more memory than the device has', 'NULL', (g) =>
    g.call('xQueueGenericCreate', 100_000, 100, 0),
  ),
  task('xQueueGenericSend', 'there is room', 'pdPASS', (g) => g.call('xQueueGenericSend', queue(g), g.wordOf(1), 0, 0)),
  task('xQueueGenericSend', 'it is full, and 0 ticks are given', 'errQUEUE_FULL', (g) =>
    g.call('xQueueGenericSend', full(g), g.wordOf(1), 0, 0),
  ),
  task('xQueueGenericSend', 'it stays full for the ticks', 'errQUEUE_FULL', (g) =>
    g.call('xQueueGenericSend', full(g), g.wordOf(1), 50, 0),
  ),
  task('xQueueGenericSend', 'room is made while it waits', 'pdPASS', function* (g) {
    const handle = full(g);
    const result = g.wordOf(9);
    waiter(g, result, 'xQueueGenericSend', handle, g.wordOf(1), FOREVER, 0);
    yield* g.call('vTaskDelay', 1);
    yield* g.call('xQueueReceive', handle, g.alloc(4), 0);
    return g.word(result);
  }),
  task('xQueueGenericSend', 'queueOVERWRITE to a full queue', 'pdPASS', (g) =>
    g.call('xQueueGenericSend', full(g), g.wordOf(1), 0, 2),
  ),
  task('xQueueGenericSend', 'queueSEND_TO_FRONT: it is received first', '2', function* (g) {
    const handle = queue(g, 2);
    yield* g.call('xQueueGenericSend', handle, g.wordOf(1), 0, 0);
    yield* g.call('xQueueGenericSend', handle, g.wordOf(2), 0, 1);
    const buffer = g.alloc(4);
    yield* g.call('xQueueReceive', handle, buffer, 0);
    return g.word(buffer);
  }),
  interrupt('xQueueGenericSendFromISR', 'there is room', 'pdPASS', (g) =>
    g.interrupt('xQueueGenericSendFromISR', queue(g), g.wordOf(1), g.alloc(4), 0),
  ),
  interrupt('xQueueGenericSendFromISR', 'it is full', 'errQUEUE_FULL', (g) =>
    g.interrupt('xQueueGenericSendFromISR', full(g), g.wordOf(1), 0, 0),
  ),
  task('xQueueReceive', 'there is an item', 'pdPASS', (g) => g.call('xQueueReceive', full(g), g.alloc(4), 0)),
  task('xQueueReceive', 'there is an item: the buffer has it', '7', function* (g) {
    const buffer = g.alloc(4);
    yield* g.call('xQueueReceive', full(g), buffer, 0);
    return g.word(buffer);
  }),
  task('xQueueReceive', 'it is empty, and 0 ticks are given', 'errQUEUE_EMPTY', (g) =>
    g.call('xQueueReceive', queue(g), g.alloc(4), 0),
  ),
  task('xQueueReceive', 'it stays empty for the ticks', 'errQUEUE_EMPTY', (g) =>
    g.call('xQueueReceive', queue(g), g.alloc(4), 100),
  ),
  task('xQueueReceive', 'an item comes while it waits', 'pdPASS', function* (g) {
    const [handle, result] = [queue(g), g.wordOf(9)];
    waiter(g, result, 'xQueueReceive', handle, g.alloc(4), FOREVER);
    yield* g.call('xQueueGenericSend', handle, g.wordOf(1), 0, 0);
    return g.word(result);
  }),
  interrupt('xQueueReceiveFromISR', 'there is an item', 'pdPASS', (g) =>
    g.interrupt('xQueueReceiveFromISR', full(g), g.alloc(4), 0),
  ),
  interrupt('xQueueReceiveFromISR', 'it is empty', 'pdFAIL', (g) =>
    g.interrupt('xQueueReceiveFromISR', queue(g), g.alloc(4), 0),
  ),
  task('xQueuePeek', 'there is an item, which stays: the number of items', '1', function* (g) {
    const handle = full(g);
    yield* g.call('xQueuePeek', handle, g.alloc(4), 0);
    return yield* g.call('uxQueueMessagesWaiting', handle);
  }),
  task('xQueuePeek', 'it is empty', 'errQUEUE_EMPTY', (g) => g.call('xQueuePeek', queue(g), g.alloc(4), 1)),
  interrupt('xQueuePeekFromISR', 'there is an item', 'pdPASS', (g) =>
    g.interrupt('xQueuePeekFromISR', full(g), g.alloc(4)),
  ),
  task('uxQueueMessagesWaiting', 'it has one item', '1', (g) => g.call('uxQueueMessagesWaiting', full(g))),
  interrupt('uxQueueMessagesWaitingFromISR', 'it has one item', '1', (g) =>
    g.interrupt('uxQueueMessagesWaitingFromISR', full(g)),
  ),
  task('uxQueueSpacesAvailable', 'a queue of three is empty', '3', (g) =>
    g.call('uxQueueSpacesAvailable', queue(g, 3)),
  ),
  interrupt('xQueueIsQueueEmptyFromISR', 'it is empty', 'pdTRUE', (g) =>
    g.interrupt('xQueueIsQueueEmptyFromISR', queue(g)),
  ),
  interrupt('xQueueIsQueueFullFromISR', 'it is full', 'pdTRUE', (g) =>
    g.interrupt('xQueueIsQueueFullFromISR', full(g)),
  ),
  task('xQueueGenericReset', 'it was full: the number of items', '0', function* (g) {
    const handle = full(g);
    yield* g.call('xQueueGenericReset', handle, 0);
    return yield* g.call('uxQueueMessagesWaiting', handle);
  }),
  task('vQueueDelete', 'the queue is there', '0', (g) => g.call('vQueueDelete', queue(g))),
  task('vQueueAddToRegistry', 'the queue is there', '0', (g) => g.call('vQueueAddToRegistry', queue(g), 64)),
  task('pcQueueGetName', 'it was given a name: the address', '64 (the name)', function* (g) {
    const handle = queue(g);
    yield* g.call('vQueueAddToRegistry', handle, 64);
    return yield* g.call('pcQueueGetName', handle);
  }),
  task('xQueueCreateCountingSemaphore', 'the count is above the maximum', 'NULL', (g) =>
    g.call('xQueueCreateCountingSemaphore', 2, 3),
  ),
  task('xQueueCreateCountingSemaphore', 'three of five: the count', '3', (g) =>
    g.call('uxQueueMessagesWaiting', g.rtos.calls.xQueueCreateCountingSemaphore(5, 3) as number),
  ),
  task('xQueueSemaphoreTake', 'a binary semaphore was not given', 'pdFALSE', (g) =>
    g.call('xQueueSemaphoreTake', binary(g), 10),
  ),
  task('xQueueSemaphoreTake', 'it was given', 'pdTRUE', function* (g) {
    const handle = binary(g);
    yield* g.call('xQueueGenericSend', handle, 0, 0, 0);
    return yield* g.call('xQueueSemaphoreTake', handle, 0);
  }),
  task('xQueueSemaphoreTake', 'a mutex that the task itself holds', 'pdFALSE', function* (g) {
    const handle = mutex(g);
    yield* g.call('xQueueSemaphoreTake', handle, 0);
    return yield* g.call('xQueueSemaphoreTake', handle, 10);
  }),
  interrupt('xQueueGiveFromISR', 'it was taken', 'pdTRUE', (g) =>
    g.interrupt('xQueueGiveFromISR', binary(g), g.alloc(4)),
  ),
  interrupt('xQueueGiveFromISR', 'it was given already', 'errQUEUE_FULL', (g) => {
    const handle = binary(g);
    g.interrupt('xQueueGiveFromISR', handle, 0);
    return g.interrupt('xQueueGiveFromISR', handle, 0);
  }),
  task('xQueueCreateMutex', 'made: it can be taken', 'pdTRUE', (g) => g.call('xQueueSemaphoreTake', mutex(g), 0)),
  task('xQueueTakeMutexRecursive', 'the task holds it', 'pdTRUE', function* (g) {
    const handle = mutex(g, 4);
    yield* g.call('xQueueTakeMutexRecursive', handle, 0);
    return yield* g.call('xQueueTakeMutexRecursive', handle, 0);
  }),
  task('xQueueGiveMutexRecursive', 'the task does not hold it', 'pdFALSE', (g) =>
    g.call('xQueueGiveMutexRecursive', mutex(g, 4)),
  ),
  task('xQueueGiveMutexRecursive', 'given once of twice: still held', 'pdFALSE', function* (g) {
    const handle = mutex(g, 4);
    yield* g.call('xQueueTakeMutexRecursive', handle, 0);
    yield* g.call('xQueueTakeMutexRecursive', handle, 0);
    yield* g.call('xQueueGiveMutexRecursive', handle);
    const result = g.wordOf(9);
    waiter(g, result, 'xQueueTakeMutexRecursive', handle, 5);
    yield* g.call('vTaskDelay', 10);
    return g.word(result);
  }),
  task('xQueueGetMutexHolder', 'nobody holds it', 'NULL', (g) => g.call('xQueueGetMutexHolder', mutex(g))),
  interrupt('xQueueGetMutexHolderFromISR', 'nobody holds it', 'NULL', (g) =>
    g.interrupt('xQueueGetMutexHolderFromISR', mutex(g)),
  ),
];
