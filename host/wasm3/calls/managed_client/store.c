/* Messages of QoS 1 and 2 to the broker. Each is stored until it is finished, across connections if need be. */
#include <string.h>

#include "managed_client.h"

/* A record of the store. Topic and payload follow it, padded to a multiple of four. */
typedef struct record {
  uint32_t size;
  uint32_t correlation_id;
  uint32_t order;
  uint32_t topic;
  uint32_t payload;
  uint32_t packet_id;
  /* Retain and QoS as in the first byte of the packet, with ASKED. */
  uint32_t flags;
} record;

#define DUP 8u
#define PUBLISH_FLAGS 7u
/* The application waits for the response. */
#define ASKED 0x100u

static record *at(wq_calls_mqtt *mqtt, uint32_t offset) { return (record *)(void *)&mqtt->store[offset / 4]; }

static record *next(wq_calls_mqtt *mqtt, record *before) {
  const uint32_t offset = before ? (uint32_t)((uint32_t *)(void *)before - mqtt->store) * 4u + before->size : 0;
  return offset < mqtt->store_used ? at(mqtt, offset) : NULL;
}

static record *find(wq_calls *calls, uint32_t packet_id) {
  record *found = next(&calls->mqtt, NULL);
  while (found && found->packet_id != packet_id) found = next(&calls->mqtt, found);
  return packet_id ? found : NULL;
}

static uint8_t *body(record *message) { return (uint8_t *)message + sizeof *message; }

/* Shortens a record, or removes it with a size of 0. */
static void shorten(wq_calls_mqtt *mqtt, record *message, uint32_t size) {
  uint8_t *const start = (uint8_t *)message;
  const uint32_t old = message->size;
  const uint32_t end = (uint32_t)(start - (uint8_t *)mqtt->store) + old;
  if (size > 0) message->size = size;
  memmove(start + size, start + old, mqtt->store_used - end);
  mqtt->store_used -= old - size;
}

int wq_calls_store_add(wq_calls *calls, const struct MvMqttPublishRequest *request) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  const uint32_t size = ((uint32_t)sizeof(record) + request->topic.length + request->payload.length + 3u) & ~3u;
  record *message;
  if (size > sizeof mqtt->store) return -1;
  if (size > sizeof mqtt->store - mqtt->store_used) return 0;
  message = at(mqtt, mqtt->store_used);
  mqtt->store_used += size;
  message->size = size;
  message->correlation_id = request->correlation_id;
  message->order = mqtt->next_order++;
  message->topic = request->topic.length;
  message->payload = request->payload.length;
  message->packet_id = 0;
  message->flags = request->desired_qos << 1 | (request->retain != 0) | ASKED;
  if (message->topic > 0) memcpy(body(message), request->topic.data, message->topic);
  if (message->payload > 0) memcpy(body(message) + message->topic, request->payload.data, message->payload);
  return 1;
}

uint32_t wq_calls_store_asked(const wq_calls *calls) {
  /* The cast is safe: nothing is written. */
  wq_calls_mqtt *const mqtt = (wq_calls_mqtt *)&calls->mqtt;
  uint32_t count = 0;
  record *message;
  for (message = next(mqtt, NULL); message; message = next(mqtt, message)) count += (message->flags & ASKED) != 0;
  return count;
}

static void answer(wq_calls *calls, record *message, enum MvMqttRequestState state, uint32_t code) {
  const uint8_t byte = (uint8_t)code;
  const uint32_t correlation_id = message->correlation_id;
  if (!(message->flags & ASKED)) return;
  message->flags &= PUBLISH_FLAGS;
  wq_calls_put_answer(calls, MV_MQTTREADABLEDATATYPE_PUBLISHRESPONSE, correlation_id, state, &byte, 1);
}

static int32_t send(wq_calls *calls, record *message, uint32_t dup) {
  return wq_calls_send_publish(
      calls, body(message), message->topic, body(message) + message->topic, message->payload,
      (message->flags & PUBLISH_FLAGS) | dup, message->packet_id);
}

void wq_calls_store_send(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  uint32_t in_flight = 0;
  record *message = next(mqtt, NULL);
  while (message) {
    int32_t result;
    if (message->packet_id != 0) {
      in_flight++;
      message = next(mqtt, message);
      continue;
    }
    if (in_flight >= WQ_CALLS_PUBLISHES) return;
    result = send(calls, message, 0);
    if (result == WQ_RESULT_OUT_OF_SPACE || result == WQ_RESULT_RECEIVE_MAXIMUM_REACHED || result == WQ_RESULT_RESEND_PENDING)
      return;
    if (result < 0) {
      /* MQTT or this broker does not allow it. Once it is removed the next message is in its place. */
      answer(calls, message, MV_MQTTREQUESTSTATE_INVALIDPARAMETERS, 0);
      shorten(mqtt, message, 0);
      if ((uint8_t *)message == (uint8_t *)mqtt->store + mqtt->store_used) return;
      continue;
    }
    message->packet_id = wq_calls_sent_id(calls);
  }
}

int wq_calls_store_resend(wq_calls *calls, uint32_t packet_id) {
  record *const message = find(calls, packet_id);
  int32_t result;
  if (!message || message->size == sizeof *message) return -1;
  result = send(calls, message, DUP);
  if (result == WQ_RESULT_OUT_OF_SPACE) return 0;
  return result < 0 ? -1 : 1;
}

void wq_calls_store_accepted(wq_calls *calls, uint32_t packet_id) {
  record *const message = find(calls, packet_id);
  if (message) shorten(&calls->mqtt, message, sizeof *message);
}

void wq_calls_store_published(wq_calls *calls, uint32_t packet_id, uint32_t reason_code) {
  record *const message = find(calls, packet_id);
  if (!message) return;
  answer(calls, message, MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, reason_code);
  shorten(&calls->mqtt, message, 0);
}

int wq_calls_store_oldest(wq_calls *calls, uint32_t *order) {
  record *message = next(&calls->mqtt, NULL);
  while (message && !(message->flags & ASKED)) message = next(&calls->mqtt, message);
  if (message) *order = message->order;
  return message != NULL;
}

void wq_calls_store_answer(wq_calls *calls, uint32_t order) {
  record *message = next(&calls->mqtt, NULL);
  while (message && message->order != order) message = next(&calls->mqtt, message);
  if (message) answer(calls, message, MV_MQTTREQUESTSTATE_NOTCONNECTED, 0);
}

void wq_calls_store_lost(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  record *message = next(mqtt, NULL);
  while (message) {
    /* A message that was never sent is not part of the session. */
    if (message->packet_id != 0 && mqtt->is_held) {
      message->flags &= PUBLISH_FLAGS;
      message = next(mqtt, message);
      continue;
    }
    shorten(mqtt, message, 0);
    if ((uint8_t *)message == (uint8_t *)mqtt->store + mqtt->store_used) return;
  }
}
