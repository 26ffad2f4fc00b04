#include "board.h"

#include <string.h>

uint8_t to_device[1 << 14];
uint32_t to_device_count;
uint8_t from_device[1 << 14];
uint32_t from_device_count;
int32_t transport_failure;
uint32_t transport_piece = 1 << 16;

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

static int32_t give(void *user, const uint8_t *bytes, uint32_t length) {
  const uint32_t count = least(least(length, transport_piece), (uint32_t)sizeof from_device - from_device_count);
  (void)user;
  if (transport_failure < 0 && to_device_count == 0) return transport_failure;
  memcpy(from_device + from_device_count, bytes, count);
  from_device_count += count;
  return (int32_t)count;
}

static int32_t take(void *user, uint8_t *bytes, uint32_t capacity) {
  const uint32_t count = least(least(to_device_count, capacity), transport_piece);
  (void)user;
  if (count == 0) return transport_failure;
  memcpy(bytes, to_device, count);
  memmove(to_device, to_device + count, to_device_count - count);
  to_device_count -= count;
  return (int32_t)count;
}

static int32_t begin(void *user, const struct MvMqttConnectRequest *request) {
  (void)user, (void)request;
  to_device_count = 0;
  transport_failure = 0;
  return 0;
}

void hand_transport(wq_calls_options *options) {
  options->open = begin;
  options->send = give;
  options->receive = take;
}
