/*
 * The one MQTT connection, for the MQTT calls above it. The files are listed from the lowest to the highest: none calls a
 * function of a later one.
 */
#ifndef WQ_CALLS_MANAGED_CLIENT_H
#define WQ_CALLS_MANAGED_CLIENT_H

#include "../kernel/kernel.h"

/* The state of the channel, which has at most one connection in its life. */
enum wq_calls_state { STATE_NONE, STATE_PENDING, STATE_CONNECTED, STATE_OVER };

/* The state of the transport. ENDING: it is closed as soon as it has taken all output. */
enum wq_calls_link { LINK_CLOSED, LINK_OPEN, LINK_ENDING };

/* wire.c */

/** wq_calls_memory returns a pointer to `length` bytes of linear memory, or NULL when the core is not open. */
uint8_t *wq_calls_memory(wq_calls *calls, wq_ptr address, uint32_t length);
/** wq_calls_new_packet returns the record of the packet to send, all zeros but for its type. NULL: the core is not open. */
wq_packet *wq_calls_new_packet(wq_calls *calls, uint32_t type);
/** wq_calls_place copies a string of the packet behind the output. It returns its address, 0 when there is no room. */
wq_ptr wq_calls_place(wq_calls *calls, const void *data, uint32_t length);
/** wq_calls_send_packet encodes the record into the output. It returns what wq_session_send() returns. */
int32_t wq_calls_send_packet(wq_calls *calls);
/** wq_calls_sent_id returns the Packet Identifier of the packet that was sent last. */
uint32_t wq_calls_sent_id(wq_calls *calls);
/** wq_calls_send_publish sends a PUBLISH, whose payload it copies once. It returns what wq_session_send() returns. */
int32_t wq_calls_send_publish(
    wq_calls *calls, const uint8_t *topic, uint32_t topic_length, const uint8_t *payload, uint32_t payload_length,
    uint32_t flags, uint32_t packet_id);
/** wq_calls_publish_fits returns whether an empty output has room for a PUBLISH of this size. */
int wq_calls_publish_fits(uint32_t topic_length, uint32_t payload_length);
uint32_t wq_calls_output_room(const wq_calls *calls);
/** wq_calls_write hands output to the transport. It returns 0, or the request state with which the transport failed. */
int32_t wq_calls_write(wq_calls *calls);

/* inbox.c */

/** wq_calls_inbox_begin empties the inbox for a new channel. */
void wq_calls_inbox_begin(wq_calls *calls);
/** wq_calls_inbox_put adds an item; wq_calls_inbox_tell() notifies the application of it. */
void wq_calls_inbox_put(wq_calls *calls, const wq_calls_item *item);
/** wq_calls_put_state adds the response to a connect or disconnect request. */
void wq_calls_put_state(wq_calls *calls, enum MvMqttReadableDataType type, enum MvMqttRequestState state, uint32_t code);
/** wq_calls_put_answer adds the response to another request. `codes` may be NULL with a count of 0. */
void wq_calls_put_answer(
    wq_calls *calls, enum MvMqttReadableDataType type, uint32_t correlation_id, enum MvMqttRequestState state,
    const uint8_t *codes, uint32_t count);
/** wq_calls_inbox_untold counts the items of a type that the application was not notified of. */
uint32_t wq_calls_inbox_untold(const wq_calls *calls, enum MvMqttReadableDataType type);
/** wq_calls_inbox_tell notifies the application of all items. */
void wq_calls_inbox_tell(wq_calls *calls);
/** wq_calls_inbox_peek returns the first unread item of a type, of any type with NONE. NULL: there is none. */
wq_calls_item *wq_calls_inbox_peek(wq_calls *calls, enum MvMqttReadableDataType type);
void wq_calls_inbox_consume(wq_calls *calls, wq_calls_item *item);
/** wq_calls_largest_packet returns the bytes of the largest packet that a broker of MQTT 5 may send. */
uint32_t wq_calls_largest_packet(const wq_calls *calls);
/** wq_calls_ring_room returns how many bytes of the receive buffer are free. */
uint32_t wq_calls_ring_room(const wq_calls *calls);
/** wq_calls_ring_take reserves free bytes of the receive buffer. It returns where they begin. */
uint32_t wq_calls_ring_take(wq_calls *calls, uint32_t length);
void wq_calls_ring_write(wq_calls *calls, uint32_t at, const uint8_t *bytes, uint32_t length);
void wq_calls_ring_read(const wq_calls *calls, uint32_t at, uint8_t *bytes, uint32_t length);

/* store.c */

