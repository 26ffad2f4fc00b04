/* Packets to the broker: records and strings are encoded into an output area in linear memory, which the transport takes. */
#include <string.h>

#include "managed_client.h"

/* Room that is kept for what the core writes by itself: an answer or a PINGREQ. */
#define RESERVE 8u
#define FLAG_QOS 6u

uint8_t *wq_calls_memory(wq_calls *calls, wq_ptr address, uint32_t length) {
  return wq_bytes(calls->options.core, address, length);
}

/* Moves the output to the front of its area. */
static void compact(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  uint8_t *const output = wq_calls_memory(calls, mqtt->output, WQ_CALLS_OUTPUT);
  if (!output || mqtt->output_start == 0) return;
  memmove(output, output + mqtt->output_start, mqtt->output_end - mqtt->output_start);
  mqtt->output_end -= mqtt->output_start;
  mqtt->output_start = 0;
}

wq_packet *wq_calls_new_packet(wq_calls *calls, uint32_t type) {
  wq_packet *const packet = (wq_packet *)(void *)wq_calls_memory(calls, calls->mqtt.request, sizeof *packet);
  if (!packet) return NULL;
  memset(packet, 0, sizeof *packet);
  packet->type = type;
  compact(calls);
  calls->mqtt.output_top = WQ_CALLS_OUTPUT - RESERVE;
  return packet;
}

wq_ptr wq_calls_place(wq_calls *calls, const void *data, uint32_t length) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  uint8_t *to;
  if (mqtt->output_top < mqtt->output_end || mqtt->output_top - mqtt->output_end < length) return 0;
  mqtt->output_top -= length;
  to = wq_calls_memory(calls, mqtt->output + mqtt->output_top, length);
  if (!to) return 0;
  if (length > 0) memcpy(to, data, length);
  return mqtt->output + mqtt->output_top;
}

int32_t wq_calls_send_packet(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  int32_t written;
  if (mqtt->output_top < mqtt->output_end) return WQ_RESULT_OUT_OF_SPACE;
  written = wq_session_send(
      calls->options.core, mqtt->context, mqtt->request, wq_calls_now(calls), mqtt->output + mqtt->output_end,
      mqtt->output_top - mqtt->output_end);
  if (written > 0) mqtt->output_end += (uint32_t)written;
  return written;
}

uint32_t wq_calls_sent_id(wq_calls *calls) {
  const wq_packet *const packet = (const wq_packet *)(void *)wq_calls_memory(calls, calls->mqtt.request, sizeof *packet);
  return packet ? packet->packet_id : 0;
}

static uint32_t varint_size(uint32_t value) { return value < 0x80u ? 1 : value < 0x4000u ? 2 : value < 0x200000u ? 3 : 4; }

/* Bytes of a PUBLISH before its payload. */
static uint32_t head_size(uint32_t topic_length, uint32_t payload_length, uint32_t flags, uint32_t version) {
  const uint32_t head = 2u + topic_length + ((flags & FLAG_QOS) ? 2u : 0u) + (version == 5 ? 1u : 0u);
  return 1u + varint_size(head + payload_length) + head;
}

int wq_calls_publish_fits(uint32_t topic_length, uint32_t payload_length) {
  if (topic_length > WQ_CALLS_OUTPUT || payload_length > WQ_CALLS_OUTPUT) return 0;
  return head_size(topic_length, payload_length, FLAG_QOS, 5) + payload_length + topic_length <= WQ_CALLS_OUTPUT - RESERVE;
}

int32_t wq_calls_send_publish(
    wq_calls *calls, const uint8_t *topic, uint32_t topic_length, const uint8_t *payload, uint32_t payload_length,
    uint32_t flags, uint32_t packet_id) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  wq_packet *const packet = wq_calls_new_packet(calls, WQ_PACKET_TYPE_PUBLISH);
  const uint32_t head = head_size(topic_length, payload_length, flags, mqtt->version);
  uint8_t *to;
  if (!packet) return WQ_RESULT_NOT_OPEN;
  packet->flags = flags;
  packet->packet_id = packet_id;
  packet->topic = wq_calls_place(calls, topic, topic_length);
  packet->topic_length = topic_length;
  if (!packet->topic || mqtt->output_top - mqtt->output_end < head + payload_length) return WQ_RESULT_OUT_OF_SPACE;
  /* The payload is copied once, to where it will be encoded; encoding copies it onto itself. */
  packet->payload = mqtt->output + mqtt->output_end + head;
  packet->payload_length = payload_length;
  to = wq_calls_memory(calls, packet->payload, payload_length);
  if (!to) return WQ_RESULT_NOT_OPEN;
  if (payload_length > 0) memcpy(to, payload, payload_length);
  return wq_calls_send_packet(calls);
}

uint32_t wq_calls_output_room(const wq_calls *calls) { return WQ_CALLS_OUTPUT - calls->mqtt.output_end; }

int32_t wq_calls_write(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  while (mqtt->output_start < mqtt->output_end) {
    const uint32_t left = mqtt->output_end - mqtt->output_start;
    const uint8_t *const from = wq_calls_memory(calls, mqtt->output + mqtt->output_start, left);
    const int32_t sent = from ? calls->options.send(calls->options.user, from, left) : -(int32_t)MV_MQTTREQUESTSTATE_SOCKETERROR;
    if (sent < 0) return -sent;
    if (sent == 0) break;
    mqtt->output_start += (uint32_t)sent;
  }
  if (mqtt->output_start == mqtt->output_end) mqtt->output_start = mqtt->output_end = 0;
  else if (WQ_CALLS_OUTPUT - mqtt->output_end < RESERVE) compact(calls);
  return 0;
}
