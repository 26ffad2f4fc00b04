/* The one connection: its states, its time, the transport under it and the session that it has. */
#include <string.h>

#include "managed_client.h"

/* Milliseconds after which a transport that took nothing is tried again. */
#define RETRY 10u
#define UNSPECIFIED 0x80u

int32_t wq_calls_mqtt_open(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  const int32_t base = wq_heap_base(calls->options.core);
  if (base < 0) return base;
  mqtt->context = ((wq_ptr)base + 7u) & ~7u;
  mqtt->packet = mqtt->context + WQ_CALLS_CONTEXT;
  mqtt->request = mqtt->packet + (wq_ptr)sizeof(wq_packet);
  mqtt->property = mqtt->request + (wq_ptr)sizeof(wq_packet);
  mqtt->input = mqtt->property + (wq_ptr)sizeof(wq_property);
  mqtt->output = mqtt->input + WQ_CALLS_INPUT;
  return wq_calls_memory(calls, (wq_ptr)base, WQ_CALLS_MEMORY) ? 0 : WQ_RESULT_LINEAR_MEMORY;
}

void wq_calls_mqtt_begin(wq_calls *calls, wq_calls_channel *channel) {
  calls->mqtt.channel = channel;
  calls->mqtt.state = STATE_NONE;
  wq_calls_inbox_begin(calls);
}

static void close_link(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  if (mqtt->link != LINK_CLOSED && calls->options.close) calls->options.close(calls->options.user);
  mqtt->link = LINK_CLOSED;
  mqtt->output_start = mqtt->output_end = mqtt->input_used = 0;
}

/* The connection is over, and the session belongs to the next one. */
static void finish(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  mqtt->state = STATE_OVER;
  mqtt->has_draft = 0;
  wq_session_close(calls->options.core, mqtt->context);
  wq_calls_receipts_lost(calls);
  wq_calls_store_lost(calls);
  if (!mqtt->is_held) mqtt->is_known = 0;
}

/* DISCONNECT, if there is room for it; then the transport goes when it has taken everything. */
static void goodbye(wq_calls *calls, uint32_t reason_code) {
  wq_packet *const packet = wq_calls_new_packet(calls, WQ_PACKET_TYPE_DISCONNECT);
  if (packet) {
    packet->reason_code = reason_code;
    calls->mqtt.output_top = WQ_CALLS_OUTPUT;
    wq_calls_send_packet(calls);
  }
  calls->mqtt.link = LINK_ENDING;
}

static void hash(uint32_t key[2], const uint8_t *bytes, uint32_t length) {
  while (length-- > 0) {
    key[0] = (key[0] ^ *bytes) * 16777619u;
    key[1] = (key[1] + *bytes++) * 0x9e3779b1u;
    key[1] ^= key[1] >> 15;
  }
}

/* A session belongs to a client identifier at a server (3.1.3.1); of two it is known by a hash. */
void wq_calls_mqtt_take_session(wq_calls *calls, const struct MvMqttConnectRequest *request) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  const uint8_t port[3] = {0, (uint8_t)request->port, (uint8_t)(request->port >> 8)};
  uint32_t key[2] = {2166136261u, 0};
  /* The goodbye of the connection before, if the transport takes it now. */
  if (mqtt->link == LINK_ENDING) wq_calls_flush(calls);
  close_link(calls);
  hash(key, request->host.data, request->host.length);
  hash(key, port, sizeof port);
  hash(key, request->clientid.data, request->clientid.length);
  if (mqtt->is_known && key[0] == mqtt->session_key[0] && key[1] == mqtt->session_key[1]) return;
  mqtt->session_key[0] = key[0];
  mqtt->session_key[1] = key[1];
  mqtt->is_held = 0;
  mqtt->is_known = 1;
  mqtt->store_used = mqtt->receipt_count = 0;
  wq_session_init(
      calls->options.core, mqtt->context, WQ_CALLS_CONTEXT, WQ_CALLS_PUBLISHES + 2u, WQ_CALLS_MESSAGES,
      WQ_SESSION_FLAG_MANUAL_ACKNOWLEDGEMENT | WQ_SESSION_FLAG_ADOPT_SESSION, calls->options.ping_timeout);
}

