/* Handles, and the notification buffers, network requests and channels behind them. */
#include "kernel.h"

/* Multiples of an odd number: every 32-bit number comes once before one repeats. */
uint32_t wq_calls_new_handle(wq_calls *calls) {
  do calls->handles++;
  while (calls->handles == 0);
  return calls->handles * 0x9e3779b1u;
}

wq_calls_notification *wq_calls_notification_of(wq_calls *calls, uint32_t handle) {
  uint32_t i;
  for (i = 0; i < WQ_CALLS_NOTIFICATIONS; i++)
    if (handle != 0 && calls->notifications[i].handle == handle) return &calls->notifications[i];
  return NULL;
}

wq_calls_network *wq_calls_network_of(wq_calls *calls, uint32_t handle) {
  uint32_t i;
  for (i = 0; i < WQ_CALLS_NETWORKS; i++)
    if (handle != 0 && calls->networks[i].handle == handle) return &calls->networks[i];
  return NULL;
}

wq_calls_channel *wq_calls_channel_of(wq_calls *calls, uint32_t handle) {
  uint32_t i;
  for (i = 0; i < WQ_CALLS_CHANNELS; i++)
    if (handle != 0 && calls->channels[i].handle == handle) return &calls->channels[i];
  return NULL;
}
