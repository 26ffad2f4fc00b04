/* Decodes a PUBLISH of MQTT 3.1.1 and prints its topic and payload. */
#include <stdio.h>
#include <string.h>

#include "wq_core.h"

static wq_core core;

#ifdef WQ_AOT
static uint64_t memory[2048]; /* becomes linear memory */
static const wq_options options = {NULL, 0, 0, (uint8_t *)memory, sizeof memory, WQ_PART_MQTT};
#else
#include "wq_core_wasm.h" /* build/core.wasm as bytes; linear memory comes from the heap */
static const wq_options options = {wq_core_wasm, sizeof wq_core_wasm, WQ_STACK_MOST, NULL, 16384, WQ_PART_MQTT};
#endif

static int32_t first_packet(const uint8_t *bytes, uint32_t length) {
  int32_t result = wq_open(&core, &options);
  if (result < 0) return result;
  const wq_ptr record = (wq_ptr)(wq_heap_base(&core) + 7) & ~7u, input = record + sizeof(wq_packet);
  uint8_t *const place = wq_bytes(&core, input, length);
  if (!place) return WQ_RESULT_OUT_OF_SPACE;
  memcpy(place, bytes, length);
  result = wq_mqtt_decode(&core, input, length, 4, length, record);
  if (result <= 0) return result;
  const wq_packet *const packet = WQ_RECORD(&core, wq_packet, record);
  printf("%.*s ", (int)packet->topic_length, (char *)wq_bytes(&core, packet->topic, packet->topic_length));
  printf("%.*s\n", (int)packet->payload_length, (char *)wq_bytes(&core, packet->payload, packet->payload_length));
  return result;
}

int main(void) {
  static const uint8_t publish[] = {0x30, 12, 0, 5, 'h', 'e', 'l', 'l', 'o', 'w', 'o', 'r', 'l', 'd'};
  const int32_t result = first_packet(publish, sizeof publish);
  if (result <= 0) printf("%d: %s\n", (int)result, wq_result_text(result));
  return result <= 0;
}
