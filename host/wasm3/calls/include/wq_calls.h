/*
 * The system calls of Microvisor on a board without Microvisor: an application that calls mv* keeps working over a transport
 * of a few callbacks and a callback for the config and secret stores. The core does MQTT. README.md says what each call does
 * here.
 *
 * There is one device per program, since the calls do not name a device. Nothing is allocated: all state is in a struct
 * wq_calls of the caller, in the linear memory of the core, and in the buffers that the application gives to its channels.
 *
 * System calls and wq_calls_poll() may be made from different threads if there are `lock` and `unlock`, but never from an
 * interrupt. A call never waits and never enters the application. Interrupts are pended by wq_calls_poll(), except those of
 * a call that closes channels (mvReleaseNetwork) or triggers a notification (mvTempTriggerNotification).
 */
#ifndef WQ_CALLS_H
#define WQ_CALLS_H

#include "wq_calls_options.h"
#include "wq_calls_state.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The device. Read no member. */
typedef struct wq_calls wq_calls;

/**
 * wq_calls_open makes this the device that system calls are made on. Before it, and after wq_calls_close(), each call returns
 * UNAVAILABLE.
 *
 * @param calls need not be initialised
 * @param options are copied
 * @return 0; WQ_RESULT_INVALID_ARGUMENT when a callback is missing or the device id does not have 34 characters;
 * WQ_RESULT_LINEAR_MEMORY when the core has fewer than WQ_CALLS_MEMORY bytes left; WQ_RESULT_NOT_OPEN
 */
int32_t wq_calls_open(wq_calls *calls, const wq_calls_options *options);

/**
 * wq_calls_poll does what is due: bytes to and from the transport, timers, config fetches. It writes notifications and pends
 * their interrupts. Call it from the main loop or a task: when bytes arrived, when the time that it returned is over, and
 * after the application made calls.
 *
 * @return milliseconds until it must be called again, 0 when there is more to do now, or WQ_CALLS_IDLE
 */
uint32_t wq_calls_poll(wq_calls *calls);

/** wq_calls_link reports that the network went down, which closes all channels, or came up. At first it is up. */
void wq_calls_link(wq_calls *calls, int is_up);

/** wq_calls_close ends the connection, with a DISCONNECT if the transport takes it at once. The core stays open. */
void wq_calls_close(wq_calls *calls);

#ifdef __cplusplus
}
#endif

#endif /* WQ_CALLS_H */
