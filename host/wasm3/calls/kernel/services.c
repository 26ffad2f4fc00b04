/* What every call needs: the device and its lock, its clock, checks of addresses. */
#include "kernel.h"

/* Address and size of a buffer of a channel or of the log are multiples of this many bytes (SDK). */
#define BUFFER_UNIT 512u

static wq_calls *device;

void wq_calls_serve(wq_calls *calls) { device = calls; }

void wq_calls_forget(const wq_calls *calls) {
  if (device == calls) device = NULL;
}

void wq_calls_lock(wq_calls *calls) {
  if (calls->options.lock) calls->options.lock(calls->options.user);
}

void wq_calls_unlock(wq_calls *calls) {
  if (calls->options.unlock) calls->options.unlock(calls->options.user);
}

wq_calls *wq_calls_enter(void) {
  if (device) {
    wq_calls_lock(device);
    wq_calls_turn(device);
  }
  return device;
}

uint64_t wq_calls_microseconds(const wq_calls *calls) {
  const uint64_t time = calls->options.microseconds(calls->options.user);
  return time > calls->started ? time - calls->started : 0;
}

void wq_calls_turn(wq_calls *calls) {
  const uint64_t now = wq_calls_microseconds(calls) / 1000u;
  /* A clock that went back stands still until it has caught up. */
  if (now > calls->now) calls->now = now;
}

uint32_t wq_calls_now(const wq_calls *calls) { return (uint32_t)calls->now; }

int wq_calls_holds(const void *address, uint32_t alignment) {
  return address && ((uintptr_t)address & (alignment - 1u)) == 0;
}

int wq_calls_holds_string(const void *data, uint32_t length) { return data || length == 0; }

enum MvStatus wq_calls_check_buffer(const uint8_t *data, uint32_t size) {
  if (!data) return MV_STATUS_PARAMETERFAULT;
  if ((uintptr_t)data % BUFFER_UNIT != 0) return MV_STATUS_INVALIDBUFFERALIGNMENT;
  return size == 0 || size % BUFFER_UNIT != 0 ? MV_STATUS_INVALIDBUFFERSIZE : MV_STATUS_OKAY;
}

int wq_calls_overlap(const void *a, uint32_t a_size, const void *b, uint32_t b_size) {
  const uintptr_t first = (uintptr_t)a, second = (uintptr_t)b;
  return first < second + b_size && second < first + a_size;
}
