/*
 * Bytes from the broker. A packet is decoded when all of it is in the input area in linear memory. Only the payload of a
 * PUBLISH goes to the receive buffer of the channel as it arrives, from the input area or directly from the transport.
 */
#include <string.h>

#include "managed_client.h"

/* Bytes of the largest packet with which the session answers another. */
#define ANSWER 5u
/* Larger than any packet. */
#define ANY_SIZE 0x7fffffffu
#define QOS(packet) (((packet)->flags >> 1) & 3u)

static wq_session *session_of(wq_calls *calls) {
  return (wq_session *)(void *)wq_calls_memory(calls, calls->mqtt.context, sizeof(wq_session));
}

static wq_packet *packet_of(wq_calls *calls) {
  return (wq_packet *)(void *)wq_calls_memory(calls, calls->mqtt.packet, sizeof(wq_packet));
}

static uint8_t *input_of(wq_calls *calls) { return wq_calls_memory(calls, calls->mqtt.input, WQ_CALLS_INPUT); }

/* Reports to the session that the broker is alive: its packet has begun, but has to wait for room or for its end. */
static void keep_alive(wq_calls *calls) {
  wq_session_arrived(calls->options.core, calls->mqtt.context, wq_calls_now(calls));
}

/* Takes bytes from the transport. Returns their number, which is 0 also when the connection was lost. */
static uint32_t take(wq_calls *calls, uint8_t *to, uint32_t capacity) {
  const int32_t count = capacity ? calls->options.receive(calls->options.user, to, capacity) : 0;
  if (count >= 0) return (uint32_t)count;
  wq_calls_lost(calls, -count);
  return 0;
}

static void drop_input(wq_calls *calls, uint32_t from, uint32_t length) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  uint8_t *const input = input_of(calls);
  memmove(input + from, input + from + length, mqtt->input_used - from - length);
  mqtt->input_used -= length;
}

/* The answer to SUBSCRIBE or UNSUBSCRIBE. An UNSUBACK of 3.1.1 has no codes: it means success for every filter. */
static void subscription_answer(wq_calls *calls, wq_calls_pending *pending, enum MvMqttReadableDataType type) {
  const wq_packet *const packet = packet_of(calls);
  uint8_t codes[WQ_CALLS_TOPICS] = {0};
  if (pending->count == 0 || pending->packet_id != packet->packet_id) return;
  if (packet->count == pending->count) {
    const uint8_t *const from = wq_calls_memory(calls, packet->payload, packet->count);
    if (from) memcpy(codes, from, packet->count);
  }
  wq_calls_put_answer(
      calls, type, pending->correlation_id, MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, codes, pending->count);
  pending->count = 0;
}

/* Hands the packet in the record to the session. Returns the session's event, or a result code. */
static int32_t hand_over(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  const int32_t written = wq_session_receive(
      calls->options.core, mqtt->context, mqtt->packet, wq_calls_now(calls), mqtt->output + mqtt->output_end,
      wq_calls_output_room(calls));
  const wq_session *const session = session_of(calls);
  if (written < 0) return written;
  if (!session) return WQ_RESULT_NOT_OPEN;
  mqtt->output_end += (uint32_t)written;
  return (int32_t)session->event;
}

/*
 * The decoder or the session refused the packet in the record. A CONNACK or DISCONNECT that breaks a rule ends the connection as
 * one that breaks none does: the application gets its code.
 */
static void refuse(wq_calls *calls, int32_t result) {
  const wq_packet *const packet = packet_of(calls);
  const uint32_t type = packet ? packet->type : 0;
  const uint32_t code = type == WQ_PACKET_TYPE_CONNACK || type == WQ_PACKET_TYPE_DISCONNECT ? packet->reason_code : 0;
  if (code && calls->mqtt.state == STATE_PENDING)
    wq_calls_connect_failed(calls, MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, code);
  else
    wq_calls_fail(calls, wq_result_reason_code(result, type), code);
}

