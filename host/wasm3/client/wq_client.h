/*
 * An MQTT client over the core's session: MQTT 3.1.1 and 5, QoS 0 to 2, keep alive, sessions that outlive connections. You give it
 * callbacks that send, receive and tell the time. It allocates nothing and never waits: call wq_client_poll() in a loop.
 *
 * Texts and payloads of requests are read within the call. Only a wq_client_message, its topic, payload and properties must stay
 * in place until on_published: so it can be sent again, and is never copied whole. What callbacks get is valid within them.
 * Callbacks may call all functions but wq_client_poll() and wq_client_open(). The transport's may call none.
 *
 * Results below zero are WQ_RESULT_* of wasmqtt.h, or WQ_CLIENT_* of wq_client_options.h.
 */
#ifndef WQ_CLIENT_H
#define WQ_CLIENT_H

#include <string.h>

#include "wq_client_options.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of linear memory that a client takes from `memory` on. */
#define WQ_CLIENT_MEMORY(send_capacity, receive_capacity, alias_bytes, input_size, output_size)                            \
  (2u * (WQ_SESSION_CONTEXT_HEADER + 4u * ((send_capacity) + (receive_capacity)) + (alias_bytes) + 8u) + (input_size) + \
   (output_size) + 360u)

/** All zeros before wq_client_open(). Read no member but `state` (enum wq_client_state) and `options.user`. */
typedef struct wq_client {
  uint32_t state;
  wq_client_options options;
  /* addresses in linear memory, and bytes of the context */
  wq_ptr context, trial, packet, request, item, answers, input, output;
  uint32_t context_size;
  /* bytes in the answers, and of input and output those that count */
  uint32_t answers_used, input_start, input_end, output_start, output_end, output_top;
  /* the message whose payload comes in pieces: bytes of its header, of its payload, those that are missing, whether it is new */
  uint32_t header, total, left, is_new;
  /* properties that wq_client_next_property() has not read */
  wq_ptr properties;
  uint32_t properties_left;
  /* the first and last queued message; the one whose payload is being sent, and how much of it was */
  wq_client_message *first, *last, *current;
  uint32_t current_offset;
  /* times, and how often connecting failed */
  uint32_t progress_at, reconnect_at, failures, random;
  /* how the last connection ended, for on_closed */
  int32_t end_result;
  uint32_t end_reason;
  uint8_t is_polling, has_ended, is_leaving, leave_reason, reconnects, starts_clean, has_news;
} wq_client;

/** wq_client_string returns the bytes of a text that ends with a zero, without the zero. */
static inline wq_client_bytes wq_client_string(const char *text) {
  wq_client_bytes bytes;
  bytes.data = text;
  bytes.length = (uint32_t)strlen(text);
  return bytes;
}

/**
 * wq_client_open makes a client with a new session and an empty queue: set messages that were in its queue to zero. It begins no
 * connection.
 *
 * @return 0; WQ_RESULT_INVALID_ARGUMENT for an option out of its range, WQ_RESULT_LINEAR_MEMORY when WQ_CLIENT_MEMORY bytes do
 * not fit, WQ_RESULT_NOT_OPEN, or a result of wq_session_init()
 */
int32_t wq_client_open(wq_client *client, const wq_client_options *options);

/**
 * wq_client_connect opens the transport and prepares CONNECT (3.1). The outcome comes as on_connected or on_closed.
 *
 * @return 0; WQ_RESULT_SESSION_STATE unless closed; WQ_CLIENT_OPEN_FAILED, after on_closed; or why CONNECT cannot be encoded
 */
int32_t wq_client_connect(wq_client *client);

/**
 * wq_client_publish queues a message (3.3), connected or not. It is sent in its turn, within the server's Receive Maximum, again
 * after a reconnect if need be, and ends with on_published.
 *
 * @return 0; WQ_RESULT_INVALID_ARGUMENT for a QoS above 2 or a payload without `payload` and `read`; WQ_CLIENT_BUSY when it is
 * queued already. What the core or the server does not allow comes by on_published.
 */
int32_t wq_client_publish(wq_client *client, wq_client_message *message);

/**
 * wq_client_subscribe sends SUBSCRIBE (3.8). The answer is on_subscribed.
 *
 * @param count filters, at least 1 (MQTT-3.8.3-2)
 * @param properties may be NULL
 * @return the packet id, 1 to 65,535; WQ_CLIENT_WAIT; WQ_RESULT_OUT_OF_SPACE when it can never fit into the output; or a result of
 * wq_session_send(): SESSION_STATE when not connected, NO_MEMORY when send_capacity is used up, or a rule that it breaks
 */
int32_t wq_client_subscribe(
    wq_client *client, const wq_client_filter *filters, uint32_t count, const wq_client_properties *properties);

/** wq_client_unsubscribe sends UNSUBSCRIBE (3.10), as wq_client_subscribe() does SUBSCRIBE. */
int32_t wq_client_unsubscribe(
    wq_client *client, const wq_client_filter *filters, uint32_t count, const wq_client_properties *properties);

/**
 * wq_client_acknowledge sends PUBACK or PUBREC for a message, with WQ_SESSION_FLAG_MANUAL_ACKNOWLEDGEMENT: in the order of the
 * messages of that QoS (MQTT-4.6.0-2). One of QoS 2 may be acknowledged after a reconnect.
 *
 * @param qos 1 or 2
 * @param reason_code 0 to 255, of MQTT 5; from 0x80 on it refuses the message
 * @return 0, WQ_CLIENT_WAIT, or PACKET_ID_UNKNOWN, TRANSITION_ILLEGAL, ACKNOWLEDGEMENT_ORDER
 */
int32_t wq_client_acknowledge(wq_client *client, uint32_t packet_id, uint32_t qos, uint32_t reason_code);

/** wq_client_authenticate sends AUTH (3.15) of MQTT 5. @return 0, WQ_CLIENT_WAIT, or a result of wq_session_send() */
int32_t wq_client_authenticate(wq_client *client, uint32_t reason_code, const wq_client_properties *properties);

/**
 * wq_client_disconnect ends the connection with DISCONNECT (3.14) behind what is being sent, and stops reconnecting. on_closed tells
 * when it is done. Messages in the queue stay there.
 *
 * @param reason_code 0, or 4 with which the server publishes the will all the same; MQTT 3.1.1 sends none
 * @return 0
 */
int32_t wq_client_disconnect(wq_client *client, uint32_t reason_code);

/**
 * wq_client_poll sends, receives, reports, and does what is due. It receives at most 16 times.
 *
 * @return milliseconds after which it has to be called again, or earlier when the transport has bytes; WQ_CLIENT_IDLE; or
 * WQ_CLIENT_BUSY within a callback
 */
int32_t wq_client_poll(wq_client *client);

/**
 * wq_client_next_property reads the next property of the packet that a callback is about: CONNACK, PUBLISH, SUBACK, AUTH and so on; in
 * on_closed that of the CONNACK or DISCONNECT with which the server ended it.
 *
 * @return 1, or 0 when there are no more
 */
int32_t wq_client_next_property(wq_client *client, wq_client_property *property);

#ifdef __cplusplus
}
#endif

#endif /* WQ_CLIENT_H */
