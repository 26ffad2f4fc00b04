/* What the families of calls have of each other; nothing here is for integrators. */
#ifndef WQ_CALLS_INTERNAL_H
#define WQ_CALLS_INTERNAL_H

#include "../wq_calls.h"

/* The device, locked, or NULL while there is none. */
wq_calls *wq_calls_enter(void);
void wq_calls_leave(wq_calls *calls);

/* The body of a system call: `expression` gives its status, for the device `calls`. */
#define WQ_SERVE(expression)                      \
  wq_calls *const calls = wq_calls_enter();       \
  enum MvStatus status = MV_STATUS_UNAVAILABLE;   \
  if (calls) {                                    \
    status = (expression);                        \
    wq_calls_leave(calls);                        \
  }                                               \
  return status

/* A new handle: never 0, and none that was given before. */
uint32_t wq_calls_handle(wq_calls *calls);
uint64_t wq_calls_microseconds(const wq_calls *calls);
uint32_t wq_calls_now(const wq_calls *calls);

/* Whether there is something at an address, at a multiple of the alignment. An empty string may be anywhere. */
int wq_calls_holds(const void *address, uint32_t alignment);
int wq_calls_holds_string(const void *data, uint32_t length);
int wq_calls_overlap(const void *a, uint32_t a_size, const void *b, uint32_t b_size);

/* notifications.c */
wq_calls_notification *wq_calls_notification_of(wq_calls *calls, uint32_t handle);
void wq_calls_notify(wq_calls *calls, uint32_t handle, enum MvEventType type, uint32_t tag);

/* network.c */
wq_calls_network *wq_calls_network_of(wq_calls *calls, uint32_t handle);
void wq_calls_network_poll(wq_calls *calls);

/* channels.c */

/* The open channel of that type, or NULL with the status to give. */
wq_calls_channel *wq_calls_use(wq_calls *calls, uint32_t handle, enum MvChannelType type, enum MvStatus *status);
/* A nested pointer was of no use: the channel is over. Gives LATEFAULT. */
enum MvStatus wq_calls_late_fault(wq_calls *calls, wq_calls_channel *channel);
void wq_calls_readable(wq_calls *calls, const wq_calls_channel *channel);
/* Closes all channels from this side, each with CHANNELNOTCONNECTED. */
void wq_calls_close_channels(wq_calls *calls, int orderly);

/* config_fetch.c */

/* Gives 1 when it has to be called again. */
int wq_calls_config_poll(wq_calls *calls, wq_calls_channel *channel);

#endif /* WQ_CALLS_INTERNAL_H */
