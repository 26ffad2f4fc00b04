/*
 * What the kernel gives the rooms above it, the managed client and the calls. It knows neither: what it needs of them is
 * handed in once, as wq_calls.mqtt_driver.
 */
#ifndef WQ_CALLS_KERNEL_H
#define WQ_CALLS_KERNEL_H

#include "../include/wq_calls.h"

/** Characters of a device id, which has no terminator (SDK). */
#define WQ_CALLS_DEVICE_ID 34u

/* services.c */

/** wq_calls_serve makes this the device that system calls are made on. */
void wq_calls_serve(wq_calls *calls);
/** wq_calls_forget leaves no device, if this is the one that system calls are made on. */
void wq_calls_forget(const wq_calls *calls);
void wq_calls_lock(wq_calls *calls);
void wq_calls_unlock(wq_calls *calls);
/** wq_calls_enter locks the device and returns it. It returns NULL, with nothing locked, while there is none. */
wq_calls *wq_calls_enter(void);

/** The body of a system call: its status is `expression`, evaluated with the device as `calls`, or UNAVAILABLE without one. */
#define WQ_SERVE(expression)                      \
  wq_calls *const calls = wq_calls_enter();       \
  enum MvStatus status = MV_STATUS_UNAVAILABLE;   \
  if (calls) {                                    \
    status = (expression);                        \
    wq_calls_unlock(calls);                       \
  }                                               \
  return status

/** wq_calls_microseconds returns the time since wq_calls_open(). */
uint64_t wq_calls_microseconds(const wq_calls *calls);
/** wq_calls_turn reads the clock for what follows, until it is called again: a poll, a system call. */
void wq_calls_turn(wq_calls *calls);
/**
 * wq_calls_now returns the milliseconds from wq_calls_open() to the begin of this turn. They never go back. They wrap after 49
 * days: compare differences.
 */
uint32_t wq_calls_now(const wq_calls *calls);

/** wq_calls_holds returns whether an address is not NULL and a multiple of `alignment`, a power of two. */
int wq_calls_holds(const void *address, uint32_t alignment);
/** wq_calls_holds_string is wq_calls_holds for bytes. An empty string may have any address. */
int wq_calls_holds_string(const void *data, uint32_t length);
/** wq_calls_check_buffer checks a buffer of a channel or of the log. OKAY, PARAMETERFAULT, INVALIDBUFFERALIGNMENT, -SIZE. */
enum MvStatus wq_calls_check_buffer(const uint8_t *data, uint32_t size);
/** wq_calls_overlap returns whether two ranges have a byte in common. */
int wq_calls_overlap(const void *a, uint32_t a_size, const void *b, uint32_t b_size);

/* handles.c */

/** wq_calls_new_handle returns a handle that was never returned before. It is never 0. */
uint32_t wq_calls_new_handle(wq_calls *calls);
/* Each of these returns what is behind a handle, or NULL. */
wq_calls_notification *wq_calls_notification_of(wq_calls *calls, uint32_t handle);
wq_calls_network *wq_calls_network_of(wq_calls *calls, uint32_t handle);
wq_calls_channel *wq_calls_channel_of(wq_calls *calls, uint32_t handle);

/* notifications.c */

/** wq_calls_notify writes a record and pends its interrupt. With a handle of no buffer, such as 0, it does nothing. */
void wq_calls_notify(wq_calls *calls, uint32_t handle, enum MvEventType type, uint32_t tag);

/* network.c */

/** wq_calls_network_poll connects the requests that wait for the network, if its link is up. */
void wq_calls_network_poll(wq_calls *calls);

/* channels.c */

/** What is behind channels of one type. */
struct wq_calls_driver {
  /** A channel was opened. */
  void (*begin)(wq_calls *calls, wq_calls_channel *channel);
  /** The channel is closed. `orderly` when the application wanted that: a connection then says goodbye. */
  void (*close)(wq_calls *calls, int orderly);
};

/**
 * wq_calls_use returns the open channel of this type behind a handle. Without one it returns NULL, and sets `status` to what
 * the call has to return: INVALIDHANDLE or CHANNELCLOSED.
 */
wq_calls_channel *wq_calls_use(wq_calls *calls, uint32_t handle, enum MvChannelType type, enum MvStatus *status);
/** wq_calls_late_fault closes a channel whose request had an unusable nested pointer. It returns LATEFAULT. */
enum MvStatus wq_calls_late_fault(wq_calls *calls, wq_calls_channel *channel);
/** wq_calls_readable notifies the application that one more item can be read. */
void wq_calls_readable(wq_calls *calls, const wq_calls_channel *channel);
/** wq_calls_close_channels closes all channels from this side and notifies each with CHANNELNOTCONNECTED. */
void wq_calls_close_channels(wq_calls *calls, int orderly);

#endif /* WQ_CALLS_KERNEL_H */
