/* What the files of the MQTT calls have of each other. */
#ifndef WQ_CALLS_MQTT_H
#define WQ_CALLS_MQTT_H

#include "../kernel/kernel.h"

/* Of the channel: at most one connection in its life. */
enum wq_calls_state { STATE_NONE, STATE_PENDING, STATE_CONNECTED, STATE_OVER };

/* Of the transport. ENDING: what is in the output goes, then it is closed. */
enum wq_calls_link { LINK_CLOSED, LINK_OPEN, LINK_ENDING };

/* connection.c */
int32_t wq_calls_mqtt_open(wq_calls *calls);
void wq_calls_mqtt_begin(wq_calls *calls, wq_calls_channel *channel);
/* The channel is closed. */
void wq_calls_mqtt_close(wq_calls *calls, int orderly);
void wq_calls_mqtt_stop(wq_calls *calls);
uint32_t wq_calls_mqtt_poll(wq_calls *calls);
/* The request is that of the application, with MQTT 4 or 5 as version; the CONNECT is in the output. */
void wq_calls_mqtt_connect(wq_calls *calls, const struct MvMqttConnectRequest *request);
void wq_calls_mqtt_take_session(wq_calls *calls, const struct MvMqttConnectRequest *request);
void wq_calls_mqtt_connected(wq_calls *calls, int session_present);
void wq_calls_mqtt_failed(wq_calls *calls, enum MvMqttRequestState state, uint32_t code);
/* The connection that stood is over. */
void wq_calls_mqtt_ended(wq_calls *calls, enum MvMqttRequestState state, uint32_t code, int goodbye);
/* Something went wrong on this side, or the broker broke a rule: ends the connection whatever its state. */
void wq_calls_mqtt_fail(wq_calls *calls, uint32_t reason_code);
/* The transport has no connection any more. */
void wq_calls_mqtt_lost(wq_calls *calls, int32_t failure);

/* wire.c */
uint8_t *wq_calls_memory(wq_calls *calls, wq_ptr address, uint32_t length);
/* A Packet record for what is sent, all zeros but for its type; NULL when the core is out of order. */
wq_packet *wq_calls_new_packet(wq_calls *calls, uint32_t type);
/* Puts a string behind the output; gives its address, 0 when there is no room. */
wq_ptr wq_calls_place(wq_calls *calls, const void *data, uint32_t length);
/* Encodes the record into the output; gives what session_send gives. */
int32_t wq_calls_send_packet(wq_calls *calls);
/* The Packet Identifier that the packet sent last was given. */
uint32_t wq_calls_sent_id(wq_calls *calls);
/* A PUBLISH; its payload is copied once. Gives what session_send gives. */
int32_t wq_calls_send_publish(
    wq_calls *calls, const uint8_t *topic, uint32_t topic_length, const uint8_t *payload, uint32_t payload_length,
    uint32_t flags, uint32_t packet_id);
/* Whether a PUBLISH of this size can be sent when the output is empty. */
int wq_calls_publish_fits(uint32_t topic_length, uint32_t payload_length);
uint32_t wq_calls_output_room(const wq_calls *calls);
/* Hands output to the transport. Gives 0 when the connection was lost over it. */
int wq_calls_flush(wq_calls *calls);

/* receive.c */
void wq_calls_receive(wq_calls *calls);

/* inbox.c */
void wq_calls_inbox_begin(wq_calls *calls);
/* How many more items can be taken, with room kept for the answers that are owed. */
uint32_t wq_calls_inbox_room(const wq_calls *calls);
void wq_calls_put(wq_calls *calls, const wq_calls_item *item);
void wq_calls_put_state(wq_calls *calls, enum MvMqttReadableDataType type, enum MvMqttRequestState state, uint32_t code);
void wq_calls_put_answer(
    wq_calls *calls, enum MvMqttReadableDataType type, uint32_t correlation_id, enum MvMqttRequestState state,
    const uint8_t *codes, uint32_t count);
/* Items of that type that were not told yet. */
uint32_t wq_calls_untold(const wq_calls *calls, enum MvMqttReadableDataType type);
/* Tells the application of all items that it does not know. */
void wq_calls_tell(wq_calls *calls);
/* The first unread item of that type, or of any with NONE; NULL when there is none. */
wq_calls_item *wq_calls_peek(wq_calls *calls, enum MvMqttReadableDataType type);
void wq_calls_consume(wq_calls *calls, wq_calls_item *item);
uint32_t wq_calls_ring_room(const wq_calls *calls);
/* Takes room behind what is in the ring; gives where it begins. */
uint32_t wq_calls_ring_take(wq_calls *calls, uint32_t length);
void wq_calls_ring_write(wq_calls *calls, uint32_t at, const uint8_t *bytes, uint32_t length);
void wq_calls_ring_read(const wq_calls *calls, uint32_t at, uint8_t *bytes, uint32_t length);

/* receipts.c */
wq_calls_receipt *wq_calls_receipt_add(wq_calls *calls, uint32_t packet_id, uint32_t qos);
/* A message of QoS 2 came again: its receipt when the application has to get it again. */
wq_calls_receipt *wq_calls_receipt_again(wq_calls *calls, uint32_t packet_id);
void wq_calls_receipts_lost(wq_calls *calls);
/* Sends the acknowledgements that have their turn. */
void wq_calls_settle(wq_calls *calls);

/* store.c */

/* Keeps a message of QoS 1 or 2 until it is finished: 1 done, 0 no room now, -1 there will never be. */
int wq_calls_store_add(wq_calls *calls, const struct MvMqttPublishRequest *request);
uint32_t wq_calls_store_asked(const wq_calls *calls);
/* Sends what waits, as far as the broker and the output take it. */
void wq_calls_store_send(wq_calls *calls);
/* Sends a message of an earlier connection again: 1 done, 0 no room now, -1 it cannot be sent. */
int wq_calls_store_resend(wq_calls *calls, uint32_t packet_id);
void wq_calls_store_accepted(wq_calls *calls, uint32_t packet_id);
void wq_calls_store_published(wq_calls *calls, uint32_t packet_id, uint32_t reason_code);
/* The oldest request that waits for its answer; 0 when there is none. */
int wq_calls_store_oldest(wq_calls *calls, uint32_t *order);
/* Answers it with NOTCONNECTED. */
void wq_calls_store_answer(wq_calls *calls, uint32_t order);
/* The connection is over: keeps what belongs to a session that goes on. */
void wq_calls_store_lost(wq_calls *calls);

#endif /* WQ_CALLS_MQTT_H */
