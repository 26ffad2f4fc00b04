/* The calls that cannot work here. Each returns the status of its list that is closest to "not available". */
#include "../kernel/kernel.h"

/* No channel of these types can be opened, so every handle is invalid. */

enum MvStatus mvReadChannel(MvChannelHandle handle, uint8_t **read_pointer_out, uint32_t *length_out) {
  (void)handle, (void)read_pointer_out, (void)length_out;
  return MV_STATUS_INVALIDHANDLE;
}

enum MvStatus mvReadChannelComplete(MvChannelHandle handle, uint32_t consumed) {
  (void)handle, (void)consumed;
  return MV_STATUS_INVALIDHANDLE;
}

enum MvStatus mvWriteChannelStream(MvChannelHandle handle, const uint8_t *data, uint32_t len, uint32_t *written) {
  (void)handle, (void)data, (void)len, (void)written;
  return MV_STATUS_INVALIDHANDLE;
}

enum MvStatus mvWriteChannel(MvChannelHandle handle, const uint8_t *data, uint32_t len, uint32_t *available) {
  (void)handle, (void)data, (void)len, (void)available;
  return MV_STATUS_INVALIDHANDLE;
}

enum MvStatus mvSendHttpRequest(MvChannelHandle handle, const struct MvHttpRequest *request) {
  (void)handle, (void)request;
  return MV_STATUS_INVALIDHANDLE;
}

enum MvStatus mvReadHttpResponseData(MvChannelHandle handle, struct MvHttpResponseData *response_data) {
  (void)handle, (void)response_data;
  return MV_STATUS_INVALIDHANDLE;
}

enum MvStatus mvReadHttpResponseHeader(MvChannelHandle handle, uint32_t header_index, uint8_t *buf, uint32_t size) {
  (void)handle, (void)header_index, (void)buf, (void)size;
  return MV_STATUS_INVALIDHANDLE;
}

enum MvStatus mvReadHttpResponseBody(MvChannelHandle handle, uint32_t offset, uint8_t *buf, uint32_t size) {
  (void)handle, (void)offset, (void)buf, (void)size;
  return MV_STATUS_INVALIDHANDLE;
}

/* An application that has the whole chip accesses registers directly. */

enum MvStatus mvPeriphPeek32(uint32_t reg, uint32_t *output) {
  (void)reg, (void)output;
  return MV_STATUS_PERIPHERALACCESSFAULT;
}

enum MvStatus mvPeriphPoke32(uint32_t reg, uint32_t mask, uint32_t xorvalue) {
  (void)reg, (void)mask, (void)xorvalue;
  return MV_STATUS_PERIPHERALACCESSFAULT;
}

enum MvStatus mvSetFastInterrupt(uint32_t irqn) {
  (void)irqn;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvClearFastInterrupt(uint32_t irqn) {
  (void)irqn;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvEnableFastInterrupt(uint32_t irqn) {
  (void)irqn;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvDisableFastInterrupt(uint32_t irqn) {
  (void)irqn;
  return MV_STATUS_UNAVAILABLE;
}

/* There are no fast interrupts, so these have nothing to do. */
enum MvStatus mvDisableAllFastInterrupts(void) { return MV_STATUS_OKAY; }

enum MvStatus mvEnableAllFastInterrupts(void) { return MV_STATUS_OKAY; }

enum MvStatus mvTestingComplete(uint32_t status) {
  (void)status;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvTestLoggingInit(uint8_t *buffer, uint32_t length_bytes) {
  (void)buffer, (void)length_bytes;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvTestLog(const uint8_t *message, uint16_t length_bytes) {
  (void)message, (void)length_bytes;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvPowerSave(enum MvPowerSavingMode mode) {
  (void)mode;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvDeepSleep(enum MvDeepSleepMode mode) {
  (void)mode;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvGetWakeReason(enum MvWakeReason *mode) {
  (void)mode;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvRestart(enum MvRestartMode mode) {
  (void)mode;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvSystemLedEnable(uint32_t enable) {
  (void)enable;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvOpenSystemNotification(const struct MvOpenSystemNotificationParams *params, MvSystemEventHandle *handle) {
  (void)params, (void)handle;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvCloseSystemNotification(MvSystemEventHandle *handle) {
  (void)handle;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvExternalFlashOpen(MvExternalFlashHandle *handle) {
  (void)handle;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvExternalFlashClose(MvExternalFlashHandle *handle) {
  (void)handle;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvExternalFlashReadBlocking(
    MvExternalFlashHandle handle, uint32_t address, uint32_t length, uint8_t *buffer) {
  (void)handle, (void)address, (void)length, (void)buffer;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvExternalFlashEraseBlocking(MvExternalFlashHandle handle, uint32_t address, uint32_t length) {
  (void)handle, (void)address, (void)length;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvExternalFlashWriteBlocking(
    MvExternalFlashHandle handle, uint32_t address, uint32_t length, const uint8_t *buffer) {
  (void)handle, (void)address, (void)length, (void)buffer;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvExternalFlashGetInfo(MvExternalFlashHandle handle, struct MvExternalFlashInfo *info) {
  (void)handle, (void)info;
  return MV_STATUS_UNAVAILABLE;
}

/* The lists of these two have only OKAY, which would be wrong. */

enum MvStatus mvSetWifiConfig(const struct MvWifiConfig *params) {
  (void)params;
  return MV_STATUS_UNAVAILABLE;
}

enum MvStatus mvGetWifiConfig(const struct MvWifiConfigOut *params) {
  (void)params;
  return MV_STATUS_UNAVAILABLE;
}
