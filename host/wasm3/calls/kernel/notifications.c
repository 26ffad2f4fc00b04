/* mvSetupNotifications, mvCloseNotifications, mvTempTriggerNotification, and the interrupts that follow. */
#include "kernel.h"

#define RECORD ((uint32_t)sizeof(struct MvNotification))

static void pend(const wq_calls *calls, uint32_t irq) {
  if (calls->options.pend) {
    calls->options.pend(calls->options.user, irq);
    return;
  }
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
  ((volatile uint32_t *)0xe000e200u)[irq >> 5] = 1u << (irq & 31u); /* NVIC_ISPR */
#endif
}

/* Nothing says whether a record was read: an application that does not keep up with the interrupts loses records. */
void wq_calls_notify(wq_calls *calls, uint32_t handle, enum MvEventType type, uint32_t tag) {
  wq_calls_notification *const buffer = wq_calls_notification_of(calls, handle);
  struct MvNotification *record;
  if (!buffer) return;
  record = &buffer->records[buffer->next];
  record->microseconds = wq_calls_microseconds(calls);
  record->event_type = type;
  record->tag = tag;
  buffer->next = (buffer->next + 1u) % (buffer->size / RECORD);
  pend(calls, buffer->irq);
}

static int is_in_use(const wq_calls *calls, const void *data, uint32_t size) {
  uint32_t i;
  for (i = 0; i < WQ_CALLS_NOTIFICATIONS; i++) {
    const wq_calls_notification *const other = &calls->notifications[i];
    if (other->handle && wq_calls_overlap(other->records, other->size, data, size)) return 1;
  }
  for (i = 0; i < WQ_CALLS_CHANNELS; i++) {
    const wq_calls_channel *const channel = &calls->channels[i];
    if (!channel->handle) continue;
    if (wq_calls_overlap(channel->receive.data, channel->receive.size, data, size)) return 1;
    if (wq_calls_overlap(channel->send.data, channel->send.size, data, size)) return 1;
  }
  return calls->log_buffer.data && wq_calls_overlap(calls->log_buffer.data, calls->log_buffer.size, data, size);
}

static enum MvStatus setup(wq_calls *calls, const struct MvNotificationSetup *request, MvNotificationHandle *out) {
  uint32_t i;
  if (!wq_calls_holds(request, 4) || !wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  if (request->irq >= WQ_CALLS_INTERRUPTS) return MV_STATUS_INVALIDINTERRUPT;
  if (request->buffer_size % RECORD != 0 || request->buffer_size < 2u * RECORD) return MV_STATUS_INVALIDBUFFERSIZE;
  if (!wq_calls_holds(request->buffer, 8)) return MV_STATUS_PARAMETERFAULT;
  if (is_in_use(calls, request->buffer, request->buffer_size)) return MV_STATUS_BUFFERALREADYINUSE;
  for (i = 0; i < WQ_CALLS_NOTIFICATIONS && calls->notifications[i].handle; i++) continue;
  if (i == WQ_CALLS_NOTIFICATIONS) return MV_STATUS_TOOMANYNOTIFICATIONBUFFERS;
  calls->notifications[i].handle = *out = wq_calls_new_handle(calls);
  calls->notifications[i].records = request->buffer;
  calls->notifications[i].size = request->buffer_size;
  calls->notifications[i].irq = request->irq;
  calls->notifications[i].next = 0;
  return MV_STATUS_OKAY;
}

static enum MvStatus close(wq_calls *calls, MvNotificationHandle *handle) {
  wq_calls_notification *buffer;
  if (!wq_calls_holds(handle, 4)) return MV_STATUS_PARAMETERFAULT;
  buffer = wq_calls_notification_of(calls, *handle);
  if (!buffer) return MV_STATUS_INVALIDHANDLE;
  buffer->handle = *handle = 0;
  return MV_STATUS_OKAY;
}

static enum MvStatus trigger(wq_calls *calls, MvNotificationHandle handle, enum MvEventType type, uint32_t tag) {
  if (!wq_calls_notification_of(calls, handle)) return MV_STATUS_INVALIDHANDLE;
  wq_calls_notify(calls, handle, type, tag);
  return MV_STATUS_OKAY;
}

enum MvStatus mvSetupNotifications(const struct MvNotificationSetup *notifications, MvNotificationHandle *handle_out) {
  WQ_SERVE(setup(calls, notifications, handle_out));
}

enum MvStatus mvCloseNotifications(MvNotificationHandle *handle_in_out) { WQ_SERVE(close(calls, handle_in_out)); }

enum MvStatus mvTempTriggerNotification(MvNotificationHandle handle, enum MvEventType type, uint32_t tag) {
  WQ_SERVE(trigger(calls, handle, type, tag));
}