void wq_calls_mqtt_connect(wq_calls *calls, const struct MvMqttConnectRequest *request) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  int32_t result;
  mqtt->state = STATE_PENDING;
  mqtt->deadline = wq_calls_now(calls) + calls->options.connect_timeout;
  result = calls->options.open ? calls->options.open(calls->options.user, request) : 0;
  if (result < 0) wq_calls_mqtt_failed(calls, (enum MvMqttRequestState)-result, 0);
  else mqtt->link = LINK_OPEN;
}

void wq_calls_mqtt_connected(wq_calls *calls, int session_present) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  mqtt->state = STATE_CONNECTED;
  mqtt->is_held = mqtt->version == 5 ? calls->options.session_expiry > 0 : !mqtt->clean_start;
  /* Nothing of an older session is sent or comes again (MQTT-3.2.2-5). */
  if (!session_present) mqtt->store_used = mqtt->receipt_count = 0;
  wq_calls_put_state(calls, MV_MQTTREADABLEDATATYPE_CONNECTRESPONSE, MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, 0);
}

void wq_calls_mqtt_failed(wq_calls *calls, enum MvMqttRequestState state, uint32_t code) {
  finish(calls);
  close_link(calls);
  wq_calls_put_state(calls, MV_MQTTREADABLEDATATYPE_CONNECTRESPONSE, state, code);
}

/* Answers a request if it is the oldest; gives whether it was. */
static int answer_pending(wq_calls *calls, wq_calls_pending *pending, enum MvMqttReadableDataType type, uint32_t oldest) {
  if (pending->count == 0 || pending->order != oldest) return 0;
  pending->count = 0;
  wq_calls_put_answer(calls, type, pending->correlation_id, MV_MQTTREQUESTSTATE_NOTCONNECTED, NULL, 0);
  return 1;
}

/* What was asked for and not answered is answered now, in the order in which it was asked for. */
static void answer_all(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  for (;;) {
    const wq_calls_pending *const pending[2] = {&mqtt->subscribe, &mqtt->unsubscribe};
    uint32_t oldest = 0, i;
    int found = wq_calls_store_oldest(calls, &oldest);
    for (i = 0; i < 2; i++) {
      if (pending[i]->count == 0 || (found && (int32_t)(pending[i]->order - oldest) > 0)) continue;
      oldest = pending[i]->order;
      found = 1;
    }
    if (!found) return;
    if (answer_pending(calls, &mqtt->subscribe, MV_MQTTREADABLEDATATYPE_SUBSCRIBERESPONSE, oldest)) continue;
    if (answer_pending(calls, &mqtt->unsubscribe, MV_MQTTREADABLEDATATYPE_UNSUBSCRIBERESPONSE, oldest)) continue;
    wq_calls_store_answer(calls, oldest);
  }
}

void wq_calls_mqtt_ended(wq_calls *calls, enum MvMqttRequestState state, uint32_t code, int says_goodbye) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  if (mqtt->state != STATE_CONNECTED) return;
  if (says_goodbye) goodbye(calls, 0);
  answer_all(calls);
  finish(calls);
  if (mqtt->link == LINK_OPEN) mqtt->link = LINK_ENDING;
  wq_calls_put_state(calls, MV_MQTTREADABLEDATATYPE_DISCONNECTRESPONSE, state, code);
}

void wq_calls_mqtt_fail(wq_calls *calls, uint32_t reason_code) {
  if (calls->mqtt.state == STATE_PENDING) wq_calls_mqtt_failed(calls, MV_MQTTREQUESTSTATE_SOCKETERROR, 0);
  if (calls->mqtt.state != STATE_CONNECTED) return;
  /* A client of 3.1.1 has no word for it. */
  if (calls->mqtt.version == 5) goodbye(calls, reason_code ? reason_code : UNSPECIFIED);
  wq_calls_mqtt_ended(calls, MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, 0, 0);
}

