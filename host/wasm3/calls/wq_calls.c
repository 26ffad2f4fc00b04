/* The device: open, poll, close; handles, the clock, and checks of addresses. */
#include <string.h>

#include "kernel/kernel.h"
#include "managed_client/managed_client.h"

#define DEVICE_ID_LENGTH 34u

static wq_calls *device;

int32_t wq_calls_open(wq_calls *calls, const wq_calls_options *options) {
  int32_t result;
  if (!options->core || !options->send || !options->receive || !options->config || !options->microseconds)
    return WQ_RESULT_INVALID_ARGUMENT;
#if !defined(__ARM_ARCH_PROFILE) || __ARM_ARCH_PROFILE != 'M'
  if (!options->pend) return WQ_RESULT_INVALID_ARGUMENT;
#endif
  if (!options->device_id || strlen(options->device_id) != DEVICE_ID_LENGTH) return WQ_RESULT_INVALID_ARGUMENT;
  memset(calls, 0, sizeof *calls);
  calls->options = *options;
  if (!calls->options.connect_timeout) calls->options.connect_timeout = 15000;
  if (!calls->options.ping_timeout) calls->options.ping_timeout = 10000;
  calls->link_is_up = 1;
  calls->started = options->microseconds(options->user);
  result = wq_calls_mqtt_open(calls);
  if (!result) device = calls;
  return result;
}

void wq_calls_close(wq_calls *calls) {
  wq_calls_mqtt_stop(calls);
  if (device == calls) device = NULL;
}

wq_calls *wq_calls_enter(void) {
  if (device && device->options.lock) device->options.lock(device->options.user);
  return device;
}

void wq_calls_leave(wq_calls *calls) {
  if (calls->options.unlock) calls->options.unlock(calls->options.user);
}

uint32_t wq_calls_poll(wq_calls *calls) {
  uint32_t due, i;
  if (calls->options.lock) calls->options.lock(calls->options.user);
  wq_calls_network_poll(calls);
  due = wq_calls_mqtt_poll(calls);
  for (i = 0; i < WQ_CALLS_CHANNELS; i++)
    if (wq_calls_config_poll(calls, &calls->channels[i])) due = 0;
  wq_calls_leave(calls);
  return due;
}

/* Multiples of an odd number: each of the 32-bit numbers once before one comes again. */
uint32_t wq_calls_handle(wq_calls *calls) {
  do calls->handles++;
  while (calls->handles == 0);
  return calls->handles * 0x9e3779b1u;
}

uint64_t wq_calls_microseconds(const wq_calls *calls) {
  return calls->options.microseconds(calls->options.user) - calls->started;
}

uint32_t wq_calls_now(const wq_calls *calls) { return (uint32_t)(wq_calls_microseconds(calls) / 1000u); }

int wq_calls_holds(const void *address, uint32_t alignment) {
  return address && ((uintptr_t)address & (alignment - 1u)) == 0;
}

int wq_calls_holds_string(const void *data, uint32_t length) { return data || length == 0; }

int wq_calls_overlap(const void *a, uint32_t a_size, const void *b, uint32_t b_size) {
  const uintptr_t first = (uintptr_t)a, second = (uintptr_t)b;
  return first < second + b_size && second < first + a_size;
}
