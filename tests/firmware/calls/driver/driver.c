/*
 * An application that makes the calls of a script and prints what they return. Its twin over the emulated kernel is
 * ../emulated/emulated-driver.ts.
 *
 *   driver MODULE SCRIPT [PORT]
 *
 * Without a port the script has the bytes of the broker, and the time that passes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "commands.h"

#define LINEAR 24576u

static wq_core core;
static wq_calls calls;
static uint64_t linear_memory[LINEAR / 8];
static uint8_t module[1 << 15];
static uint32_t module_size;
static uint64_t time_now = 1000000000;
#ifdef CALLS_SOCKET
static int is_real;
#endif
static uint32_t news_read, interrupts;

static uint64_t microseconds(void *user) {
  (void)user;
#ifdef CALLS_SOCKET
  if (is_real) return socket_clock();
#endif
  return time_now;
}

static void pend(void *user, uint32_t irq) {
  (void)user;
  interrupts += irq == 51;
}

static int locks;
static uint32_t session_expiry;

static void lock(void *user) {
  (void)user;
  if (locks++ != 0) printf("locked twice\n");
}

static void unlock(void *user) {
  (void)user;
  if (--locks != 0) printf("not locked\n");
}

static void print_line(void *user, const uint8_t *line, uint32_t length) {
  (void)user;
  printf("line %.*s\n", (int)length, (const char *)line);
}

/* The value of key "k<n>" has n bytes; "broken" fails; others are not found. */
static int32_t config(
    void *user, enum MvConfigKeyFetchScope scope, enum MvConfigKeyFetchStore store, const char *key, uint32_t length,
    uint8_t *value, uint32_t capacity) {
  uint32_t size = 0, i;
  (void)user, (void)scope, (void)store;
  if (length == 6 && memcmp(key, "broken", 6) == 0) return WQ_CALLS_CONFIG_FAILED;
  if (key[0] != 'k') return WQ_CALLS_CONFIG_NOT_FOUND;
  for (i = 1; i < length; i++) size = size * 10u + (uint32_t)(key[i] - '0');
  if (size <= capacity) memset(value, 'v', size);
  return (int32_t)size;
}

static void print_news(void) {
  for (; news_read < interrupts; news_read++) {
    const struct MvNotification *const record = &records[news_read % RECORDS];
    printf(" %d:%u", (int)record->event_type, (unsigned)record->tag);
  }
}

static void do_poll(void) { wq_calls_poll(&calls); }

static void from_broker(void) {
  const char *digits = word(1);
  for (; digits[0] && digits[1]; digits += 2) {
    const char pair[3] = {digits[0], digits[1], 0};
    to_device[to_device_count++] = (uint8_t)strtoul(pair, NULL, 16);
  }
  do_poll();
  do_poll();
}

static void print_sent(void) {
  uint32_t i;
  printf("sent ");
  for (i = 0; i < from_device_count; i++) printf("%02x", from_device[i]);
  from_device_count = 0;
}

static void use_handle(void) {
  if (strcmp(word(1), "zero") == 0) channel = 0;
  if (strcmp(word(1), "notification") == 0) channel = notifications;
  if (strcmp(word(1), "other") == 0) channel = other;
}

#ifdef CALLS_SOCKET
/* Waits for so many notifications, but at most five seconds. */
static void wait_for_news(void) {
  const uint64_t end = microseconds(NULL) + 5000000u;
  uint32_t left = 0;
  while (interrupts < news_read + number(1) && microseconds(NULL) < end) {
    socket_wait(left < 20 ? left : 20);
    left = wq_calls_poll(&calls);
  }
  printf("wait");
  print_news();
}
#endif

static void time_passes(void) {
  /* Also backwards. */
  time_now += (uint64_t)((int64_t)(int32_t)number(1) * 1000);
  do_poll();
}

static void fail_transport(void) {
  transport_failure = -(int32_t)number(1);
  do_poll();
}

static int open_device(const char *port, uint32_t memory, const char *device_id);

#define DEVICE_ID "UV0123456789abcdef0123456789abcdef"