void wq_calls_mqtt_lost(wq_calls *calls, int32_t failure) {
  const int is_known = failure > 0 && failure <= (int32_t)MV_MQTTREQUESTSTATE_CONNECTIONCIRCUITBREAKER;
  if (calls->mqtt.state == STATE_PENDING)
    wq_calls_mqtt_failed(calls, is_known ? (enum MvMqttRequestState)failure : MV_MQTTREQUESTSTATE_SOCKETERROR, 0);
  wq_calls_mqtt_ended(calls, MV_MQTTREQUESTSTATE_NOTCONNECTED, 0, 0);
  close_link(calls);
}

void wq_calls_mqtt_close(wq_calls *calls, int orderly) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  const int is_connected = mqtt->state == STATE_CONNECTED;
  uint32_t i;
  if (is_connected && orderly) goodbye(calls, 0);
  if (is_connected || mqtt->state == STATE_PENDING) finish(calls);
  if (mqtt->link == LINK_OPEN) close_link(calls);
  mqtt->state = STATE_OVER;
  mqtt->subscribe.count = mqtt->unsubscribe.count = 0;
  /* The numbers of the messages are those of the channel. */
  for (i = 0; i < mqtt->receipt_count; i++) mqtt->receipts[i].correlation_id = 0;
  wq_calls_inbox_begin(calls);
}

void wq_calls_mqtt_stop(wq_calls *calls) {
  if (calls->mqtt.channel) wq_calls_mqtt_close(calls, 1);
  if (calls->mqtt.link == LINK_ENDING) wq_calls_flush(calls);
  close_link(calls);
}

/* PINGREQ, and what has to be sent again after a reconnect. */
static void do_what_is_due(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  for (;;) {
    const int32_t written = wq_session_poll(
        calls->options.core, mqtt->context, wq_calls_now(calls), mqtt->output + mqtt->output_end, wq_calls_output_room(calls));
    const wq_session *const session = (const wq_session *)(void *)wq_calls_memory(calls, mqtt->context, sizeof *session);
    int sent;
    if (written == WQ_RESULT_OUT_OF_SPACE) return;
    if (written < 0 || !session) {
      wq_calls_mqtt_fail(calls, wq_result_reason_code(written, 0));
      return;
    }
    mqtt->output_end += (uint32_t)written;
    if (written > 0) continue;
    if (session->event != WQ_SESSION_EVENT_RESEND) return;
    sent = wq_calls_store_resend(calls, session->packet_id);
    if (sent == 0) return;
    if (sent < 0) {
      /* The broker takes less than on the connection before: the session cannot go on. */
      mqtt->is_held = 0;
      wq_calls_mqtt_fail(calls, UNSPECIFIED);
      return;
    }
  }
}

static void flush(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  if (mqtt->link != LINK_CLOSED && wq_calls_flush(calls) && mqtt->link == LINK_ENDING && mqtt->output_end == 0)
    close_link(calls);
}

static uint32_t time_left(wq_calls *calls) {
  const wq_calls_mqtt *const mqtt = &calls->mqtt;
  const uint32_t now = wq_calls_now(calls);
  uint32_t left = WQ_CALLS_IDLE;
  if (mqtt->state == STATE_PENDING) left = mqtt->deadline - now;
  if (mqtt->state == STATE_CONNECTED) left = (uint32_t)wq_session_deadline(calls->options.core, mqtt->context, now);
  if (mqtt->output_end > 0 && left > RETRY) left = RETRY;
  return left > WQ_CALLS_IDLE ? 0 : left;
}

uint32_t wq_calls_mqtt_poll(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  mqtt->disconnects = 0;
  flush(calls);
  if (mqtt->state == STATE_PENDING && (int32_t)(wq_calls_now(calls) - mqtt->deadline) >= 0)
    wq_calls_mqtt_failed(calls, MV_MQTTREQUESTSTATE_SOCKETERROR, 0);
  if (mqtt->link == LINK_OPEN) wq_calls_receive(calls);
  if (mqtt->state == STATE_CONNECTED) do_what_is_due(calls);
  if (mqtt->state == STATE_CONNECTED) wq_calls_settle(calls);
  if (mqtt->state == STATE_CONNECTED) wq_calls_store_send(calls);
  flush(calls);
  if (mqtt->channel) wq_calls_tell(calls);
  return time_left(calls);
}