/** wq_calls_store_add keeps a message of QoS 1 or 2 until it is finished. 1: done, 0: no room now, -1: there never will be. */
int wq_calls_store_add(wq_calls *calls, const struct MvMqttPublishRequest *request);
/** wq_calls_store_asked counts the messages whose publish request has no response yet. */
uint32_t wq_calls_store_asked(const wq_calls *calls);
/** wq_calls_store_send sends messages that were not sent yet, as far as the broker and the output take them. */
void wq_calls_store_send(wq_calls *calls);
/** wq_calls_store_resend sends a message of an earlier connection again. 1: done, 0: no room now, -1: it cannot be sent. */
int wq_calls_store_resend(wq_calls *calls, uint32_t packet_id);
/** wq_calls_store_accepted drops topic and payload of a message that PUBREC acknowledged. */
void wq_calls_store_accepted(wq_calls *calls, uint32_t packet_id);
/** wq_calls_store_published answers the publish request of a message, which is finished. */
void wq_calls_store_published(wq_calls *calls, uint32_t packet_id, uint32_t reason_code);
/** wq_calls_store_oldest finds the oldest publish request without a response. It returns 0 when there is none. */
int wq_calls_store_oldest(wq_calls *calls, uint32_t *order);
/** wq_calls_store_answer answers the publish request of that order with NOTCONNECTED. */
void wq_calls_store_answer(wq_calls *calls, uint32_t order);
/** wq_calls_store_lost keeps, at the end of a connection, the messages of a session that goes on, and drops the others. */
void wq_calls_store_lost(wq_calls *calls);

/* receipts.c */

/** wq_calls_receipt_add notes a new message. It returns NULL when there is no room. */
wq_calls_receipt *wq_calls_receipt_add(wq_calls *calls, uint32_t packet_id, uint32_t qos);
/** wq_calls_receipt_again returns the receipt of a repeated message of QoS 2 if the application has to get it again, or NULL. */
wq_calls_receipt *wq_calls_receipt_again(wq_calls *calls, uint32_t packet_id);
/** wq_calls_receipts_lost keeps, at the end of a connection, the receipts of QoS 2: their messages may come again. */
void wq_calls_receipts_lost(wq_calls *calls);
/** wq_calls_receipts_send sends the acknowledgements whose turn it is. It returns 0, or the result code with which it failed. */
int32_t wq_calls_receipts_send(wq_calls *calls);

/* pending_requests.c */

/** wq_calls_inbox_room returns how many more items the inbox takes, with room kept for the responses that are owed. */
uint32_t wq_calls_inbox_room(const wq_calls *calls);
/** wq_calls_answer_all answers all requests without a response with NOTCONNECTED, in the order in which they were made. */
void wq_calls_answer_all(wq_calls *calls);

/* link.c */

/** wq_calls_link_flush hands output to the transport. It returns 0 when that ended the connection. */
int wq_calls_link_flush(wq_calls *calls);
/** wq_calls_link_close closes the transport, with whatever it has not taken. */
void wq_calls_link_close(wq_calls *calls);
/** wq_calls_link_goodbye sends DISCONNECT if there is room for it; the transport closes when it has taken everything. */
void wq_calls_link_goodbye(wq_calls *calls, uint32_t reason_code);
/** wq_calls_link_finish ends the connection; what has to outlive it is left to the session. */
void wq_calls_link_finish(wq_calls *calls);
/** wq_calls_connected is called for a CONNACK that accepts the connection. */
void wq_calls_connected(wq_calls *calls, int session_present);
/** wq_calls_connect_failed ends the pending connection, with this response to its request. */
void wq_calls_connect_failed(wq_calls *calls, enum MvMqttRequestState state, uint32_t code);
/** wq_calls_ended ends the connection, if it is connected, with this response. */
void wq_calls_ended(wq_calls *calls, enum MvMqttRequestState state, uint32_t code, int says_goodbye);
/**
 * wq_calls_fail ends the connection, whatever its state: this side failed, or the broker broke a rule. `received` is the code with
 * which the broker ended it, or 0.
 */
void wq_calls_fail(wq_calls *calls, uint32_t reason_code, uint32_t received);
/** wq_calls_lost ends the connection, whose transport is gone. `failure` is the request state of the transport, or 0. */
void wq_calls_lost(wq_calls *calls, int32_t failure);
/** wq_calls_settle is wq_calls_receipts_send(), and fails the connection when that fails. */
void wq_calls_settle(wq_calls *calls);

/* receive.c */

/** wq_calls_receive takes what the transport has, as far as there is room for it. */
void wq_calls_receive(wq_calls *calls);

/* channel.c */

extern const struct wq_calls_driver wq_calls_mqtt_driver;
/** wq_calls_mqtt_open lays out linear memory. It returns 0, WQ_RESULT_LINEAR_MEMORY, or a result of wq_heap_base(). */
int32_t wq_calls_mqtt_open(wq_calls *calls);
/** wq_calls_mqtt_stop ends the connection, with a DISCONNECT if the transport takes it at once. */
void wq_calls_mqtt_stop(wq_calls *calls);
/** wq_calls_mqtt_poll does what is due. It returns the milliseconds until it must be called again, or WQ_CALLS_IDLE. */
uint32_t wq_calls_mqtt_poll(wq_calls *calls);
/** wq_calls_mqtt_take_session takes up the session of a request, or begins a new one. It ends the connection before it. */
void wq_calls_mqtt_take_session(wq_calls *calls, const struct MvMqttConnectRequest *request);
/** wq_calls_mqtt_connect opens the transport. The CONNECT is in the output. */
void wq_calls_mqtt_connect(wq_calls *calls, const struct MvMqttConnectRequest *request);

#endif /* WQ_CALLS_MANAGED_CLIENT_H */
