/* Software timers of FreeRTOS: their callbacks run in the timer task. */
#ifndef TIMERS_H
#define TIMERS_H

#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tmrTimerControl *TimerHandle_t;
typedef void (*TimerCallbackFunction_t)(TimerHandle_t timer);
typedef void (*PendedFunction_t)(void *parameter1, uint32_t parameter2);

#define tmrCOMMAND_START ((BaseType_t)1)
#define tmrCOMMAND_RESET ((BaseType_t)2)
#define tmrCOMMAND_STOP ((BaseType_t)3)
#define tmrCOMMAND_CHANGE_PERIOD ((BaseType_t)4)
#define tmrCOMMAND_DELETE ((BaseType_t)5)
#define tmrCOMMAND_START_FROM_ISR ((BaseType_t)6)
#define tmrCOMMAND_RESET_FROM_ISR ((BaseType_t)7)
#define tmrCOMMAND_STOP_FROM_ISR ((BaseType_t)8)
#define tmrCOMMAND_CHANGE_PERIOD_FROM_ISR ((BaseType_t)9)

TimerHandle_t xTimerCreate(const char *name, TickType_t period, BaseType_t auto_reload, void *id,
                           TimerCallbackFunction_t callback);
/** Does what the command says at once; the queue of the timer task is never full. */
BaseType_t xTimerGenericCommand(TimerHandle_t timer, BaseType_t command, TickType_t value, BaseType_t *woken,
                                TickType_t ticks);
BaseType_t xTimerIsTimerActive(TimerHandle_t timer);
void *pvTimerGetTimerID(TimerHandle_t timer);
void vTimerSetTimerID(TimerHandle_t timer, void *id);
const char *pcTimerGetName(TimerHandle_t timer);
TickType_t xTimerGetPeriod(TimerHandle_t timer);
TickType_t xTimerGetExpiryTime(TimerHandle_t timer);
UBaseType_t uxTimerGetReloadMode(TimerHandle_t timer);
void vTimerSetReloadMode(TimerHandle_t timer, BaseType_t auto_reload);
TaskHandle_t xTimerGetTimerDaemonTaskHandle(void);
BaseType_t xTimerPendFunctionCall(PendedFunction_t function, void *parameter1, uint32_t parameter2, TickType_t ticks);
BaseType_t xTimerPendFunctionCallFromISR(PendedFunction_t function, void *parameter1, uint32_t parameter2,
                                         BaseType_t *woken);

#define xTimerCreateStatic(name, period, auto_reload, id, callback, memory) \
  ((void)(memory), xTimerCreate((name), (period), (auto_reload), (id), (callback)))
#define xTimerStart(timer, ticks) xTimerGenericCommand((timer), tmrCOMMAND_START, 0, NULL, (ticks))
#define xTimerStop(timer, ticks) xTimerGenericCommand((timer), tmrCOMMAND_STOP, 0, NULL, (ticks))
#define xTimerReset(timer, ticks) xTimerGenericCommand((timer), tmrCOMMAND_RESET, 0, NULL, (ticks))
#define xTimerDelete(timer, ticks) xTimerGenericCommand((timer), tmrCOMMAND_DELETE, 0, NULL, (ticks))
#define xTimerChangePeriod(timer, period, ticks) \
  xTimerGenericCommand((timer), tmrCOMMAND_CHANGE_PERIOD, (period), NULL, (ticks))
#define xTimerStartFromISR(timer, woken) xTimerGenericCommand((timer), tmrCOMMAND_START_FROM_ISR, 0, (woken), 0)
#define xTimerStopFromISR(timer, woken) xTimerGenericCommand((timer), tmrCOMMAND_STOP_FROM_ISR, 0, (woken), 0)
#define xTimerResetFromISR(timer, woken) xTimerGenericCommand((timer), tmrCOMMAND_RESET_FROM_ISR, 0, (woken), 0)
#define xTimerChangePeriodFromISR(timer, period, woken) \
  xTimerGenericCommand((timer), tmrCOMMAND_CHANGE_PERIOD_FROM_ISR, (period), (woken), 0)

#ifdef __cplusplus
}
#endif

#endif /* TIMERS_H */
