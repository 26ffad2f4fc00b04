/*
 * The system calls of Microvisor on a board without Microvisor: an application that calls mv* keeps working over a transport
 * of two callbacks and a callback for the config and secret stores. MQTT is spoken by the core. README.md says what each
 * call does here.
 *
 * One device a program, since the calls name none. Nothing is allocated: all state lies in a struct wq_calls of the caller,
 * in the linear memory of the core, and in the buffers that the application gives to its channels.
 *
 * The calls and wq_calls_poll() may come from different threads if there are `lock` and `unlock`; none of them may come from
 * an interrupt. A call never waits and never enters the application: interrupts are pended by wq_calls_poll(), but for
 * those of a call that closes channels (mvReleaseNetwork) or triggers one (mvTempTriggerNotification).
 */
#ifndef WQ_CALLS_H
#define WQ_CALLS_H

#include "wq_core.h"
#include "wq_microvisor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes. To change one, define it for all sources. */

/** Notification buffers. */
#ifndef WQ_CALLS_NOTIFICATIONS
#define WQ_CALLS_NOTIFICATIONS 8u
#endif
/** Requests for the network. */
#ifndef WQ_CALLS_NETWORKS
#define WQ_CALLS_NETWORKS 4u
#endif
/** Channels open at once; one of them may be of type MQTT. */
#ifndef WQ_CALLS_CHANNELS
#define WQ_CALLS_CHANNELS 4u
#endif
/** Keys in one config fetch. */
#ifndef WQ_CALLS_CONFIG_KEYS
#define WQ_CALLS_CONFIG_KEYS 32u
#endif
/** Interrupts are numbered from 0 up to this; those of an STM32U585. */
#ifndef WQ_CALLS_INTERRUPTS
#define WQ_CALLS_INTERRUPTS 125u
#endif
/** Publish requests without a response. */
#ifndef WQ_CALLS_PUBLISHES
#define WQ_CALLS_PUBLISHES 8u
#endif
/** Messages of QoS 1 and 2 that the application has not acknowledged, 1 to 65,535. */
#ifndef WQ_CALLS_MESSAGES
#define WQ_CALLS_MESSAGES 32u
#endif
/** Responses and messages that the application has not read, 8 or more. */
#ifndef WQ_CALLS_ITEMS
#define WQ_CALLS_ITEMS 24u
#endif
/** Bytes for messages of QoS 1 and 2 on their way to the broker: topic, payload and 28 each. */
#ifndef WQ_CALLS_STORE
#define WQ_CALLS_STORE 2048u
#endif
/** Bytes for what comes: the largest packet, of a PUBLISH all but the payload. */
#ifndef WQ_CALLS_INPUT
#define WQ_CALLS_INPUT 1024u
#endif
/** Bytes for what goes: the largest packet and its strings, of a PUBLISH the payload counted once. */
#ifndef WQ_CALLS_OUTPUT
#define WQ_CALLS_OUTPUT 2560u
#endif

/** The most topics of one subscribe or unsubscribe request (SDK). */
#define WQ_CALLS_TOPICS 8u

/** Bytes of the session of the core. */
#define WQ_CALLS_CONTEXT \
  ((uint32_t)WQ_SESSION_CONTEXT_HEADER + (uint32_t)WQ_SESSION_CONTEXT_ENTRY * (WQ_CALLS_PUBLISHES + 2u + WQ_CALLS_MESSAGES))
/** Bytes of linear memory that are used from wq_heap_base() up. */
#define WQ_CALLS_MEMORY \
  (WQ_CALLS_CONTEXT + 2u * (uint32_t)sizeof(wq_packet) + (uint32_t)sizeof(wq_property) + WQ_CALLS_INPUT + WQ_CALLS_OUTPUT + 16u)

/** wq_calls_poll(): nothing is due by itself. */
#define WQ_CALLS_IDLE 0x7fffffffu

/** Results of wq_calls_options.config, beside a length. */
enum wq_calls_config {
  WQ_CALLS_CONFIG_NOT_FOUND = -1,
  WQ_CALLS_CONFIG_FAILED = -2,
  /** Ask again in the next wq_calls_poll(). */
  WQ_CALLS_CONFIG_LATER = -3
};

