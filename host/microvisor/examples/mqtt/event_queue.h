#ifndef EVENT_QUEUE_H
#define EVENT_QUEUE_H

#include <stdbool.h>

#include "stm32u5xx_hal.h"

/** Tags say whose event it is. Each channel gets a tag of its own, from the first one up (one_channel.h). */
enum { TAG_NETWORK = 1, TAG_READING = 2, TAG_FIRST_CHANNEL = 100 };

struct Event {
  uint32_t tag;
  enum MvEventType type;
};

/** Makes the queue and the notification centre that fills it. Returns false when the kernel or the RTOS refuses. */
bool events_start(void);

/** The notification centre, for calls that report there. */
MvNotificationHandle events_handle(void);

/** Puts an event of the application's own into the queue; from a task. It is lost when the queue is full. */
void event_put(uint32_t tag);

/** Waits for the next event, at most `timeout` milliseconds. Returns false after that time. */
bool event_next(struct Event *event, uint32_t timeout);

/** Waits for an event with this tag and drops others. Returns false after `timeout` milliseconds. */
bool event_of(uint32_t tag, struct Event *event, uint32_t timeout);

#endif
