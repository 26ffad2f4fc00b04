/* What the calls without Microvisor need of the board, and how much room they take. wq_calls.h includes it. */
#ifndef WQ_CALLS_OPTIONS_H
#define WQ_CALLS_OPTIONS_H

#include "wq_core.h"
#include "wq_microvisor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes. To change one, define it for all source files. */

/** Notification buffers. */
#ifndef WQ_CALLS_NOTIFICATIONS
#define WQ_CALLS_NOTIFICATIONS 8u
#endif
/** Requests for the network. */
#ifndef WQ_CALLS_NETWORKS
#define WQ_CALLS_NETWORKS 4u
#endif
/** Channels open at once. One of them may be of type MQTT. */
#ifndef WQ_CALLS_CHANNELS
#define WQ_CALLS_CHANNELS 4u
#endif
/** Keys in one config fetch. */
#ifndef WQ_CALLS_CONFIG_KEYS
#define WQ_CALLS_CONFIG_KEYS 32u
#endif
/** Interrupts, numbered from 0: those of an STM32U585. */
#ifndef WQ_CALLS_INTERRUPTS
#define WQ_CALLS_INTERRUPTS 125u
#endif
/** Publish requests without a response. */
#ifndef WQ_CALLS_PUBLISHES
#define WQ_CALLS_PUBLISHES 8u
#endif
/** Received messages of QoS 1 and 2 that the application has not acknowledged, 1 to 65,535. */
#ifndef WQ_CALLS_MESSAGES
#define WQ_CALLS_MESSAGES 32u
#endif
/** Responses and messages that the application has not read, at least 8. */
#ifndef WQ_CALLS_ITEMS
#define WQ_CALLS_ITEMS 24u
#endif
/** Bytes for messages of QoS 1 and 2 to the broker: each takes its topic, its payload and 28 bytes. */
#ifndef WQ_CALLS_STORE
#define WQ_CALLS_STORE 2048u
#endif
/**
 * Bytes for input: the largest packet from the broker, of a PUBLISH all but the payload. With the receive buffer of the channel it is
 * the Maximum Packet Size that a broker of MQTT 5 gets.
 */
#ifndef WQ_CALLS_INPUT
#define WQ_CALLS_INPUT 1024u
#endif
/** Bytes for output: the largest packet to the broker and its strings once more, except the payload of a PUBLISH. */
#ifndef WQ_CALLS_OUTPUT
#define WQ_CALLS_OUTPUT 2560u
#endif

/** Topics of one subscribe or unsubscribe request, at most (SDK). */
#define WQ_CALLS_TOPICS 8u

/** Bytes of the core's session. */
#define WQ_CALLS_CONTEXT \
  ((uint32_t)WQ_SESSION_CONTEXT_HEADER + (uint32_t)WQ_SESSION_CONTEXT_ENTRY * (WQ_CALLS_PUBLISHES + 2u + WQ_CALLS_MESSAGES))
/** Bytes of linear memory that are used, from wq_heap_base() on. */
#define WQ_CALLS_MEMORY \
  (WQ_CALLS_CONTEXT + 2u * (uint32_t)sizeof(wq_packet) + (uint32_t)sizeof(wq_property) + WQ_CALLS_INPUT + WQ_CALLS_OUTPUT + 16u)

/** Returned by wq_calls_poll() when nothing will be due by itself. */
#define WQ_CALLS_IDLE 0x7fffffffu

/** What wq_calls_options.config returns instead of a length. */
enum wq_calls_config {
  WQ_CALLS_CONFIG_NOT_FOUND = -1,
  WQ_CALLS_CONFIG_FAILED = -2,
  /** Ask again in the next wq_calls_poll(). */
  WQ_CALLS_CONFIG_LATER = -3
};

/** What the board provides. A callback must not be NULL unless it says so. Each gets `user` first and must not block. */
typedef struct wq_calls_options {
  /** An open core with WQ_CALLS_MEMORY bytes of linear memory above wq_heap_base(). Nothing else may use it. */
  wq_core *core;
  void *user;
  /** UV and 32 hex digits, for mvGetDeviceId. */
  const char *device_id;

  /**
   * Begins a connection to host and port of the request, with its TLS credentials. What the request points to is valid
   * during this call only. May be NULL when the connection to the broker is always there.
   *
   * @return 0, or a negative MvMqttRequestState, such as -MV_MQTTREQUESTSTATE_INVALIDPARAMETERS for unusable credentials.
   * `close` is not called after a failure
   */
  int32_t (*open)(void *user, const struct MvMqttConnectRequest *request);
  /**
   * Takes bytes for the broker.
   *
   * @return how many it took; 0 when it can take none now, for example during the handshake; a negative MvMqttRequestState
   * when there is no connection, such as -MV_MQTTREQUESTSTATE_UNKNOWNCA or -MV_MQTTREQUESTSTATE_SOCKETERROR
   */
  int32_t (*send)(void *user, const uint8_t *bytes, uint32_t length);
  /** Writes bytes of the broker. @return how many, 0 when there are none now, a negative MvMqttRequestState as for `send` */
  int32_t (*receive)(void *user, uint8_t *bytes, uint32_t capacity);
  /** Frees the connection, whichever side ended it. May be NULL. */
  void (*close)(void *user);

  /**
   * Writes a value of the config or secret store.
   *
   * @param key has no terminator
   * @return the bytes of the value, or a wq_calls_config. When they are more than the capacity nothing of them is used
   */
  int32_t (*config)(
      void *user, enum MvConfigKeyFetchScope scope, enum MvConfigKeyFetchStore store, const char *key, uint32_t key_length,
      uint8_t *value, uint32_t capacity);

  /** Microseconds of a monotonic clock. While one that went back has not caught up, no time passes for the calls. */
  uint64_t (*microseconds)(void *user);
  /** Microseconds since 1970, or 0 while the time is not known. May be NULL when it never is. */
  uint64_t (*wall_clock)(void *user);
  /** Logs a line of mvServerLog. May be NULL. */
  void (*log)(void *user, const uint8_t *line, uint32_t length);
  /** Pends an interrupt. May be NULL on a Cortex-M, where the NVIC is written instead. */
  void (*pend)(void *user, uint32_t irq);
  /** Begins and ends what only one thread at a time may do. May be NULL when one thread does everything. */
  void (*lock)(void *user);
  void (*unlock)(void *user);

  /** Hertz, in this order: mvGetSysClk, mvGetHClk, mvGetPClk1, mvGetPClk2. */
  uint32_t clocks[4];
  /** Milliseconds from mvMqttRequestConnect to CONNACK. 0 means 15,000. */
  uint32_t connect_timeout;
  /** Milliseconds for the answer to a PINGREQ. 0 means 10,000. */
  uint32_t ping_timeout;
  /** Seconds that an MQTT 5 broker is asked to keep the session without a connection. */
  uint32_t session_expiry;
} wq_calls_options;

#ifdef __cplusplus
}
#endif

#endif /* WQ_CALLS_OPTIONS_H */