/* Begins with a new device. */
static void restart(void) {
  wq_calls_close(&calls);
  wq_close(&core);
  time_now = 1000000000;
  news_read = interrupts = 0;
  notifications = network = channel = other = 0;
  null_pointers = null_nested = 0;
  from_device_count = to_device_count = 0;
  transport_failure = 0;
  transport_piece = 1 << 16;
  open_device(NULL, LINEAR, DEVICE_ID);
}

/* Begins with a new device that asks an MQTT 5 broker to keep its session for so many seconds. */
static void expiry(void) {
  session_expiry = number(1);
  restart();
}

/* Opens the device again, with so much linear memory or another device id. Prints the result if it fails. */
static void reopen(void) {
  wq_calls_close(&calls);
  wq_close(&core);
  open_device(NULL, number(1), word_count > 2 ? word(2) : DEVICE_ID);
}

/* Commands that are not calls, and print nothing. */
static int board_command(void) {
  if (is("poll")) do_poll();
  else if (is("time")) time_passes();
  else if (is("link")) wq_calls_link(&calls, number(1) != 0), do_poll();
  else if (is("broker")) from_broker();
  else if (is("fail")) fail_transport();
  else if (is("restart")) session_expiry = 0, restart();
  else if (is("expiry")) expiry();
  else if (is("reopen")) reopen();
  else if (is("break")) wq_close(&core);
  else if (is("piece")) transport_piece = number(1);
  else if (is("handle")) use_handle();
  else if (is("null")) null_pointers = strcmp(word(1), "parameters") == 0, null_nested = strcmp(word(1), "nested") == 0;
  else return 0;
  return 1;
}

static void run(char *line) {
  char *part = strtok(line, " \n");
  for (word_count = 0; part; part = strtok(NULL, " \n"))
    if (word_count < 32) words[word_count++] = part;
  if (word_count == 0 || board_command()) return;
  if (is("news")) {
    printf("news");
    print_news();
  } else if (is("sent")) {
    print_sent();
#ifdef CALLS_SOCKET
  } else if (is("wait")) {
    wait_for_news();
#endif
  } else if (!device_command() && !mqtt_command()) {
    printf("unknown command %s", words[0]);
  }
  printf("\n");
  fflush(stdout);
}

static int open_device(const char *port, uint32_t memory, const char *device_id) {
  wq_options core_options;
  wq_calls_options options;
  int32_t result;
  memset(&core_options, 0, sizeof core_options);
  core_options.module = module;
  core_options.module_size = module_size;
  core_options.stack_size = WQ_STACK_MOST;
  core_options.parts = WQ_PART_MQTT | WQ_PART_SESSION;
  core_options.memory = (uint8_t *)linear_memory;
  core_options.memory_size = memory;
  memset(linear_memory, 0, sizeof linear_memory);
  result = wq_open(&core, &core_options);
  memset(&options, 0, sizeof options);
  options.core = &core;
  options.device_id = device_id;
  options.config = config;
  options.microseconds = microseconds;
  options.pend = pend;
  options.log = print_line;
  options.lock = lock;
  options.unlock = unlock;
  options.session_expiry = session_expiry;
  hand_transport(&options);
#ifdef CALLS_SOCKET
  if (port) is_real = socket_transport(&options, port);
#else
  (void)port;
#endif
  if (!result) result = wq_calls_open(&calls, &options);
  if (result) printf("open returned %ld\n", (long)result);
  return result != 0;
}

static int read_module(const char *file) {
  FILE *const from = fopen(file, "rb");
  if (!from) return 1;
  module_size = (uint32_t)fread(module, 1, sizeof module, from);
  fclose(from);
  return 0;
}

int main(int count, char **arguments) {
  static char line[1 << 14];
  FILE *script;
  if (count < 3 || read_module(arguments[1]) || open_device(count > 3 ? arguments[3] : NULL, LINEAR, DEVICE_ID)) return 1;
  script = strcmp(arguments[2], "-") == 0 ? stdin : fopen(arguments[2], "r");
  if (!script) return 1;
  while (fgets(line, sizeof line, script)) run(line);
  wq_calls_close(&calls);
  wq_close(&core);
  return 0;
}
