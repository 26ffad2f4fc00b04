/* The device from open to close. Here the managed client and the calls are put over the kernel. */
#include <string.h>

#include "calls/config_fetch.h"
#include "kernel/kernel.h"
#include "managed_client/managed_client.h"

int32_t wq_calls_open(wq_calls *calls, const wq_calls_options *options) {
  int32_t result;
  if (!options->core || !options->send || !options->receive || !options->config || !options->microseconds)
    return WQ_RESULT_INVALID_ARGUMENT;
#if !defined(__ARM_ARCH_PROFILE) || __ARM_ARCH_PROFILE != 'M'
  if (!options->pend) return WQ_RESULT_INVALID_ARGUMENT;
#endif
  if (!options->device_id || strlen(options->device_id) != WQ_CALLS_DEVICE_ID) return WQ_RESULT_INVALID_ARGUMENT;
  memset(calls, 0, sizeof *calls);
  calls->options = *options;
  if (!calls->options.connect_timeout) calls->options.connect_timeout = 15000;
  if (!calls->options.ping_timeout) calls->options.ping_timeout = 10000;
  calls->mqtt_driver = &wq_calls_mqtt_driver;
  calls->link_is_up = 1;
  calls->started = options->microseconds(options->user);
  result = wq_calls_mqtt_open(calls);
  if (!result) wq_calls_serve(calls);
  return result;
}

void wq_calls_close(wq_calls *calls) {
  wq_calls_turn(calls);
  wq_calls_mqtt_stop(calls);
  wq_calls_forget(calls);
}

uint32_t wq_calls_poll(wq_calls *calls) {
  uint32_t due, i;
  wq_calls_lock(calls);
  wq_calls_turn(calls);
  wq_calls_network_poll(calls);
  due = wq_calls_mqtt_poll(calls);
  for (i = 0; i < WQ_CALLS_CHANNELS; i++)
    if (wq_calls_config_poll(calls, &calls->channels[i])) due = 0;
  wq_calls_unlock(calls);
  return due;
}
