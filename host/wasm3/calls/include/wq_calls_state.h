/* The state of a device. wq_calls.h includes it, so that an application can allocate one. Read no member. */
#ifndef WQ_CALLS_STATE_H
#define WQ_CALLS_STATE_H

#include "wq_calls_options.h"

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
  /* A config fetch: its keys are in the send buffer, their values in the receive buffer. */
  uint32_t keys;
  uint32_t answered;
  uint8_t sent;
  uint8_t done;
  uint8_t too_large;
} wq_calls_channel;

/* An item for the application to read. Its topic, then its payload, are in the receive buffer from `at` on. */
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

/* A message of QoS 1 or 2 that the application was given and whose acknowledgement was not sent yet. */
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
  /* Numbers the requests that wait for an answer. */
  uint32_t next_order;
  wq_calls_channel *channel;
  wq_calls_pending subscribe;
  wq_calls_pending unsubscribe;
  wq_calls_receipt receipts[WQ_CALLS_MESSAGES];
  uint32_t receipt_count;
  /* A ring of unread items. The application was notified of the first `visible`. */
  wq_calls_item items[WQ_CALLS_ITEMS];
  uint32_t first_item;
  uint32_t item_count;
  uint32_t visible;
  /* The receive buffer as a ring of topics and payloads. */
  uint32_t ring_start;
  uint32_t ring_used;
  /* The message whose payload is arriving. */
  wq_calls_item draft;
  uint32_t draft_header;
  uint32_t draft_left;
  uint32_t draft_at;
  uint8_t has_draft;
  /* Bytes came, and what they complete was not looked for yet. */
  uint8_t has_news;
  /* Messages to the broker. */
  uint32_t store[WQ_CALLS_STORE / 4];
  uint32_t store_used;
  /* Addresses in linear memory. */
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

struct wq_calls {
  wq_calls_options options;
  const struct wq_calls_driver *mqtt_driver;
  uint64_t started;
  /* Milliseconds since then, at the begin of the turn. */
  uint64_t now;
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
};

#endif /* WQ_CALLS_STATE_H */