/* Any packet but PUBLISH. */
static void handle(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  const wq_packet *const packet = packet_of(calls);
  const int32_t event = hand_over(calls);
  if (event < 0) {
    refuse(calls, event);
    return;
  }
  switch (event) {
    case WQ_SESSION_EVENT_CONNECTED:
      wq_calls_connected(calls, packet->connect_flags != 0);
      break;
    case WQ_SESSION_EVENT_REFUSED:
      wq_calls_connect_failed(calls, MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, packet->reason_code);
      break;
    case WQ_SESSION_EVENT_ACCEPTED:
      wq_calls_store_accepted(calls, packet->packet_id);
      break;
    case WQ_SESSION_EVENT_PUBLISHED:
      wq_calls_store_published(calls, packet->packet_id, packet->reason_code);
      break;
    case WQ_SESSION_EVENT_SUBSCRIBED:
      subscription_answer(calls, &mqtt->subscribe, MV_MQTTREADABLEDATATYPE_SUBSCRIBERESPONSE);
      break;
    case WQ_SESSION_EVENT_UNSUBSCRIBED:
      subscription_answer(calls, &mqtt->unsubscribe, MV_MQTTREADABLEDATATYPE_UNSUBSCRIBERESPONSE);
      break;
    case WQ_SESSION_EVENT_DISCONNECTED:
      wq_calls_ended(calls, MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, packet->reason_code, 0);
      break;
    default:
      break;
  }
}

/*
 * The header of a PUBLISH has arrived. Reserves room for the message, or for its topic alone when the whole can never fit.
 * Returns 0 when there is no room now.
 */
static int begin_message(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  const wq_packet *const packet = packet_of(calls);
  const uint32_t capacity = mqtt->channel->receive.size, payload = packet->payload_length + packet->needed;
  const int fits = payload <= capacity && packet->topic_length <= capacity - payload;
  uint32_t topic = packet->topic_length, size;
  if (!fits && topic > capacity) topic = capacity;
  size = fits ? topic + payload : topic;
  if (wq_calls_inbox_room(calls) == 0 || wq_calls_ring_room(calls) < size) return 0;
  memset(&mqtt->draft, 0, sizeof mqtt->draft);
  mqtt->draft.type = fits ? MV_MQTTREADABLEDATATYPE_MESSAGERECEIVED : MV_MQTTREADABLEDATATYPE_MESSAGELOST;
  mqtt->draft.qos = (uint8_t)QOS(packet);
  mqtt->draft.retain = packet->flags & 1u;
  mqtt->draft.topic = (uint16_t)topic;
  mqtt->draft.of.message.payload = payload;
  mqtt->draft.of.message.at = wq_calls_ring_take(calls, size);
  wq_calls_ring_write(calls, mqtt->draft.of.message.at, wq_calls_memory(calls, packet->topic, topic), topic);
  mqtt->draft_header = packet->payload - mqtt->input;
  mqtt->draft_left = payload;
  mqtt->draft_at = mqtt->draft.of.message.at + topic;
  mqtt->has_draft = 1;
  return 1;
}

static void give_back(wq_calls *calls) {
  const wq_calls_item *const draft = &calls->mqtt.draft;
  calls->mqtt.ring_used -=
      draft->topic + (draft->type == MV_MQTTREADABLEDATATYPE_MESSAGERECEIVED ? draft->of.message.payload : 0);
}

/* The message is complete, and the application does not have it yet. */
static void deliver(wq_calls *calls, wq_calls_receipt *receipt) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  if (mqtt->draft.type == MV_MQTTREADABLEDATATYPE_MESSAGERECEIVED) {
    mqtt->draft.correlation_id = mqtt->next_correlation_id++;
    if (mqtt->next_correlation_id == 0) mqtt->next_correlation_id = 1;
    if (receipt) receipt->correlation_id = mqtt->draft.correlation_id;
  } else if (receipt) {
    /* The application cannot acknowledge a message that it does not get. */
    receipt->is_acknowledged = 1;
  }
  wq_calls_inbox_put(calls, &mqtt->draft);
}

static void end_message(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  const wq_packet *const packet = packet_of(calls);
  const int32_t event = hand_over(calls);
  wq_calls_receipt *receipt = NULL;
  mqtt->has_draft = 0;
  if (event == WQ_SESSION_EVENT_MESSAGE && mqtt->draft.qos > 0)
    receipt = wq_calls_receipt_add(calls, packet->packet_id, mqtt->draft.qos);
  if (event == WQ_SESSION_EVENT_DUPLICATE) receipt = wq_calls_receipt_again(calls, packet->packet_id);
  drop_input(calls, 0, mqtt->draft_header);
  if (receipt || (event == WQ_SESSION_EVENT_MESSAGE && mqtt->draft.qos == 0)) {
    deliver(calls, receipt);
    return;
  }
  give_back(calls);
  if (event == WQ_SESSION_EVENT_DUPLICATE) return;
  /* More messages than the session or the table of receipts has room for. */
  if (event == WQ_RESULT_NO_MEMORY || event == WQ_SESSION_EVENT_MESSAGE)
    wq_calls_ended(calls, MV_MQTTREQUESTSTATE_CONNECTIONCIRCUITBREAKER, 0, 1);
  else
    wq_calls_fail(calls, wq_result_reason_code(event, WQ_PACKET_TYPE_PUBLISH), 0);
}

