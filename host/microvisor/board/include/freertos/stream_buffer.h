/* Stream buffers of FreeRTOS, and the message buffers on them (message_buffer.h). */
#ifndef STREAM_BUFFER_H
#define STREAM_BUFFER_H

#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct StreamBufferDef_t *StreamBufferHandle_t;

StreamBufferHandle_t xStreamBufferGenericCreate(size_t size, size_t trigger_level, BaseType_t is_message_buffer);
size_t xStreamBufferSend(StreamBufferHandle_t buffer, const void *data, size_t length, TickType_t ticks);
size_t xStreamBufferSendFromISR(StreamBufferHandle_t buffer, const void *data, size_t length, BaseType_t *woken);
size_t xStreamBufferReceive(StreamBufferHandle_t buffer, void *data, size_t length, TickType_t ticks);
size_t xStreamBufferReceiveFromISR(StreamBufferHandle_t buffer, void *data, size_t length, BaseType_t *woken);
size_t xStreamBufferBytesAvailable(StreamBufferHandle_t buffer);
size_t xStreamBufferSpacesAvailable(StreamBufferHandle_t buffer);
size_t xStreamBufferNextMessageLengthBytes(StreamBufferHandle_t buffer);
BaseType_t xStreamBufferIsEmpty(StreamBufferHandle_t buffer);
BaseType_t xStreamBufferIsFull(StreamBufferHandle_t buffer);
BaseType_t xStreamBufferSetTriggerLevel(StreamBufferHandle_t buffer, size_t trigger_level);
BaseType_t xStreamBufferReset(StreamBufferHandle_t buffer);
void vStreamBufferDelete(StreamBufferHandle_t buffer);

#define xStreamBufferCreate(size, trigger_level) xStreamBufferGenericCreate((size), (trigger_level), pdFALSE)
#define xStreamBufferCreateStatic(size, trigger_level, storage, memory) \
  ((void)(storage), (void)(memory), xStreamBufferGenericCreate((size), (trigger_level), pdFALSE))

#ifdef __cplusplus
}
#endif

#endif /* STREAM_BUFFER_H */
