/* mvNoOp and mvGetDeviceId. */
#include <string.h>

#include "../kernel/kernel.h"

static enum MvStatus device_id(const wq_calls *calls, uint8_t *buffer, uint32_t length) {
  if (length != WQ_CALLS_DEVICE_ID) return MV_STATUS_INVALIDBUFFERSIZE;
  if (!buffer) return MV_STATUS_PARAMETERFAULT;
  memcpy(buffer, calls->options.device_id, WQ_CALLS_DEVICE_ID);
  return MV_STATUS_OKAY;
}

enum MvStatus mvNoOp(void) { return MV_STATUS_OKAY; }

enum MvStatus mvGetDeviceId(uint8_t *buf, uint32_t len) { WQ_SERVE(device_id(calls, buf, len)); }
