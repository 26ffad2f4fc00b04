/* The channel: its driver, the session that it takes up, and what is due in time. */
#include "managed_client.h"

/* Milliseconds after which a transport that took nothing is tried again. */
#define RETRY 10u

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

static void begin(wq_calls *calls, wq_calls_channel *channel) {
  calls->mqtt.channel = channel;
  calls->mqtt.state = STATE_NONE;
  wq_calls_inbox_begin(calls);
}

static void close(wq_calls *calls, int orderly) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  const int is_connected = mqtt->state == STATE_CONNECTED;
  uint32_t i;
  if (is_connected && orderly) wq_calls_link_goodbye(calls, 0);
  if (is_connected || mqtt->state == STATE_PENDING) wq_calls_link_finish(calls);
  if (mqtt->link == LINK_OPEN) wq_calls_link_close(calls);
  mqtt->state = STATE_OVER;
  mqtt->subscribe.count = mqtt->unsubscribe.count = 0;
  /* The correlation ids of messages are those of the channel. */
  for (i = 0; i < mqtt->receipt_count; i++) mqtt->receipts[i].correlation_id = 0;
  wq_calls_inbox_begin(calls);
}

const struct wq_calls_driver wq_calls_mqtt_driver = {begin, close};

void wq_calls_mqtt_stop(wq_calls *calls) {
  if (calls->mqtt.channel) close(calls, 1);
  if (calls->mqtt.link == LINK_ENDING) wq_calls_write(calls);
  wq_calls_link_close(calls);
}

static void hash(uint32_t key[2], const uint8_t *bytes, uint32_t length) {
  while (length-- > 0) {
    key[0] = (key[0] ^ *bytes) * 16777619u;
    key[1] = (key[1] + *bytes++) * 0x9e3779b1u;
    key[1] ^= key[1] >> 15;
  }
}

/* A session belongs to a client identifier at a server (3.1.3.1). A hash of both tells whether it is the same. */
void wq_calls_mqtt_take_session(wq_calls *calls, const struct MvMqttConnectRequest *request) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  const uint8_t port[3] = {0, (uint8_t)request->port, (uint8_t)(request->port >> 8)};
  uint32_t key[2] = {2166136261u, 0};
  /* The goodbye of the connection before, if the transport takes it now. */
  if (mqtt->link == LINK_ENDING) wq_calls_write(calls);
  wq_calls_link_close(calls);
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
  if (result < 0) wq_calls_connect_failed(calls, (enum MvMqttRequestState)-result, 0);
  else mqtt->link = LINK_OPEN;
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
      wq_calls_fail(calls, wq_result_reason_code(written, 0), 0);
      return;
    }
    mqtt->output_end += (uint32_t)written;
    if (written > 0) continue;
    if (session->event != WQ_SESSION_EVENT_RESEND) return;
    sent = wq_calls_store_resend(calls, session->packet_id);
    if (sent == 0) return;
    if (sent < 0) {
      /* The broker takes less than on the connection before, so the session cannot go on. */
      mqtt->is_held = 0;
      wq_calls_fail(calls, WQ_REASON_UNSPECIFIED_ERROR, 0);
      return;
    }
  }
}

static void flush(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  if (mqtt->link != LINK_CLOSED && wq_calls_link_flush(calls) && mqtt->link == LINK_ENDING && mqtt->output_end == 0)
    wq_calls_link_close(calls);
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
    wq_calls_connect_failed(calls, MV_MQTTREQUESTSTATE_SOCKETERROR, 0);
  if (mqtt->link == LINK_OPEN) wq_calls_receive(calls);
  if (mqtt->state == STATE_CONNECTED) do_what_is_due(calls);
  if (mqtt->state == STATE_CONNECTED) wq_calls_settle(calls);
  if (mqtt->state == STATE_CONNECTED) wq_calls_store_send(calls);
  flush(calls);
  if (mqtt->channel) wq_calls_inbox_tell(calls);
  return time_left(calls);
}
