import { KernelMutex, KernelQueue } from '../kernel-queue.js';
import type { RtosCalls, RtosContext } from '../rtos-context.js';
import { LARGEST_STORAGE } from '../rtos-objects.js';
import { bitsOfAttr, nameOfAttr } from './cmsis-attributes.js';
import { OsStatus, OUTCOME } from './cmsis-status.js';

const RECURSIVE = 1;

/** Message queues, semaphores and mutexes, by the names of CMSIS-RTOS v2. */
export function cmsisQueues(context: RtosContext): RtosCalls {
  const { host, objects, queues } = context;
  const isPlain = (queue: KernelQueue | undefined) => queue !== undefined && !(queue instanceof KernelMutex);
  const findQueue = (handle: number) => {
    const queue = objects.find(KernelQueue, handle);
    return isPlain(queue) && queue!.itemSize > 0 ? queue : undefined;
  };
  const findSemaphore = (handle: number) => {
    const queue = objects.find(KernelQueue, handle);
    return isPlain(queue) && queue!.itemSize === 0 ? queue : undefined;
  };
  const findMutex = (handle: number) => objects.find(KernelMutex, handle);
  /** An interrupt handler may call, but not wait. */
  const mayWait = (ticks: number) => ticks === 0 || !host.inInterrupt();

  const add = (queue: KernelQueue, attr: number, size = 0) => {
    queue.nameAddress = nameOfAttr(context, attr);
    return objects.add(queue, size);
  };
  const nameOf = (queue: KernelQueue | undefined) => (host.inInterrupt() ? 0 : (queue?.nameAddress ?? 0));
  const remove = (queue: KernelQueue | undefined) => {
    if (host.inInterrupt()) return OsStatus.ErrorISR;
    if (!queue) return OsStatus.ErrorParameter;
    objects.remove(queue);
    return OsStatus.OK;
  };

  return {
    osMessageQueueNew: (count, size, attr) => {
      const [capacity, itemSize] = [count >>> 0, size >>> 0];
      if (host.inInterrupt() || capacity === 0 || itemSize === 0 || capacity * itemSize > LARGEST_STORAGE) return 0;
      return add(new KernelQueue(capacity, itemSize), attr, capacity * itemSize);
    },
    osMessageQueueGetName: (handle) => nameOf(findQueue(handle)),
    osMessageQueuePut: (handle, message, _priority, ticks) => {
      const queue = findQueue(handle);
      if (!queue || message === 0 || !mayWait(ticks)) return OsStatus.ErrorParameter;
      return queues.send('osMessageQueuePut', queue, message, 'back', ticks >>> 0, OUTCOME);
    },
    osMessageQueueGet: (handle, message, priority, ticks) => {
      const queue = findQueue(handle);
      if (!queue || message === 0 || !mayWait(ticks)) return OsStatus.ErrorParameter;
      if (priority !== 0) host.memory.write(priority, new Uint8Array(1));
      return queues.receive('osMessageQueueGet', queue, message, ticks >>> 0, OUTCOME);
    },
    osMessageQueueGetCapacity: (handle) => findQueue(handle)?.capacity ?? 0,
    osMessageQueueGetMsgSize: (handle) => findQueue(handle)?.itemSize ?? 0,
    osMessageQueueGetCount: (handle) => findQueue(handle)?.count ?? 0,
    osMessageQueueGetSpace: (handle) => {
      const queue = findQueue(handle);
      return queue ? queue.capacity - queue.count : 0;
    },
    osMessageQueueReset: (handle) => {
      if (host.inInterrupt()) return OsStatus.ErrorISR;
      const queue = findQueue(handle);
      return queue ? queues.reset(queue, OsStatus.OK) : OsStatus.ErrorParameter;
    },
    osMessageQueueDelete: (handle) => remove(findQueue(handle)),

    osSemaphoreNew: (most, count, attr) => {
      if (host.inInterrupt() || most >>> 0 === 0 || count >>> 0 > most >>> 0) return 0;
      return add(new KernelQueue(most >>> 0, 0, count >>> 0), attr);
    },
    osSemaphoreGetName: (handle) => nameOf(findSemaphore(handle)),
    osSemaphoreAcquire: (handle, ticks) => {
      const semaphore = findSemaphore(handle);
      if (!semaphore || !mayWait(ticks)) return OsStatus.ErrorParameter;
      return queues.receive('osSemaphoreAcquire', semaphore, 0, ticks >>> 0, OUTCOME);
    },
    osSemaphoreRelease: (handle) => {
      const semaphore = findSemaphore(handle);
      if (!semaphore) return OsStatus.ErrorParameter;
      return queues.send('osSemaphoreRelease', semaphore, 0, 'back', 0, OUTCOME);
    },
    osSemaphoreGetCount: (handle) => findSemaphore(handle)?.count ?? 0,
    osSemaphoreDelete: (handle) => remove(findSemaphore(handle)),

    osMutexNew: (attr) =>
      host.inInterrupt() ? 0 : add(new KernelMutex((bitsOfAttr(context, attr) & RECURSIVE) !== 0), attr),
    osMutexGetName: (handle) => nameOf(findMutex(handle)),
    osMutexAcquire: (handle, ticks) => {
      if (host.inInterrupt()) return OsStatus.ErrorISR;
      const mutex = findMutex(handle);
      if (!mutex) return OsStatus.ErrorParameter;
      return queues.take('osMutexAcquire', mutex, ticks >>> 0, OUTCOME);
    },
    osMutexRelease: (handle) => {
      if (host.inInterrupt()) return OsStatus.ErrorISR;
      const mutex = findMutex(handle);
      if (!mutex) return OsStatus.ErrorParameter;
      return queues.give(mutex, OUTCOME);
    },
    osMutexGetOwner: (handle) => (host.inInterrupt() ? 0 : objects.handleOf(findMutex(handle)?.holder)),
    osMutexDelete: (handle) => remove(findMutex(handle)),
  };
}