/* Takes a part of the payload. Returns 0 when none has arrived. */
static int take_payload(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  const int fits = mqtt->draft.type == MV_MQTTREADABLEDATATYPE_MESSAGERECEIVED;
  uint32_t length = mqtt->input_used - mqtt->draft_header;
  if (length > 0) {
    if (length > mqtt->draft_left) length = mqtt->draft_left;
    if (fits) wq_calls_ring_write(calls, mqtt->draft_at, input_of(calls) + mqtt->draft_header, length);
    drop_input(calls, mqtt->draft_header, length);
  } else if (fits) {
    const wq_calls_buffer ring = mqtt->channel->receive;
    const uint32_t at = mqtt->draft_at % ring.size, straight = ring.size - at;
    length = take(calls, ring.data + at, mqtt->draft_left < straight ? mqtt->draft_left : straight);
  } else {
    uint8_t lost[128];
    length = take(calls, lost, mqtt->draft_left < sizeof lost ? mqtt->draft_left : (uint32_t)sizeof lost);
  }
  if (length == 0) return 0;
  mqtt->draft_at += length;
  mqtt->draft_left -= length;
  keep_alive(calls);
  return 1;
}

/* Decodes the input. Returns 1 with a packet in the record, 0 when bytes are missing, -1 when the connection ended over it. */
static int decode(wq_calls *calls, uint32_t *length) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  /* A broker of 3.1.1 cannot know of a limit, so it may send what will be lost. */
  const uint32_t largest = mqtt->version == 5 ? wq_calls_largest_packet(calls) : ANY_SIZE;
  const int32_t used = wq_mqtt_decode(
      calls->options.core, mqtt->input, mqtt->input_used, mqtt->version | WQ_DECODE_OPTION_HEADER, largest, mqtt->packet);
  if (used < 0) {
    refuse(calls, used);
    return -1;
  }
  *length = (uint32_t)used;
  if (used > 0) return 1;
  if (mqtt->input_used < WQ_CALLS_INPUT) return 0;
  wq_calls_fail(calls, WQ_REASON_PACKET_TOO_LARGE, 0);
  return -1;
}

/* Does the next step. Returns 0 when there is nothing to do now. */
static int step(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  uint32_t length = 0, more;
  int found;
  if (mqtt->has_draft && mqtt->draft_left > 0) return take_payload(calls);
  if (wq_calls_output_room(calls) < ANSWER && (!wq_calls_link_flush(calls) || wq_calls_output_room(calls) < ANSWER)) return 0;
  if (mqtt->has_draft) {
    end_message(calls);
    return 1;
  }
  found = mqtt->input_used > 0 ? decode(calls, &length) : 0;
  if (found < 0) return 0;
  if (found > 0) {
    if (packet_of(calls)->type == WQ_PACKET_TYPE_PUBLISH && mqtt->state == STATE_CONNECTED) {
      const int has_begun = begin_message(calls);
      keep_alive(calls);
      return has_begun;
    }
    handle(calls);
    if (mqtt->link == LINK_OPEN) drop_input(calls, 0, length);
    return 1;
  }
  if (mqtt->has_news && mqtt->input_used > 0) keep_alive(calls);
  more = take(calls, input_of(calls) + mqtt->input_used, WQ_CALLS_INPUT - mqtt->input_used);
  if (mqtt->link == LINK_OPEN) mqtt->input_used += more;
  mqtt->has_news = more > 0;
  return mqtt->has_news;
}

void wq_calls_receive(wq_calls *calls) {
  if (!input_of(calls)) {
    wq_calls_lost(calls, 0);
    return;
  }
  while ((calls->mqtt.state == STATE_PENDING || calls->mqtt.state == STATE_CONNECTED) && step(calls)) continue;
}
