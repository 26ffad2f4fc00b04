/* Tasks of FreeRTOS: scheduling, delays, notifications. */
#ifndef INC_TASK_H
#define INC_TASK_H

#include "FreeRTOS.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tskTaskControlBlock *TaskHandle_t;
typedef void (*TaskFunction_t)(void *);
typedef BaseType_t (*TaskHookFunction_t)(void *);

/* A word each under -fshort-enums. */
typedef enum { eRunning = 0, eReady, eBlocked, eSuspended, eDeleted, eInvalid, eTaskStateIsAWord = 0x7fffffff } eTaskState;
typedef enum {
  eNoAction = 0,
  eSetBits,
  eIncrement,
  eSetValueWithOverwrite,
  eSetValueWithoutOverwrite,
  eNotifyActionIsAWord = 0x7fffffff
} eNotifyAction;

typedef struct {
  TickType_t xTimeOnEntering;
  BaseType_t xOverflowCount;
} TimeOut_t;

#define tskIDLE_PRIORITY ((UBaseType_t)0U)
#define tskNO_AFFINITY ((UBaseType_t)-1)
#define taskSCHEDULER_SUSPENDED ((BaseType_t)0)
#define taskSCHEDULER_NOT_STARTED ((BaseType_t)1)
#define taskSCHEDULER_RUNNING ((BaseType_t)2)
#define taskYIELD() portYIELD()
#define taskENTER_CRITICAL() portENTER_CRITICAL()
#define taskEXIT_CRITICAL() portEXIT_CRITICAL()
#define taskENTER_CRITICAL_FROM_ISR() portSET_INTERRUPT_MASK_FROM_ISR()
#define taskEXIT_CRITICAL_FROM_ISR(mask) portCLEAR_INTERRUPT_MASK_FROM_ISR(mask)
#define taskDISABLE_INTERRUPTS() portDISABLE_INTERRUPTS()
#define taskENABLE_INTERRUPTS() portENABLE_INTERRUPTS()

/** `stack_depth` is words of four bytes. */
BaseType_t xTaskCreate(TaskFunction_t code, const char *name, configSTACK_DEPTH_TYPE stack_depth, void *parameters,
                       UBaseType_t priority, TaskHandle_t *created);
TaskHandle_t xTaskCreateStatic(TaskFunction_t code, const char *name, uint32_t stack_depth, void *parameters,
                               UBaseType_t priority, StackType_t *stack, StaticTask_t *task);
void vTaskDelete(TaskHandle_t task);
void vTaskDelay(TickType_t ticks);
BaseType_t xTaskDelayUntil(TickType_t *previous, TickType_t increment);
#define vTaskDelayUntil(previous, increment) ((void)xTaskDelayUntil((previous), (increment)))
BaseType_t xTaskAbortDelay(TaskHandle_t task);
UBaseType_t uxTaskPriorityGet(TaskHandle_t task);
UBaseType_t uxTaskPriorityGetFromISR(TaskHandle_t task);
void vTaskPrioritySet(TaskHandle_t task, UBaseType_t priority);
void vTaskSuspend(TaskHandle_t task);
void vTaskResume(TaskHandle_t task);
BaseType_t xTaskResumeFromISR(TaskHandle_t task);
eTaskState eTaskGetState(TaskHandle_t task);

void vTaskStartScheduler(void);
void vTaskEndScheduler(void);
void vTaskSuspendAll(void);
BaseType_t xTaskResumeAll(void);
BaseType_t xTaskGetSchedulerState(void);
TickType_t xTaskGetTickCount(void);
TickType_t xTaskGetTickCountFromISR(void);
UBaseType_t uxTaskGetNumberOfTasks(void);
char *pcTaskGetName(TaskHandle_t task);
TaskHandle_t xTaskGetHandle(const char *name);
TaskHandle_t xTaskGetCurrentTaskHandle(void);
TaskHandle_t xTaskGetIdleTaskHandle(void);
/** The least words of stack that were ever left. */
UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t task);
void vTaskSetTimeOutState(TimeOut_t *timeout);
BaseType_t xTaskCheckForTimeOut(TimeOut_t *timeout, TickType_t *ticks);

/* Notifications; an application has configTASK_NOTIFICATION_ARRAY_ENTRIES of them, the host eight for each task. */
BaseType_t xTaskGenericNotify(TaskHandle_t task, UBaseType_t index, uint32_t value, eNotifyAction action,
                              uint32_t *previous);
BaseType_t xTaskGenericNotifyFromISR(TaskHandle_t task, UBaseType_t index, uint32_t value, eNotifyAction action,
                                     uint32_t *previous, BaseType_t *woken);
void vTaskGenericNotifyGiveFromISR(TaskHandle_t task, UBaseType_t index, BaseType_t *woken);
BaseType_t xTaskGenericNotifyWait(UBaseType_t index, uint32_t clear_on_entry, uint32_t clear_on_exit, uint32_t *value,
                                  TickType_t ticks);
uint32_t ulTaskGenericNotifyTake(UBaseType_t index, BaseType_t clear_on_exit, TickType_t ticks);
BaseType_t xTaskGenericNotifyStateClear(TaskHandle_t task, UBaseType_t index);
uint32_t ulTaskGenericNotifyValueClear(TaskHandle_t task, UBaseType_t index, uint32_t bits);

#define tskDEFAULT_INDEX_TO_NOTIFY 0
#define xTaskNotify(task, value, action) xTaskGenericNotify((task), 0, (value), (action), NULL)
#define xTaskNotifyIndexed(task, index, value, action) xTaskGenericNotify((task), (index), (value), (action), NULL)
#define xTaskNotifyAndQuery(task, value, action, previous) xTaskGenericNotify((task), 0, (value), (action), (previous))
#define xTaskNotifyGive(task) xTaskGenericNotify((task), 0, 0, eIncrement, NULL)
#define xTaskNotifyGiveIndexed(task, index) xTaskGenericNotify((task), (index), 0, eIncrement, NULL)
#define xTaskNotifyFromISR(task, value, action, woken) \
  xTaskGenericNotifyFromISR((task), 0, (value), (action), NULL, (woken))
#define xTaskNotifyAndQueryFromISR(task, value, action, previous, woken) \
  xTaskGenericNotifyFromISR((task), 0, (value), (action), (previous), (woken))
#define vTaskNotifyGiveFromISR(task, woken) vTaskGenericNotifyGiveFromISR((task), 0, (woken))
#define vTaskNotifyGiveIndexedFromISR(task, index, woken) vTaskGenericNotifyGiveFromISR((task), (index), (woken))
#define xTaskNotifyWait(entry, exit, value, ticks) xTaskGenericNotifyWait(0, (entry), (exit), (value), (ticks))
#define xTaskNotifyWaitIndexed(index, entry, exit, value, ticks) \
  xTaskGenericNotifyWait((index), (entry), (exit), (value), (ticks))
#define ulTaskNotifyTake(clear, ticks) ulTaskGenericNotifyTake(0, (clear), (ticks))
#define ulTaskNotifyTakeIndexed(index, clear, ticks) ulTaskGenericNotifyTake((index), (clear), (ticks))
#define xTaskNotifyStateClear(task) xTaskGenericNotifyStateClear((task), 0)
#define ulTaskNotifyValueClear(task, bits) ulTaskGenericNotifyValueClear((task), 0, (bits))

#ifdef __cplusplus
}
#endif

#endif /* INC_TASK_H */
