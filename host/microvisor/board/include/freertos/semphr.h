/* Semaphores and mutexes of FreeRTOS, on its queues. */
#ifndef SEMAPHORE_H
#define SEMAPHORE_H

#include "queue.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef QueueHandle_t SemaphoreHandle_t;

QueueHandle_t xQueueCreateMutex(uint8_t type);
QueueHandle_t xQueueCreateCountingSemaphore(UBaseType_t max_count, UBaseType_t initial_count);
BaseType_t xQueueSemaphoreTake(QueueHandle_t queue, TickType_t ticks);
BaseType_t xQueueGiveFromISR(QueueHandle_t queue, BaseType_t *woken);
BaseType_t xQueueTakeMutexRecursive(QueueHandle_t mutex, TickType_t ticks);
BaseType_t xQueueGiveMutexRecursive(QueueHandle_t mutex);
TaskHandle_t xQueueGetMutexHolder(QueueHandle_t mutex);
TaskHandle_t xQueueGetMutexHolderFromISR(QueueHandle_t mutex);

#define xSemaphoreCreateBinary() xQueueGenericCreate(1, 0, queueQUEUE_TYPE_BINARY_SEMAPHORE)
#define xSemaphoreCreateBinaryStatic(memory) ((void)(memory), xSemaphoreCreateBinary())
#define vSemaphoreCreateBinary(semaphore) \
  do { \
    (semaphore) = xSemaphoreCreateBinary(); \
    if ((semaphore) != NULL) (void)xSemaphoreGive(semaphore); \
  } while (0)
#define xSemaphoreCreateCounting(max_count, initial_count) xQueueCreateCountingSemaphore((max_count), (initial_count))
#define xSemaphoreCreateCountingStatic(max_count, initial_count, memory) \
  ((void)(memory), xQueueCreateCountingSemaphore((max_count), (initial_count)))
#define xSemaphoreCreateMutex() xQueueCreateMutex(queueQUEUE_TYPE_MUTEX)
#define xSemaphoreCreateMutexStatic(memory) ((void)(memory), xSemaphoreCreateMutex())
#define xSemaphoreCreateRecursiveMutex() xQueueCreateMutex(queueQUEUE_TYPE_RECURSIVE_MUTEX)
#define xSemaphoreCreateRecursiveMutexStatic(memory) ((void)(memory), xSemaphoreCreateRecursiveMutex())
#define xSemaphoreTake(semaphore, ticks) xQueueSemaphoreTake((semaphore), (ticks))
#define xSemaphoreTakeFromISR(semaphore, woken) xQueueReceiveFromISR((semaphore), NULL, (woken))
#define xSemaphoreTakeRecursive(mutex, ticks) xQueueTakeMutexRecursive((mutex), (ticks))
#define xSemaphoreGive(semaphore) xQueueGenericSend((semaphore), NULL, 0, queueSEND_TO_BACK)
#define xSemaphoreGiveFromISR(semaphore, woken) xQueueGiveFromISR((semaphore), (woken))
#define xSemaphoreGiveRecursive(mutex) xQueueGiveMutexRecursive(mutex)
#define xSemaphoreGetMutexHolder(mutex) xQueueGetMutexHolder(mutex)
#define xSemaphoreGetMutexHolderFromISR(mutex) xQueueGetMutexHolderFromISR(mutex)
#define uxSemaphoreGetCount(semaphore) uxQueueMessagesWaiting(semaphore)
#define uxSemaphoreGetCountFromISR(semaphore) uxQueueMessagesWaitingFromISR(semaphore)
#define vSemaphoreDelete(semaphore) vQueueDelete(semaphore)

#ifdef __cplusplus
}
#endif

#endif /* SEMAPHORE_H */
