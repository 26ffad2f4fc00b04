/*
 * What the application has not read yet, in order. Topics and payloads are in the receive buffer of the channel, so its size
 * bounds them. Responses take none of it.
 */
#include <string.h>

#include "managed_client.h"

static wq_calls_item *item_at(wq_calls *calls, uint32_t index) {
  return &calls->mqtt.items[(calls->mqtt.first_item + index) % WQ_CALLS_ITEMS];
}

void wq_calls_inbox_begin(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  mqtt->first_item = mqtt->item_count = mqtt->visible = 0;
  mqtt->ring_start = mqtt->ring_used = 0;
  mqtt->has_draft = 0;
  mqtt->next_correlation_id = 1;
}

void wq_calls_inbox_put(wq_calls *calls, const wq_calls_item *item) {
  if (calls->mqtt.item_count == WQ_CALLS_ITEMS) return;
  *item_at(calls, calls->mqtt.item_count) = *item;
  calls->mqtt.item_count++;
}

void wq_calls_put_answer(
    wq_calls *calls, enum MvMqttReadableDataType type, uint32_t correlation_id, enum MvMqttRequestState state,
    const uint8_t *codes, uint32_t count) {
  wq_calls_item item;
  memset(&item, 0, sizeof item);
  item.type = (uint8_t)type;
  item.state = (uint8_t)state;
  item.correlation_id = correlation_id;
  item.count = (uint8_t)count;
  if (codes) memcpy(item.of.codes, codes, count);
  wq_calls_inbox_put(calls, &item);
}

void wq_calls_put_state(wq_calls *calls, enum MvMqttReadableDataType type, enum MvMqttRequestState state, uint32_t code) {
  const uint8_t byte = (uint8_t)code;
  wq_calls_put_answer(calls, type, 0, state, &byte, 1);
}

uint32_t wq_calls_inbox_untold(const wq_calls *calls, enum MvMqttReadableDataType type) {
  const wq_calls_mqtt *const mqtt = &calls->mqtt;
  uint32_t found = 0, i;
  for (i = mqtt->visible; i < mqtt->item_count; i++)
    found += mqtt->items[(mqtt->first_item + i) % WQ_CALLS_ITEMS].type == (uint8_t)type;
  return found;
}

void wq_calls_inbox_tell(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  while (mqtt->visible < mqtt->item_count) {
    mqtt->visible++;
    wq_calls_readable(calls, mqtt->channel);
  }
}

wq_calls_item *wq_calls_inbox_peek(wq_calls *calls, enum MvMqttReadableDataType type) {
  uint32_t i;
  for (i = 0; i < calls->mqtt.visible; i++) {
    wq_calls_item *const item = item_at(calls, i);
    if (!item->is_read && (type == MV_MQTTREADABLEDATATYPE_NONE || item->type == (uint8_t)type)) return item;
  }
  return NULL;
}

/* Bytes of the receive buffer that an item holds. */
static uint32_t ring_bytes(const wq_calls_item *item) {
  if (item->type == MV_MQTTREADABLEDATATYPE_MESSAGELOST) return item->topic;
  return item->type == MV_MQTTREADABLEDATATYPE_MESSAGERECEIVED ? item->topic + item->of.message.payload : 0;
}

/* An item that is read out of order keeps its place until all before it are read. */
void wq_calls_inbox_consume(wq_calls *calls, wq_calls_item *item) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  item->is_read = 1;
  while (mqtt->visible > 0 && item_at(calls, 0)->is_read) {
    const uint32_t bytes = ring_bytes(item_at(calls, 0));
    mqtt->ring_start = (mqtt->ring_start + bytes) % mqtt->channel->receive.size;
    mqtt->ring_used -= bytes;
    mqtt->first_item = (mqtt->first_item + 1u) % WQ_CALLS_ITEMS;
    mqtt->item_count--;
    mqtt->visible--;
  }
}

/* A payload that fills the receive buffer, behind all that fits the input area. */
uint32_t wq_calls_largest_packet(const wq_calls *calls) { return calls->mqtt.channel->receive.size + WQ_CALLS_INPUT; }

uint32_t wq_calls_ring_room(const wq_calls *calls) { return calls->mqtt.channel->receive.size - calls->mqtt.ring_used; }

uint32_t wq_calls_ring_take(wq_calls *calls, uint32_t length) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  const uint32_t at = (mqtt->ring_start + mqtt->ring_used) % mqtt->channel->receive.size;
  mqtt->ring_used += length;
  return at;
}

void wq_calls_ring_write(wq_calls *calls, uint32_t at, const uint8_t *bytes, uint32_t length) {
  const wq_calls_buffer ring = calls->mqtt.channel->receive;
  const uint32_t start = at % ring.size, first = length < ring.size - start ? length : ring.size - start;
  memcpy(ring.data + start, bytes, first);
  memcpy(ring.data, bytes + first, length - first);
}

void wq_calls_ring_read(const wq_calls *calls, uint32_t at, uint8_t *bytes, uint32_t length) {
  const wq_calls_buffer ring = calls->mqtt.channel->receive;
  const uint32_t start = at % ring.size, first = length < ring.size - start ? length : ring.size - start;
  if (length == 0) return;
  memcpy(bytes, ring.data + start, first);
  memcpy(bytes + first, ring.data, length - first);
}
