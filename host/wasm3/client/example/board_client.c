/*
 * Greets on an emulated Cortex-M33 (qemu-system-arm -M musca-b1): bytes to the broker go through the board's first UART, as through a
 * modem that is connected. QEMU connects it with -serial tcp:HOST:PORT.
 */
#include <stdio.h>
#include <time.h>

#include "wq_client.h"

#ifndef WQ_AOT
#include "wq_core_wasm.h"
#endif

/* An Arm PL011, where secure code sees it. */
#define UART 0x50105000u
#define REGISTER(offset) (*(volatile uint32_t *)(UART + (offset)))
#define DATA REGISTER(0x00u)
#define FLAGS REGISTER(0x18u)
#define CONTROL REGISTER(0x30u)
#define ENABLED 0x301u
#define RECEIVER_IS_EMPTY 0x10u
#define SENDER_IS_FULL 0x20u

static wq_core core;
static wq_client client;
static int32_t outcome;
static wq_client_message hello = {{"greetings", 9}, 2, 0, "hello from a Cortex-M33", 23, NULL, {NULL, 0}, NULL, NULL, 0, 0};

static int32_t give(void *user, const uint8_t *bytes, uint32_t length) {
  uint32_t i;
  for (i = 0; i < length && !(FLAGS & SENDER_IS_FULL); i++) DATA = bytes[i];
  return (int32_t)i;
}

static int32_t take(void *user, uint8_t *bytes, uint32_t capacity) {
  uint32_t i;
  for (i = 0; i < capacity && !(FLAGS & RECEIVER_IS_EMPTY); i++) bytes[i] = (uint8_t)DATA;
  return (int32_t)i;
}

static uint32_t now(void *user) { return (uint32_t)((uint64_t)clock() * 1000u / CLOCKS_PER_SEC); }

static void on_connected(void *user, int session_present) {
  const wq_client_filter greetings = {{"greetings", 9}, 2};
  wq_client_subscribe(&client, &greetings, 1, NULL);
}

static void on_subscribed(void *user, uint32_t packet_id, const uint8_t *codes, uint32_t count) {
  wq_client_publish(&client, &hello);
}

static void on_message(void *user, const wq_client_delivery *message) {
  printf("%.*s: %.*s\n", (int)message->topic_length, message->topic, (int)message->length, (const char *)message->payload);
  wq_client_disconnect(&client, 0);
}

static void on_closed(void *user, int32_t result, uint32_t reason_code) {
  outcome = result;
  printf("closed: %d, %u\n", (int)result, (unsigned)reason_code);
}

int main(void) {
#ifdef WQ_AOT
  static uint64_t memory[1024];
  const wq_options core_options = {NULL, 0, 0, (uint8_t *)memory, sizeof memory, 0};
#else
  const wq_options core_options = {
      wq_core_wasm, sizeof wq_core_wasm, WQ_STACK_MOST, NULL, 8192, WQ_PART_MQTT | WQ_PART_SESSION};
#endif
  const wq_client_options options = {
      .core = &core, .transport = {.send = give, .receive = take, .now = now}, .version = 5, .keep_alive = 60, .clean_start = 1,
      .callbacks = {.on_connected = on_connected, .on_subscribed = on_subscribed, .on_message = on_message, .on_closed = on_closed},
      .client_id = wq_client_string("board"), .send_capacity = 4, .receive_capacity = 4, .input_size = 1024, .output_size = 1024};
  if (wq_open(&core, &core_options) < 0 || wq_client_open(&client, &options) < 0) return 2;
  CONTROL = ENABLED;
  wq_client_connect(&client);
  while (client.state != WQ_CLIENT_CLOSED) wq_client_poll(&client);
  return outcome == 0 ? 0 : 1;
}
