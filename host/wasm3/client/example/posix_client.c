/* Subscribes to a topic, publishes to it, prints what comes, and disconnects: posix_client HOST PORT, over POSIX sockets. */
#define _POSIX_C_SOURCE 200112L
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wq_client.h"

static uint64_t memory[1024];
static wq_core core;
static wq_client client;
static int32_t outcome;
static wq_client_message hello = {{"greetings", 9}, 1, 0, "hello", 5, NULL, {NULL, 0}, NULL, NULL, 0, 0};
static char **words;
static int line = -1;

static int32_t open_line(void *user) {
  struct addrinfo hints = {0}, *address;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(words[1], words[2], &hints, &address) != 0) return -1;
  line = socket(address->ai_family, address->ai_socktype, 0);
  const int failed = line < 0 || connect(line, address->ai_addr, address->ai_addrlen) < 0;
  freeaddrinfo(address);
  return failed || fcntl(line, F_SETFL, O_NONBLOCK) < 0 ? -1 : 0;
}
static int32_t result_of(ssize_t count) { return count >= 0 ? (int32_t)count : errno == EAGAIN ? 0 : -1; }
static int32_t give(void *user, const uint8_t *bytes, uint32_t n) { return result_of(send(line, bytes, n, MSG_NOSIGNAL)); }
static int32_t take(void *user, uint8_t *bytes, uint32_t n) {
  const ssize_t count = recv(line, bytes, n, 0);
  return count == 0 ? -1 : result_of(count);
}
static void close_line(void *user) { line = line < 0 ? -1 : close(line) - 1; }
static uint32_t now(void *user) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint32_t)time.tv_sec * 1000u + (uint32_t)(time.tv_nsec / 1000000);
}

static void on_connected(void *user, int session_present) {
  const wq_client_filter greetings = {{"greetings", 9}, 1};
  wq_client_subscribe(&client, &greetings, 1, NULL);
}
static void on_subscribed(void *user, uint32_t id, const uint8_t *codes, uint32_t n) { wq_client_publish(&client, &hello); }
static void on_message(void *user, const wq_client_delivery *message) {
  printf("%.*s: %.*s\n", (int)message->topic_length, message->topic, (int)message->length, (const char *)message->payload);
  wq_client_disconnect(&client, 0);
}
static void on_closed(void *user, int32_t result, uint32_t reason) {
  printf("closed: %d, %u\n", (int)(outcome = result), (unsigned)reason);
}

int main(int count, char **arguments) {
  const wq_options core_options = {NULL, 0, 0, (uint8_t *)memory, sizeof memory, 0};
  const wq_client_options options = {
      .core = &core, .transport = {give, take, now, open_line, close_line}, .version = 5, .keep_alive = 60, .clean_start = 1,
      .callbacks = {.on_connected = on_connected, .on_subscribed = on_subscribed, .on_message = on_message, .on_closed = on_closed},
      .client_id = wq_client_string("greeter"), .send_capacity = 4, .receive_capacity = 4, .input_size = 1024, .output_size = 1024};
  words = arguments;
  if (count != 3 || wq_open(&core, &core_options) < 0 || wq_client_open(&client, &options) < 0) return 2;
  wq_client_connect(&client);
  for (int wait; (wait = wq_client_poll(&client)), client.state != WQ_CLIENT_CLOSED;) {
    struct pollfd ready = {line, POLLIN, 0};
    poll(&ready, 1, wait == WQ_CLIENT_IDLE ? -1 : wait);
  }
  return outcome == 0 ? 0 : 1;
}