/** What the board has. Callbacks without "may be NULL" must be there; each gets `user` first and must not block. */
typedef struct wq_calls_options {
  /** An open core with WQ_CALLS_MEMORY bytes of linear memory above wq_heap_base(); used by nothing else. */
  wq_core *core;
  void *user;
  /** UV and 32 hex digits, for mvGetDeviceId. */
  const char *device_id;

  /**
   * Begins a connection to host and port of the request, with its TLS credentials. All that the request points to is there
   * during this call only. May be NULL when the link to the broker is up by itself.
   *
   * @return 0, or a negative MvMqttRequestState: -MV_MQTTREQUESTSTATE_INVALIDPARAMETERS for credentials of no use; `close`
   * is not called then
   */
  int32_t (*open)(void *user, const struct MvMqttConnectRequest *request);
  /**
   * @return the bytes taken, 0 when none can be taken now (the handshake goes on, say), or a negative MvMqttRequestState
   * when there is no connection: -MV_MQTTREQUESTSTATE_UNKNOWNCA, -MV_MQTTREQUESTSTATE_SOCKETERROR, ...
   */
  int32_t (*send)(void *user, const uint8_t *bytes, uint32_t length);
  /** @return the bytes that came, 0 when there are none now, or as `send` */
  int32_t (*receive)(void *user, uint8_t *bytes, uint32_t capacity);
  /** The connection is over, whoever ended it. May be NULL. */
  void (*close)(void *user);

  /**
   * A value of the config or secret store.
   *
   * @param key is not terminated
   * @return the bytes of the value, which may be more than the capacity: nothing of it is used then; or enum wq_calls_config
   */
  int32_t (*config)(
      void *user, enum MvConfigKeyFetchScope scope, enum MvConfigKeyFetchStore store, const char *key, uint32_t key_length,
      uint8_t *value, uint32_t capacity);

  /** Microseconds of a clock that does not go back. */
  uint64_t (*microseconds)(void *user);
  /** Microseconds since 1970, 0 while the time is not known. May be NULL: it never is. */
  uint64_t (*wall_clock)(void *user);
  /** A line of mvServerLog. May be NULL. */
  void (*log)(void *user, const uint8_t *line, uint32_t length);
  /** Pends an interrupt. May be NULL on a Cortex-M: NVIC_SetPendingIRQ. */
  void (*pend)(void *user, uint32_t irq);
  /** Begin and end of what one thread at a time may do. May be NULL when one thread does everything. */
  void (*lock)(void *user);
  void (*unlock)(void *user);

  /** Hertz, for mvGetSysClk, mvGetHClk, mvGetPClk1, mvGetPClk2. */
  uint32_t clocks[4];
  /** Milliseconds from mvMqttRequestConnect to CONNACK; 0 is 15,000. */
  uint32_t connect_timeout;
  /** Milliseconds for the answer to a PINGREQ; 0 is 10,000. */
  uint32_t ping_timeout;
  /** Seconds that an MQTT 5 broker is asked to keep the session without a connection. */
  uint32_t session_expiry;
} wq_calls_options;

/* What follows is for sizeof; read no member. */

typedef struct wq_calls_buffer {
  uint8_t *data;
  uint32_t size;
} wq_calls_buffer;

typedef struct wq_calls_notification {
  uint32_t handle;
  struct MvNotification *records;
  uint32_t size;
  uint32_t irq;
  uint32_t next;
} wq_calls_notification;

typedef struct wq_calls_network {
  uint32_t handle;
  uint32_t notification;
  uint32_t tag;
  enum MvNetworkStatus status;
} wq_calls_network;

typedef struct wq_calls_channel {
  uint32_t handle;
  uint32_t notification;
  uint32_t tag;
  enum MvChannelType type;
  enum MvClosureReason closure;
  wq_calls_buffer receive;
  wq_calls_buffer send;
  /* A config fetch: its keys stand in the send buffer, their values in the receive buffer. */
  uint32_t keys;
  uint32_t answered;
  uint32_t values;
  uint8_t sent;
  uint8_t done;
  uint8_t too_large;
} wq_calls_channel;

/* Something for the application to read; topic and payload stand in the receive buffer from `at` on. */
typedef struct wq_calls_item {
  uint8_t type;
  uint8_t state;
  uint8_t count;
  uint8_t qos;
  uint8_t retain;
  uint8_t is_read;
  uint16_t topic;
  uint32_t correlation_id;
  union {
    uint8_t codes[WQ_CALLS_TOPICS];
    struct {
      uint32_t payload;
      uint32_t at;
    } message;
  } of;
} wq_calls_item;

