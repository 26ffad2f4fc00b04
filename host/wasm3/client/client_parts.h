/* What the files of the client have in common. They are listed from the lowest to the highest: none calls one of a later file. */
#ifndef WQ_CLIENT_PARTS_H
#define WQ_CLIENT_PARTS_H

#include "wq_client.h"

/** Bytes of the largest packet that the session writes by itself. */
#define WQ_CLIENT_ANSWER 5u
/** Bytes for such packets, which wait while a payload is being sent. */
#define WQ_CLIENT_ANSWERS 64u
/** Bytes of the largest fixed header. */
#define WQ_CLIENT_FIXED_HEADER 5u
/** Largest Remaining Length (2.1.4). */
#define WQ_CLIENT_LARGEST_BODY 268435455u
/** What one wq_client_poll() does at most, so that a fast peer does not keep it for ever. */
#define WQ_CLIENT_TURNS 16u

/* client_output.c: bytes to the server */

uint8_t *wq_client_memory(wq_client *client, wq_ptr address, uint32_t length);
wq_session *wq_client_session(wq_client *client);
uint32_t wq_client_now(const wq_client *client);
/** wq_client_lose ends the connection. on_closed tells it at the end of wq_client_poll(). */
void wq_client_lose(wq_client *client, int32_t result, uint32_t reason_code);
/** wq_client_make_room moves the output to the front of its area. */
void wq_client_make_room(wq_client *client);
/** wq_client_wrote notes bytes behind the output. */
void wq_client_wrote(wq_client *client, uint32_t length);
/** wq_client_flush hands output to the transport. It returns 0, or a result with which the transport failed. */
int32_t wq_client_flush(wq_client *client);

/* client_requests.c: packets of the client */

/** wq_client_request returns the record of a packet to send, all zeros but for its type. NULL: the core is not open. */
wq_packet *wq_client_request(wq_client *client, uint32_t type);
/** wq_client_place copies bytes for the packet behind the output. It returns 0 when there is no room. */
int wq_client_place(wq_client *client, const wq_client_bytes *bytes, wq_ptr *address, uint32_t *length);
/** wq_client_place_properties writes properties. It returns 0, or a result below zero. */
int32_t wq_client_place_properties(wq_client *client, const wq_client_properties *properties, wq_ptr *at, uint32_t *length);
/** wq_client_no_room returns WQ_CLIENT_WAIT, or OUT_OF_SPACE when there will never be room. */
int32_t wq_client_no_room(const wq_client *client);
/** wq_client_send encodes the record. It returns the bytes written, or a result below zero. */
int32_t wq_client_send(wq_client *client);
/** wq_client_send_connect sends CONNECT. It returns what wq_client_send() returns. */
int32_t wq_client_send_connect(wq_client *client, int clean_start);
/** wq_client_fail ends the connection, over a rule that was broken; MQTT 5 tells the server. `type` is that of its packet, or 0. */
void wq_client_fail(wq_client *client, int32_t result, uint32_t type);

/* client_messages.c: the queue of messages */

/** wq_client_finish takes a message from the queue, and reports it. */
void wq_client_finish(wq_client *client, wq_client_message *message, int32_t result, uint32_t reason_code);
/** wq_client_finish_id does so for a message in flight, if there is one of this packet id. */
void wq_client_finish_id(wq_client *client, uint32_t packet_id, uint32_t reason_code);
/** wq_client_session_lost finishes all messages in flight. */
void wq_client_session_lost(wq_client *client);
/** wq_client_pump puts more of the current payload into the output. It returns whether there was anything to put. */
int wq_client_pump(wq_client *client);
/** wq_client_send_queued sends messages that were not sent yet. It returns whether it may go on at once. */
int wq_client_send_queued(wq_client *client);
/** wq_client_resend sends a message of an earlier connection again. It returns whether there was room. */
int wq_client_resend(wq_client *client, uint32_t packet_id);

/* client_input.c: bytes of the server */

/** wq_client_receive takes what the transport has. It returns whether there may be more. */
int wq_client_receive(wq_client *client);

#endif /* WQ_CLIENT_PARTS_H */
