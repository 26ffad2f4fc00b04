/* Queues of FreeRTOS; semaphores and mutexes are queues too (semphr.h). */
#ifndef INC_QUEUE_H
#define INC_QUEUE_H

#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct QueueDefinition *QueueHandle_t;

#define queueSEND_TO_BACK ((BaseType_t)0)
#define queueSEND_TO_FRONT ((BaseType_t)1)
#define queueOVERWRITE ((BaseType_t)2)
#define queueQUEUE_TYPE_BASE ((uint8_t)0U)
#define queueQUEUE_TYPE_MUTEX ((uint8_t)1U)
#define queueQUEUE_TYPE_COUNTING_SEMAPHORE ((uint8_t)2U)
#define queueQUEUE_TYPE_BINARY_SEMAPHORE ((uint8_t)3U)
#define queueQUEUE_TYPE_RECURSIVE_MUTEX ((uint8_t)4U)

QueueHandle_t xQueueGenericCreate(UBaseType_t length, UBaseType_t item_size, uint8_t type);
BaseType_t xQueueGenericSend(QueueHandle_t queue, const void *item, TickType_t ticks, BaseType_t position);
BaseType_t xQueueGenericSendFromISR(QueueHandle_t queue, const void *item, BaseType_t *woken, BaseType_t position);
BaseType_t xQueueReceive(QueueHandle_t queue, void *buffer, TickType_t ticks);
BaseType_t xQueuePeek(QueueHandle_t queue, void *buffer, TickType_t ticks);
BaseType_t xQueueReceiveFromISR(QueueHandle_t queue, void *buffer, BaseType_t *woken);
BaseType_t xQueuePeekFromISR(QueueHandle_t queue, void *buffer);
UBaseType_t uxQueueMessagesWaiting(QueueHandle_t queue);
UBaseType_t uxQueueMessagesWaitingFromISR(QueueHandle_t queue);
UBaseType_t uxQueueSpacesAvailable(QueueHandle_t queue);
BaseType_t xQueueIsQueueEmptyFromISR(QueueHandle_t queue);
BaseType_t xQueueIsQueueFullFromISR(QueueHandle_t queue);
BaseType_t xQueueGenericReset(QueueHandle_t queue, BaseType_t new_queue);
void vQueueDelete(QueueHandle_t queue);
void vQueueAddToRegistry(QueueHandle_t queue, const char *name);
const char *pcQueueGetName(QueueHandle_t queue);

#define xQueueCreate(length, item_size) xQueueGenericCreate((length), (item_size), queueQUEUE_TYPE_BASE)
#define xQueueCreateStatic(length, item_size, storage, queue) \
  ((void)(storage), (void)(queue), xQueueGenericCreate((length), (item_size), queueQUEUE_TYPE_BASE))
#define xQueueSend(queue, item, ticks) xQueueGenericSend((queue), (item), (ticks), queueSEND_TO_BACK)
#define xQueueSendToBack(queue, item, ticks) xQueueGenericSend((queue), (item), (ticks), queueSEND_TO_BACK)
#define xQueueSendToFront(queue, item, ticks) xQueueGenericSend((queue), (item), (ticks), queueSEND_TO_FRONT)
#define xQueueOverwrite(queue, item) xQueueGenericSend((queue), (item), 0, queueOVERWRITE)
#define xQueueSendFromISR(queue, item, woken) xQueueGenericSendFromISR((queue), (item), (woken), queueSEND_TO_BACK)
#define xQueueSendToBackFromISR(queue, item, woken) \
  xQueueGenericSendFromISR((queue), (item), (woken), queueSEND_TO_BACK)
#define xQueueSendToFrontFromISR(queue, item, woken) \
  xQueueGenericSendFromISR((queue), (item), (woken), queueSEND_TO_FRONT)
#define xQueueOverwriteFromISR(queue, item, woken) xQueueGenericSendFromISR((queue), (item), (woken), queueOVERWRITE)
#define xQueueReset(queue) xQueueGenericReset((queue), pdFALSE)
#define vQueueUnregisterQueue(queue) vQueueAddToRegistry((queue), NULL)

#ifdef __cplusplus
}
#endif

#endif /* INC_QUEUE_H */