/* A message of QoS 1 or 2 that the application has, and whose acknowledgement was not sent yet. */
typedef struct wq_calls_receipt {
  uint32_t correlation_id;
  uint16_t packet_id;
  uint8_t qos;
  uint8_t is_live;
  uint8_t is_acknowledged;
} wq_calls_receipt;

/* A subscribe or unsubscribe request that waits for its answer. */
typedef struct wq_calls_pending {
  uint32_t correlation_id;
  uint32_t order;
  uint16_t packet_id;
  uint8_t count;
} wq_calls_pending;

typedef struct wq_calls_mqtt {
  uint8_t state;
  uint8_t link;
  uint8_t version;
  uint8_t clean_start;
  uint8_t is_held;
  uint8_t is_known;
  uint8_t disconnects;
  uint32_t session_key[2];
  uint32_t deadline;
  uint32_t next_correlation_id;
  /* Of the requests that wait for an answer. */
  uint32_t next_order;
  wq_calls_channel *channel;
  wq_calls_pending subscribe;
  wq_calls_pending unsubscribe;
  wq_calls_receipt receipts[WQ_CALLS_MESSAGES];
  uint32_t receipt_count;
  /* A ring of unread items; the first `visible` were told. */
  wq_calls_item items[WQ_CALLS_ITEMS];
  uint32_t first_item;
  uint32_t item_count;
  uint32_t visible;
  /* The receive buffer as a ring of topics and payloads. */
  uint32_t ring_start;
  uint32_t ring_used;
  /* The message whose payload comes. */
  wq_calls_item draft;
  uint32_t draft_header;
  uint32_t draft_left;
  uint32_t draft_at;
  uint8_t has_draft;
  /* Messages to the broker. */
  uint32_t store[WQ_CALLS_STORE / 4];
  uint32_t store_used;
  /* Linear memory. */
  wq_ptr context;
  wq_ptr packet;
  wq_ptr request;
  wq_ptr property;
  wq_ptr input;
  wq_ptr output;
  uint32_t input_used;
  uint32_t output_start;
  uint32_t output_end;
  uint32_t output_top;
} wq_calls_mqtt;

/** The device. */
typedef struct wq_calls {
  wq_calls_options options;
  uint64_t started;
  uint32_t handles;
  uint8_t link_is_up;
  uint8_t network_was_requested;
  wq_calls_notification notifications[WQ_CALLS_NOTIFICATIONS];
  wq_calls_network networks[WQ_CALLS_NETWORKS];
  wq_calls_channel channels[WQ_CALLS_CHANNELS];
  uint32_t opens[8];
  uint32_t open_count;
  wq_calls_buffer log_buffer;
  wq_calls_mqtt mqtt;
} wq_calls;

/**
 * Makes this the device that the calls are about. Until then, and after wq_calls_close(), each call gives UNAVAILABLE.
 *
 * @param calls of any content
 * @param options are copied
 * @return 0, WQ_RESULT_INVALID_ARGUMENT (a callback is missing, or the device id is not of 34 characters),
 * WQ_RESULT_LINEAR_MEMORY (the core has less than WQ_CALLS_MEMORY bytes to give), WQ_RESULT_NOT_OPEN
 */
int32_t wq_calls_open(wq_calls *calls, const wq_calls_options *options);

/**
 * Does what is due: bytes to and from the transport, timers, config fetches; writes notifications and pends their
 * interrupts. To be called from the main loop or a task, when bytes came, when the time is up that it gave, and after the
 * application made calls.
 *
 * @return milliseconds until it has to be called again, 0 when there is more to do at once, or WQ_CALLS_IDLE
 */
uint32_t wq_calls_poll(wq_calls *calls);

/** Tells that the network went down, which closes all channels, or came up again. At first it is up. */
void wq_calls_link(wq_calls *calls, int is_up);

/** Ends the connection, with a DISCONNECT if it can be sent at once, and takes the calls back. The core stays open. */
void wq_calls_close(wq_calls *calls);

#ifdef __cplusplus
}
#endif

#endif /* WQ_CALLS_H */
