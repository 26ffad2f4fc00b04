/*
 * The device application on a Cortex-M33 without Microvisor: wasm3 interprets build/app.wasm, host/wasm3/calls serve its system
 * calls on the translated core, and bytes to and from the broker go through files.
 *
 *   main FOLDER APPLICATION
 *
 * FOLDER/configs and FOLDER/secrets have a file for each key, FOLDER/down has the bytes from the broker.
 */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "line.h"
#include "semihosting.h"
#include "wq_calls.h"
#include "wq_guest.h"

#define DEVICE_ID "UV00000000000000000000000000000033"
#define STACK 4096u
/* For the constants of the core, and what the calls use. */
#define CORE_MEMORY 16384u
#define PAGE 65536u

static uint8_t module[1 << 15];
static uint64_t core_memory[CORE_MEMORY / 8];
static uint8_t guest_memory[WQ_GUEST_MEMORY(PAGE)] __attribute__((aligned(WQ_GUEST_ALIGNMENT)));
static wq_core core;
static wq_calls calls;
static wq_guest guest;
static const char *folder;
static uint64_t timer_due;

static uint64_t microseconds(void *user) {
  (void)user;
  return clock_microseconds();
}

static uint64_t wall_clock(void *user) {
  (void)user;
  return clock_seconds() * (uint64_t)1000000u;
}

static void log_line(void *user, const uint8_t *line, uint32_t length) {
  (void)user;
  printf("log %.*s\n", (int)length, (const char *)line);
  fflush(stdout);
}

static int32_t config(
    void *user, enum MvConfigKeyFetchScope scope, enum MvConfigKeyFetchStore store, const char *key, uint32_t key_length,
    uint8_t *value, uint32_t capacity) {
  char path[256];
  int32_t file, length;
  (void)user, (void)scope;
  snprintf(path, sizeof path, "%s/%s/%.*s", folder, store == MV_CONFIGKEYFETCHSTORE_SECRET ? "secrets" : "configs",
           (int)key_length, key);
  file = file_open(path, FILE_READ);
  if (file < 0) return WQ_CALLS_CONFIG_NOT_FOUND;
  length = file_length(file);
  if (length > 0 && (uint32_t)length <= capacity) file_read(file, value, (uint32_t)length);
  file_close(file);
  return length < 0 ? WQ_CALLS_CONFIG_FAILED : length;
}

static void timer(void *context, int32_t milliseconds) {
  (void)context;
  timer_due = milliseconds < 0 ? 0 : clock_microseconds() + (uint64_t)(uint32_t)milliseconds * 1000u + 1u;
}

static int open_calls(void) {
  wq_options core_options;
  wq_calls_options options;
  memset(&core_options, 0, sizeof core_options);
  core_options.memory = (uint8_t *)core_memory;
  core_options.memory_size = sizeof core_memory;
  memset(&options, 0, sizeof options);
  options.core = &core;
  options.device_id = DEVICE_ID;
  options.open = line_open;
  options.send = line_send;
  options.receive = line_receive;
  options.close = line_close;
  options.config = config;
  options.microseconds = microseconds;
  options.wall_clock = wall_clock;
  options.log = log_line;
  if (wq_open(&core, &core_options) < 0) return 0;
  return wq_calls_open(&calls, &options) == 0;
}

static int open_guest(const char *path) {
  wq_guest_options options;
  const int32_t file = file_open(path, FILE_READ);
  if (file < 0) return 0;
  memset(&options, 0, sizeof options);
  options.module = module;
  options.module_size = file_read(file, module, sizeof module);
  options.stack_size = STACK;
  options.memory = guest_memory;
  options.memory_size = sizeof guest_memory;
  options.timer = timer;
  file_close(file);
  return wq_guest_open(&guest, &options) == 0 && wq_guest_start(&guest) == 0;
}

/* Does one step of the main loop. Returns 0 when there is nothing more to do now. */
static int step(void) {
  static uint32_t notifications_delivered;
  uint32_t left = wq_calls_poll(&calls);
  for (; notifications_delivered != notifications_noted; notifications_delivered++, left = 0)
    wq_guest_interrupt(&guest, NOTIFICATION_IRQ);
  if (timer_due && clock_microseconds() >= timer_due) {
    timer_due = 0;
    left = 0;
    wq_guest_timer(&guest);
  }
  return left == 0;
}

int main(int count, char **words) {
  if (count < 3) return 2;
  folder = words[1];
  board_start();
  if (!line_start(folder) || !open_calls() || !open_guest(words[2])) {
    printf("failed %s\n", guest.reason ? guest.reason : core.reason ? core.reason : "to open");
    return 1;
  }
  printf("started with %u bytes of heap\n", (unsigned)mallinfo().arena);
  fflush(stdout);
  while (guest.state == WQ_GUEST_IDLE)
    if (!step()) board_sleep();
  printf("failed %s\n", guest.reason ? guest.reason : "the application ended");
  return 1;
}
