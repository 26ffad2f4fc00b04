/* mvGetMicroseconds, mvGetWallTime and the four clock frequencies. */
#include "../kernel/kernel.h"

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

enum MvStatus mvGetMicroseconds(uint64_t *ms) { WQ_SERVE(microseconds(calls, ms)); }

enum MvStatus mvGetWallTime(uint64_t *usec) { WQ_SERVE(wall_time(calls, usec)); }

enum MvStatus mvGetSysClk(uint32_t *hz) { WQ_SERVE(frequency(calls, 0, hz)); }

enum MvStatus mvGetHClk(uint32_t *hz) { WQ_SERVE(frequency(calls, 1, hz)); }

enum MvStatus mvGetPClk1(uint32_t *hz) { WQ_SERVE(frequency(calls, 2, hz)); }

enum MvStatus mvGetPClk2(uint32_t *hz) { WQ_SERVE(frequency(calls, 3, hz)); }
