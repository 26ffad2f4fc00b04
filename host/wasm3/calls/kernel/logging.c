/* mvServerLoggingInit and mvServerLog. */
#include "kernel.h"

#define MESSAGE_MOST 4096u

static enum MvStatus logging_init(wq_calls *calls, uint8_t *buffer, uint32_t size) {
  const enum MvStatus status = wq_calls_check_buffer(buffer, size);
  if (status != MV_STATUS_OKAY) return status;
  calls->log_buffer.data = buffer;
  calls->log_buffer.size = size;
  return MV_STATUS_OKAY;
}

/* The buffer is checked but not used: a line goes to the callback at once. */
static enum MvStatus log_line(wq_calls *calls, const uint8_t *line, uint32_t length) {
  if (!calls->log_buffer.data) return MV_STATUS_UNAVAILABLE;
  if (!wq_calls_holds_string(line, length)) return MV_STATUS_PARAMETERFAULT;
  if (length > MESSAGE_MOST) return MV_STATUS_LOGMESSAGETOOLONG;
  if (length > calls->log_buffer.size) return MV_STATUS_INVALIDBUFFERSIZE;
  if (calls->options.log) calls->options.log(calls->options.user, line, length);
  return MV_STATUS_OKAY;
}

enum MvStatus mvServerLoggingInit(uint8_t *buffer, uint32_t length_bytes) {
  WQ_SERVE(logging_init(calls, buffer, length_bytes));
}

enum MvStatus mvServerLog(const uint8_t *message, uint16_t length_bytes) {
  WQ_SERVE(log_line(calls, message, length_bytes));
}
