/* FreeRTOS, by the names of its API. The host implements the functions (host/microvisor/board/rtos). */
#ifndef INC_FREERTOS_H
#define INC_FREERTOS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The settings of the application; the host itself uses none of them. */
#if __has_include("FreeRTOSConfig.h")
#include "FreeRTOSConfig.h"
#endif

typedef int32_t BaseType_t;
typedef uint32_t UBaseType_t;
typedef uint32_t TickType_t;
typedef uint32_t StackType_t;

#ifndef configTICK_RATE_HZ
#define configTICK_RATE_HZ ((TickType_t)1000)
#endif
#ifndef configMINIMAL_STACK_SIZE
#define configMINIMAL_STACK_SIZE ((uint16_t)128)
#endif
#ifndef configMAX_PRIORITIES
#define configMAX_PRIORITIES 56
#endif
#ifndef configTIMER_TASK_PRIORITY
#define configTIMER_TASK_PRIORITY 2
#endif
#ifndef configCPU_CLOCK_HZ
#define configCPU_CLOCK_HZ 160000000
#endif
#ifndef configMAX_SYSCALL_INTERRUPT_PRIORITY
#define configMAX_SYSCALL_INTERRUPT_PRIORITY 80
#endif
#ifndef configASSERT
#define configASSERT(x) ((x) ? (void)0 : mv_board_assert(#x, __FILE__, __LINE__, __func__))
#endif
#ifndef configSTACK_DEPTH_TYPE
#define configSTACK_DEPTH_TYPE uint16_t
#endif

void mv_board_assert(const char *expression, const char *file, uint32_t line, const char *function)
    __attribute__((noreturn));

/* The host reads it. Each source that includes this header has it, and one remains. */
extern const uint32_t mv_rtos_tick_rate;
const uint32_t mv_rtos_tick_rate __attribute__((weak, used)) = (uint32_t)(configTICK_RATE_HZ);

#define pdFALSE ((BaseType_t)0)
#define pdTRUE ((BaseType_t)1)
#define pdPASS pdTRUE
#define pdFAIL pdFALSE
#define errQUEUE_EMPTY pdFALSE
#define errQUEUE_FULL pdFALSE
#define errCOULD_NOT_ALLOCATE_REQUIRED_MEMORY (-1)

#ifndef pdMS_TO_TICKS
#define pdMS_TO_TICKS(ms) ((TickType_t)(((uint64_t)(ms) * (uint64_t)configTICK_RATE_HZ) / 1000u))
#endif
#ifndef pdTICKS_TO_MS
#define pdTICKS_TO_MS(ticks) ((TickType_t)(((uint64_t)(ticks) * 1000u) / (uint64_t)configTICK_RATE_HZ))
#endif

#define portMAX_DELAY ((TickType_t)0xffffffffUL)
#define portTICK_PERIOD_MS ((TickType_t)1000 / (TickType_t)configTICK_RATE_HZ)
#define portTICK_RATE_MS portTICK_PERIOD_MS
#define portBYTE_ALIGNMENT 8
#define portSTACK_TYPE StackType_t
#define portBASE_TYPE BaseType_t

/* Calls and interrupts come one at a time: a section between two calls is critical already. */
void mv_rtos_yield(void);
#define portYIELD() mv_rtos_yield()
#define portYIELD_WITHIN_API() mv_rtos_yield()
#define portYIELD_FROM_ISR(woken) ((void)(woken))
#define portEND_SWITCHING_ISR(woken) ((void)(woken))
#define portENTER_CRITICAL() ((void)0)
#define portEXIT_CRITICAL() ((void)0)
#define portDISABLE_INTERRUPTS() ((void)0)
#define portENABLE_INTERRUPTS() ((void)0)
#define portSET_INTERRUPT_MASK_FROM_ISR() 0
#define portCLEAR_INTERRUPT_MASK_FROM_ISR(mask) ((void)(mask))
#define portNOP() ((void)0)

/* Memory for objects that an application makes itself: the host keeps the objects, and leaves it unused. */
typedef struct {
  void *reserved[4];
} StaticTask_t, StaticQueue_t, StaticTimer_t, StaticEventGroup_t, StaticStreamBuffer_t;
typedef StaticQueue_t StaticSemaphore_t;
typedef StaticStreamBuffer_t StaticMessageBuffer_t;

void *pvPortMalloc(size_t size);
void vPortFree(void *memory);
size_t xPortGetFreeHeapSize(void);
size_t xPortGetMinimumEverFreeHeapSize(void);
BaseType_t xPortIsInsideInterrupt(void);
#define pvPortCalloc(count, size) calloc((count), (size))

#ifdef __cplusplus
}
#endif

#endif /* INC_FREERTOS_H */
