/* What a client of wq_client.h works with: its results, messages, transport, callbacks and options. */
#ifndef WQ_CLIENT_OPTIONS_H
#define WQ_CLIENT_OPTIONS_H

#include "wq_core.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Results of the client itself. */
enum wq_client_result {
  /** there is no room for it now: call wq_client_poll() and try again */
  WQ_CLIENT_WAIT = -1000,
  /** the call is not possible within a callback */
  WQ_CLIENT_BUSY = -1001,
  /** the transport could not be opened */
  WQ_CLIENT_OPEN_FAILED = -1002,
  /** the transport failed to send */
  WQ_CLIENT_SEND_FAILED = -1003,
  /** the transport failed to receive, or the server closed it */
  WQ_CLIENT_RECEIVE_FAILED = -1004,
  /** the transport said that it sent or received more bytes than it was asked for */
  WQ_CLIENT_TRANSPORT_LENGTH = -1005,
  /** the transport took nothing for response_timeout, though there was something to send */
  WQ_CLIENT_SEND_TIMEOUT = -1006,
  /** the server refused the connection; the reason code is that of its CONNACK (3.2.2.2) */
  WQ_CLIENT_REFUSED = -1007,
  /** the server sent DISCONNECT (3.14) */
  WQ_CLIENT_DISCONNECTED = -1008,
  /** the message could not read its payload; MQTT has no way to abort a PUBLISH, so the connection ended */
  WQ_CLIENT_PAYLOAD_FAILED = -1009,
  /** the server has no session any more (MQTT-3.2.2-5): nobody knows whether the message arrived */
  WQ_CLIENT_SESSION_LOST = -1010
};

/** wq_client_poll() has nothing to do until the transport has bytes, or a function is called. */
#define WQ_CLIENT_IDLE 0x7fffffff

enum wq_client_state { WQ_CLIENT_CLOSED, WQ_CLIENT_CONNECTING, WQ_CLIENT_CONNECTED, WQ_CLIENT_CLOSING };

/** Bytes of yours. `data` may be NULL when `length` is 0. */
typedef struct wq_client_bytes {
  const void *data;
  uint32_t length;
} wq_client_bytes;

/** A property of MQTT 5 (2.2.2.2). Its type says which of the members counts. */
typedef struct wq_client_property {
  /** WQ_PROPERTY_* */
  uint32_t id;
  /** of an integer */
  uint32_t number;
  /** of a string or binary data, or the value of a User Property */
  wq_client_bytes value;
  /** of a User Property */
  wq_client_bytes name;
} wq_client_property;

/** Properties of a packet to send. Without any: all zeros. In MQTT 3.1.1 none are sent. */
typedef struct wq_client_properties {
  const wq_client_property *list;
  uint32_t count;
} wq_client_properties;

/** A message to publish. Set all other members to zero. The client's members are not yours from wq_client_publish() to on_published. */
typedef struct wq_client_message {
  wq_client_bytes topic;
  /** 0 to 2 */
  uint8_t qos;
  /** 0 or 1 */
  uint8_t retain;
  /** NULL when `read` is given */
  const void *payload;
  /** bytes of the payload, 0 to 268,435,455 less those of the topic and properties */
  uint32_t payload_length;
  /**
   * Reads a part of the payload, when it is not in memory. A message that is sent again is read again.
   *
   * @param offset of the part, bytes
   * @param capacity bytes for it, at least 1
   * @return bytes that were read, 0 when there are none now, below zero when there never will be
   */
  int32_t (*read)(struct wq_client_message *message, uint32_t offset, uint8_t *to, uint32_t capacity);
  /** Topic Alias only at QoS 0: an alias ends with the connection, a message may outlive it */
  wq_client_properties properties;
  /** yours */
  void *user;
  /** the client's */
  struct wq_client_message *next;
  uint32_t packet_id;
  uint32_t is_queued;
} wq_client_message;

/** A message from the server, or a piece of it: `length` bytes of the payload's `total` from `offset`. */
typedef struct wq_client_delivery {
  const char *topic;
  const uint8_t *payload;
  uint32_t topic_length;
  /** bytes; below `total` when the message is larger than the input and comes in pieces, in order */
  uint32_t length;
  /** bytes. A message that begins again at 0 did not arrive before: drop what came of it */
  uint32_t offset;
  /** bytes */
  uint32_t total;
  /** 1 to 65,535; 0 at QoS 0 */
  uint32_t packet_id;
  /** 0 to 2 */
  uint8_t qos;
  /** 0 or 1 */
  uint8_t retain;
  /** 0 or 1 */
  uint8_t dup;
} wq_client_delivery;

/** A Topic Filter, and for SUBSCRIBE its options (3.8.3.1). */
typedef struct wq_client_filter {
  wq_client_bytes filter;
  /** maximum QoS 0 to 2; in MQTT 5 also No Local 4, Retain As Published 8, Retain Handling 16 or 32 */
  uint32_t options;
} wq_client_filter;

/** How bytes get to the server and back. `user` is that of the options. None of them may wait. */
typedef struct wq_client_transport {
  /** @return bytes sent, 1 to `length`; 0 when it takes none now; below zero when it failed */
  int32_t (*send)(void *user, const uint8_t *bytes, uint32_t length);
  /** @return bytes received, 1 to `capacity`; 0 when there are none now; below zero when it failed or is closed */
  int32_t (*receive)(void *user, uint8_t *bytes, uint32_t capacity);
  /** @return milliseconds of a monotonic clock; may wrap around */
  uint32_t (*now)(void *user);
  /**
   * Begins a new connection. The others return 0 until it is there. May be NULL when you open the transport before each
   * wq_client_connect().
   *
   * @return 0, or below zero when it failed
   */
  int32_t (*open)(void *user);
  /** Closes the connection, also one that could not be opened. May be NULL. */
  void (*close)(void *user);
} wq_client_transport;

