/* The kernel writes a record for each thing that has happened into a ring in our memory, and pends an interrupt. The handler does the
 * least that it can: it moves records into a queue, from which the work task takes them. */
#include "event_queue.h"

#include "cmsis_os.h"

#define RECORDS 16
#define EVENTS 32

/* Records with event_type NOEVENT are free: all are at first, and the handler frees what it has read. */
static volatile struct MvNotification records[RECORDS] __attribute__((aligned(8)));
static uint32_t next_record;
static MvNotificationHandle centre;
static osMessageQueueId_t events;

/* One interrupt may stand for several records. */
void TIM8_BRK_IRQHandler(void) {
  while (records[next_record].event_type != MV_EVENTTYPE_NOEVENT) {
    const struct Event event = {records[next_record].tag, records[next_record].event_type};
    records[next_record].event_type = MV_EVENTTYPE_NOEVENT;
    next_record = (next_record + 1) % RECORDS;
    osMessageQueuePut(events, &event, 0, 0); /* 0: a handler must not wait */
  }
}

bool events_start(void) {
  events = osMessageQueueNew(EVENTS, sizeof(struct Event), NULL);
  const struct MvNotificationSetup setup = {
      .irq = TIM8_BRK_IRQn, .buffer = (struct MvNotification *)records, .buffer_size = sizeof records};
  if (events == NULL || mvSetupNotifications(&setup, &centre) != MV_STATUS_OKAY) return false;
  NVIC_ClearPendingIRQ(TIM8_BRK_IRQn);
  NVIC_EnableIRQ(TIM8_BRK_IRQn);
  return true;
}

MvNotificationHandle events_handle(void) { return centre; }

void event_put(uint32_t tag) {
  const struct Event event = {tag, MV_EVENTTYPE_NOEVENT};
  osMessageQueuePut(events, &event, 0, 0);
}

bool event_next(struct Event *event, uint32_t timeout) {
  return osMessageQueueGet(events, event, NULL, timeout) == osOK;
}

bool event_of(uint32_t tag, struct Event *event, uint32_t timeout) {
  const uint32_t start = osKernelGetTickCount();
  for (uint32_t passed = 0; passed < timeout; passed = osKernelGetTickCount() - start) {
    if (event_next(event, timeout - passed) && event->tag == tag) return true;
  }
  return false;
}
