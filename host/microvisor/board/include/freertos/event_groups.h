/* Event groups of FreeRTOS: 24 bits that tasks wait for. */
#ifndef EVENT_GROUPS_H
#define EVENT_GROUPS_H

#include "timers.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct EventGroupDef_t *EventGroupHandle_t;
typedef TickType_t EventBits_t;

EventGroupHandle_t xEventGroupCreate(void);
EventBits_t xEventGroupWaitBits(EventGroupHandle_t group, EventBits_t bits, BaseType_t clear_on_exit,
                                BaseType_t wait_for_all, TickType_t ticks);
EventBits_t xEventGroupSetBits(EventGroupHandle_t group, EventBits_t bits);
BaseType_t xEventGroupSetBitsFromISR(EventGroupHandle_t group, EventBits_t bits, BaseType_t *woken);
EventBits_t xEventGroupClearBits(EventGroupHandle_t group, EventBits_t bits);
BaseType_t xEventGroupClearBitsFromISR(EventGroupHandle_t group, EventBits_t bits);
EventBits_t xEventGroupGetBitsFromISR(EventGroupHandle_t group);
EventBits_t xEventGroupSync(EventGroupHandle_t group, EventBits_t set, EventBits_t wait_for, TickType_t ticks);
void vEventGroupDelete(EventGroupHandle_t group);

#define xEventGroupCreateStatic(memory) ((void)(memory), xEventGroupCreate())
#define xEventGroupGetBits(group) xEventGroupClearBits((group), 0)

#ifdef __cplusplus
}
#endif

#endif /* EVENT_GROUPS_H */