/** What the client reports. All but on_closed are called by wq_client_poll(); each may be NULL. */
typedef struct wq_client_callbacks {
  /** CONNACK. Without `session_present`, subscribe again: the server has none of the subscriptions (3.2.2.1.1). */
  void (*on_connected)(void *user, int session_present);
  /** A message, or a piece of one. The acknowledgement goes out after it. */
  void (*on_message)(void *user, const wq_client_delivery *message);
  /**
   * The message is finished and yours again: QoS 0 is on its way, QoS 1 and 2 are with the server.
   *
   * @param result 0, or why it was not sent, WQ_CLIENT_SESSION_LOST or WQ_CLIENT_PAYLOAD_FAILED
   * @param reason_code of PUBACK, PUBREC or PUBCOMP: below 0x80 it was accepted (3.4.2.1)
   */
  void (*on_published)(void *user, wq_client_message *message, int32_t result, uint32_t reason_code);
  /** SUBACK: `codes` has one for each filter, 0 to 2 the granted QoS, from 0x80 on refused (3.9.3). */
  void (*on_subscribed)(void *user, uint32_t packet_id, const uint8_t *codes, uint32_t count);
  /** UNSUBACK. In MQTT 3.1.1 `count` is 0: all filters are gone. */
  void (*on_unsubscribed)(void *user, uint32_t packet_id, const uint8_t *codes, uint32_t count);
  /** AUTH: answer with wq_client_authenticate(), unless the reason code is 0 (4.12). */
  void (*on_authenticate)(void *user, uint32_t reason_code);
  /**
   * The connection ended, or could not be made. Unanswered SUBSCRIBEs are lost with it. wq_client_disconnect() here stops the
   * reconnecting.
   *
   * @param result 0 after wq_client_disconnect(), else a result below zero
   * @param reason_code of the server's CONNACK or DISCONNECT, else 0
   */
  void (*on_closed)(void *user, int32_t result, uint32_t reason_code);
} wq_client_callbacks;

/** How the client works. Set what you do not need to zero. Everything it points to must stay while the client is in use. */
typedef struct wq_client_options {
  /** open, with WQ_PART_MQTT and WQ_PART_SESSION */
  wq_core *core;
  /** where the client's memory begins in linear memory, 0 for wq_heap_base() */
  wq_ptr memory;
  wq_client_transport transport;
  wq_client_callbacks callbacks;
  /** first argument of all callbacks */
  void *user;
  /** 4 (MQTT 3.1.1) or 5 */
  uint32_t version;
  wq_client_bytes client_id;
  /** `data` NULL for none */
  wq_client_bytes user_name, password;
  /** NULL for none; its payload has to be in memory */
  const wq_client_message *will;
  /** seconds, 0 to 65,535; 0 for none */
  uint32_t keep_alive;
  /**
   * whether wq_client_connect() begins a new session (Clean Start, 3.1.2.4). Reconnects go on with it, but for MQTT 3.1.1, where
   * such a session ends with its connection
   */
  uint32_t clean_start;
  /**
   * WQ_SESSION_FLAG_MANUAL_ACKNOWLEDGEMENT: you call wq_client_acknowledge(). WQ_SESSION_FLAG_ADOPT_SESSION: a session that only the
   * server knows goes on, which MQTT 5 forbids (MQTT-3.2.2-4); in 3.1.1 it always does. Without it the next connection begins another
   */
  uint32_t session_flags;
  /** seconds for which the server keeps the session, MQTT 5; 0 ends it with the connection */
  uint32_t session_expiry;
  /** of the CONNECT. The client adds Receive Maximum and Session Expiry Interval. */
  wq_client_properties properties;
  /** messages of QoS 1 and 2 and subscriptions in flight to the server, 1 to 65,535 */
  uint32_t send_capacity;
  /**
   * messages of QoS 1 and 2 in flight from the server, 1 to 65,535. A server of MQTT 3.1.1 does not know of it: when it sends more
   * messages of QoS 2 at a time, the connection ends with WQ_RESULT_NO_MEMORY
   */
  uint32_t receive_capacity;
  /** bytes for the topics of inbound aliases; 0 unless `properties` have a Topic Alias Maximum. Each alias gets the same share. */
  uint32_t alias_bytes;
  /** bytes for received packets, 64 to 268,435,455. Of a larger PUBLISH all but the payload has to fit. */
  uint32_t input_size;
  /** bytes for packets to send, 64 to 268,435,455. Texts of a request are in it twice; a payload goes through it in pieces. */
  uint32_t output_size;
  /** milliseconds for CONNACK and PINGRESP, and for the transport to take something; 0 for 30,000, at most 2^31 - 1 */
  uint32_t response_timeout;
  /** milliseconds before the first reconnect; 0 for none. Each failure doubles it; half of the time is random. */
  uint32_t reconnect_least;
  /** milliseconds, at least reconnect_least, at most 2^30 */
  uint32_t reconnect_most;
  /** a number that differs from device to device, so that they do not all reconnect at once */
  uint32_t seed;
} wq_client_options;

#ifdef __cplusplus
}
#endif

#endif /* WQ_CLIENT_OPTIONS_H */
