import { KernelMutex, KernelQueue, type QueuePosition } from '../kernel-queue.js';
import { objectOf, type RtosCalls, type RtosContext, setWoken } from '../rtos-context.js';
import { LARGEST_STORAGE } from '../rtos-objects.js';
import type { Answer } from '../scheduler.js';

const POSITIONS: readonly QueuePosition[] = ['back', 'front', 'overwrite'];
const OUTCOME = { done: 1, atOnce: 0, afterTime: 0 };
/** queueQUEUE_TYPE_RECURSIVE_MUTEX */
const RECURSIVE = 4;

/** Queues, semaphores and mutexes, by FreeRTOS's names. */
export function freertosQueues(context: RtosContext): RtosCalls {
  const { objects, queues, scheduler } = context;
  const find = (call: string, handle: number) => objectOf(context, KernelQueue, call, handle);
  const positionOf = (position: number) => POSITIONS[position] ?? 'back';

  const create = (length: number, itemSize: number, count = 0) => {
    const [capacity, size] = [length >>> 0, itemSize >>> 0];
    if (capacity === 0 || capacity > 0x7fff_ffff || capacity * size > LARGEST_STORAGE || count > capacity) return 0;
    return objects.add(new KernelQueue(capacity, size, count), capacity * size);
  };
  const fromInterrupt = (woken: number, result: Answer) => {
    setWoken(context, woken);
    return result;
  };
  const receive = (call: string, handle: number, buffer: number, ticks: number, isPeek = false) =>
    queues.receive(call, find(call, handle), buffer, ticks >>> 0, OUTCOME, isPeek);

  const take = (call: string, handle: number, ticks: number) => {
    const queue = find(call, handle);
    if (queue instanceof KernelMutex) return queues.take(call, queue, ticks >>> 0, OUTCOME);
    return queues.receive(call, queue, 0, ticks >>> 0, OUTCOME);
  };
  const send = (call: string, handle: number, item: number, ticks: number, position: number) => {
    const queue = find(call, handle);
    if (queue instanceof KernelMutex) return queues.give(queue, OUTCOME);
    return queues.send(call, queue, item, positionOf(position), ticks >>> 0, OUTCOME);
  };
  const holder = (call: string, handle: number) =>
    objects.handleOf(objectOf(context, KernelMutex, call, handle).holder);

  return {
    xQueueGenericCreate: (length, itemSize) => create(length, itemSize),
    xQueueCreateMutex: (type) => objects.add(new KernelMutex(type === RECURSIVE)),
    xQueueCreateCountingSemaphore: (most, count) => create(most, 0, count >>> 0),
    xQueueGenericSend: (handle, item, ticks, position) => send('xQueueGenericSend', handle, item, ticks, position),
    xQueueGenericSendFromISR: (handle, item, woken, position) =>
      fromInterrupt(woken, send('xQueueGenericSendFromISR', handle, item, 0, position)),
    xQueueGiveFromISR: (handle, woken) => fromInterrupt(woken, send('xQueueGiveFromISR', handle, 0, 0, 0)),
    xQueueReceive: (handle, buffer, ticks) => receive('xQueueReceive', handle, buffer, ticks),
    xQueuePeek: (handle, buffer, ticks) => receive('xQueuePeek', handle, buffer, ticks, true),
    xQueueReceiveFromISR: (handle, buffer, woken) =>
      fromInterrupt(woken, receive('xQueueReceiveFromISR', handle, buffer, 0)),
    xQueuePeekFromISR: (handle, buffer) => receive('xQueuePeekFromISR', handle, buffer, 0, true),
    xQueueSemaphoreTake: (handle, ticks) => take('xQueueSemaphoreTake', handle, ticks),
    xQueueTakeMutexRecursive: (handle, ticks) => take('xQueueTakeMutexRecursive', handle, ticks),
    xQueueGiveMutexRecursive: (handle) =>
      queues.give(objectOf(context, KernelMutex, 'xQueueGiveMutexRecursive', handle), OUTCOME),
    xQueueGetMutexHolder: (handle) => holder('xQueueGetMutexHolder', handle),
    xQueueGetMutexHolderFromISR: (handle) => holder('xQueueGetMutexHolderFromISR', handle),
    uxQueueMessagesWaiting: (handle) => find('uxQueueMessagesWaiting', handle).count,
    uxQueueMessagesWaitingFromISR: (handle) => find('uxQueueMessagesWaitingFromISR', handle).count,
    uxQueueSpacesAvailable: (handle) => {
      const queue = find('uxQueueSpacesAvailable', handle);
      return queue.capacity - queue.count;
    },
    xQueueIsQueueEmptyFromISR: (handle) => (find('xQueueIsQueueEmptyFromISR', handle).count === 0 ? 1 : 0),
    xQueueIsQueueFullFromISR: (handle) => {
      const queue = find('xQueueIsQueueFullFromISR', handle);
      return queue.count === queue.capacity ? 1 : 0;
    },
    xQueueGenericReset: (handle) => queues.reset(find('xQueueGenericReset', handle), 1),
    vQueueDelete: (handle) => {
      objects.remove(find('vQueueDelete', handle));
      return scheduler.settle(0);
    },
    vQueueAddToRegistry: (handle, name) => {
      find('vQueueAddToRegistry', handle).nameAddress = name;
      return 0;
    },
    pcQueueGetName: (handle) => find('pcQueueGetName', handle).nameAddress,
  };
}
