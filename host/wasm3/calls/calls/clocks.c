/* The device itself: its identity, its clocks, its log. */
#include <string.h>

#include "../kernel/kernel.h"

#define DEVICE_ID_LENGTH 34u
#define LOG_UNIT 512u
#define LOG_MESSAGE_MOST 4096u

static enum MvStatus device_id(const wq_calls *calls, uint8_t *buffer, uint32_t length) {
  if (length != DEVICE_ID_LENGTH) return MV_STATUS_INVALIDBUFFERSIZE;
  if (!buffer) return MV_STATUS_PARAMETERFAULT;
  memcpy(buffer, calls->options.device_id, DEVICE_ID_LENGTH);
  return MV_STATUS_OKAY;
}

static enum MvStatus microseconds(const wq_calls *calls, uint64_t *out) {
  if (!wq_calls_holds(out, 8)) return MV_STATUS_PARAMETERFAULT;
  *out = wq_calls_microseconds(calls);
  return MV_STATUS_OKAY;
}

static enum MvStatus wall_time(const wq_calls *calls, uint64_t *out) {
  uint64_t time;
  if (!wq_calls_holds(out, 8)) return MV_STATUS_PARAMETERFAULT;
  time = calls->options.wall_clock ? calls->options.wall_clock(calls->options.user) : 0;
  if (!time) return MV_STATUS_TIMENOTSET;
  *out = time;
  return MV_STATUS_OKAY;
}

static enum MvStatus frequency(const wq_calls *calls, uint32_t which, uint32_t *out) {
  if (!wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  *out = calls->options.clocks[which];
  return MV_STATUS_OKAY;
}

static enum MvStatus logging_init(wq_calls *calls, uint8_t *buffer, uint32_t size) {
  if (!buffer) return MV_STATUS_PARAMETERFAULT;
  if ((uintptr_t)buffer % LOG_UNIT != 0) return MV_STATUS_INVALIDBUFFERALIGNMENT;
  if (size == 0 || size % LOG_UNIT != 0) return MV_STATUS_INVALIDBUFFERSIZE;
  calls->log_buffer.data = buffer;
  calls->log_buffer.size = size;
  return MV_STATUS_OKAY;
}

/* A line goes out at once: the buffer is checked, and not used. */
static enum MvStatus log_line(wq_calls *calls, const uint8_t *line, uint32_t length) {
  if (!calls->log_buffer.data) return MV_STATUS_UNAVAILABLE;
  if (!wq_calls_holds_string(line, length)) return MV_STATUS_PARAMETERFAULT;
  if (length > LOG_MESSAGE_MOST) return MV_STATUS_LOGMESSAGETOOLONG;
  if (length > calls->log_buffer.size) return MV_STATUS_INVALIDBUFFERSIZE;
  if (calls->options.log) calls->options.log(calls->options.user, line, length);
  return MV_STATUS_OKAY;
}

enum MvStatus mvNoOp(void) { return MV_STATUS_OKAY; }

enum MvStatus mvGetDeviceId(uint8_t *buf, uint32_t len) { WQ_SERVE(device_id(calls, buf, len)); }

enum MvStatus mvGetMicroseconds(uint64_t *ms) { WQ_SERVE(microseconds(calls, ms)); }

enum MvStatus mvGetWallTime(uint64_t *usec) { WQ_SERVE(wall_time(calls, usec)); }

enum MvStatus mvGetSysClk(uint32_t *hz) { WQ_SERVE(frequency(calls, 0, hz)); }

enum MvStatus mvGetHClk(uint32_t *hz) { WQ_SERVE(frequency(calls, 1, hz)); }

enum MvStatus mvGetPClk1(uint32_t *hz) { WQ_SERVE(frequency(calls, 2, hz)); }

enum MvStatus mvGetPClk2(uint32_t *hz) { WQ_SERVE(frequency(calls, 3, hz)); }

enum MvStatus mvServerLoggingInit(uint8_t *buffer, uint32_t length_bytes) {
  WQ_SERVE(logging_init(calls, buffer, length_bytes));
}

enum MvStatus mvServerLog(const uint8_t *message, uint16_t length_bytes) {
  WQ_SERVE(log_line(calls, message, length_bytes));
}
