#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "load.h"

/** State of one run. */
static struct {
  const struct options *options;
  struct connection *connections;
  int count;
  int epoll;
  uint64_t deadline;
  int ready;
  long received;
  long expected;
  /** Microseconds from sending to receiving, of every message. */
  uint32_t *latencies;
} state;

static void topic_of(char *to, size_t size, int index) {
  snprintf(to, size, "load/%d", state.options->fan ? 0 : index);
}

/** What the publisher's subscribers have all got, and the broker acknowledged. */
static int settled(const struct connection *publisher) {
  const struct options *options = state.options;
  int least = options->qos ? publisher->acknowledged : publisher->sent;
  int first = options->fan ? 0 : publisher->index;
  int last = options->fan ? options->subscribers : publisher->index + 1;
  if (options->subscribers == 0) return least;
  for (int at = first; at < last; at++) {
    int received = state.connections[options->publishers + at].received;
    if (received < least) least = received;
  }
  return least;
}

static void take(struct connection *connection, const struct packet *packet) {
  char topic[32];
  switch (packet->type) {
    case 2:
      topic_of(topic, sizeof topic, connection->index);
      if (!connection->isPublisher && !state.options->idle) send_subscribe(connection, topic, state.options->qos);
      else state.ready += connection->isReady = 1;
      break;
    case 9:
      state.ready += connection->isReady = 1;
      break;
    case 4:
      connection->acknowledged++;
      break;
    case 3: {
      uint64_t sent;
      memcpy(&sent, packet->payload, sizeof sent);
      if (state.received < state.expected) state.latencies[state.received] = (uint32_t)(microseconds() - sent);
      state.received++;
      connection->received++;
      if (packet->qos) send_puback(connection, packet->packetId);
      break;
    }
    default:
      fail("the broker sent a packet of type %d", packet->type);
  }
}

static void serve(struct connection *connection, uint32_t events) {
  if (events & EPOLLOUT) connection_flush(connection);
  if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
  int isOpen = connection_read(connection);
  size_t at = 0;
  struct packet packet;
  while (next_packet(connection, &at, &packet)) take(connection, &packet);
  memmove(connection->in, connection->in + at, connection->inUsed - at);
  connection->inUsed -= at;
  connection_flush(connection);
  if (!isOpen) fail("the broker closed connection %d", connection->index);
}

/** Handles what has come. @param wait milliseconds, -1 for as long as it takes */
static void turn(int wait) {
  struct epoll_event events[256];
  int count = epoll_wait(state.epoll, events, 256, wait < 0 ? 1000 : wait);
  if (count < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
  for (int at = 0; at < count; at++) serve(events[at].data.ptr, events[at].events);
  if (microseconds() > state.deadline)
    fail("not done in time: %d of %d connections, %ld of %ld messages", state.ready, state.count, state.received,
         state.expected);
}

static SSL_CTX *tls_context(const char *ca) {
  if (!ca) return NULL;
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  if (SSL_CTX_load_verify_locations(context, ca, NULL) != 1) fail("--ca %s cannot be read", ca);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

static void open_all(void) {
  const struct options *options = state.options;
  SSL_CTX *tls = tls_context(options->ca);
  for (int at = 0; at < state.count; at++) {
    struct connection *connection = &state.connections[at];
    char clientId[32];
    connection->isPublisher = at < options->publishers;
    connection->index = connection->isPublisher ? at : at - options->publishers;
    snprintf(clientId, sizeof clientId, "load-%d", at);
    connection_open(connection, options, tls, state.epoll);
    send_connect(connection, clientId, connection->isPublisher || !options->durable);
    connection_flush(connection);
    // The queue of connections to accept is short.
    while (at + 1 - state.ready > 64) turn(-1);
  }
  while (state.ready < state.count) turn(-1);
}

/** Sends what the window and the rate allow. Whether everything is sent. */
static int send_due(uint64_t start) {
  const struct options *options = state.options;
  long total = 0;
  for (int at = 0; at < options->publishers; at++) total += state.connections[at].sent;
  long due = options->rate ? (long)((microseconds() - start) * (uint64_t)options->rate / 1000000) + 1 : -1;
  int isDone = 1;
  for (int at = 0; at < options->publishers; at++) {
    struct connection *publisher = &state.connections[at];
    int sent = publisher->sent;
    char topic[32];
    topic_of(topic, sizeof topic, at);
    for (int room = settled(publisher) + options->window - sent; room > 0 && sent < options->messages; room--, sent++) {
      if (due >= 0 && total >= due) break;
      send_publish(publisher, topic, options->qos, (size_t)options->size);
      total++;
    }
    if (publisher->sent > 0) connection_flush(publisher);
    if (publisher->sent < options->messages || (options->qos && publisher->acknowledged < publisher->sent)) isDone = 0;
  }
  return isDone;
}

static int compare(const void *first, const void *second) {
  uint32_t a = *(const uint32_t *)first, b = *(const uint32_t *)second;
  return a < b ? -1 : a > b;
}

static double percentile(double share) {
  if (state.received == 0) return 0;
  return state.latencies[(long)((double)(state.received - 1) * share)] / 1000.0;
}

void run(const struct options *options) {
  state.options = options;
  state.count = options->idle ? options->idle : options->publishers + options->subscribers;
  state.connections = calloc((size_t)state.count, sizeof *state.connections);
  long each = options->fan ? (long)options->subscribers * options->publishers : options->subscribers;
  state.expected = options->idle ? 0 : each * options->messages;
  state.latencies = calloc((size_t)state.expected + 1, sizeof *state.latencies);
  state.epoll = epoll_create1(0);
  state.deadline = microseconds() + (uint64_t)options->deadline * 1000000;
  open_all();

  double before = options->pid ? processor_time(options->pid) : 0;
  uint64_t start = microseconds();
  if (!options->idle)
    for (int isSent = 0; !isSent || state.received < state.expected;) {
      isSent = send_due(start);
      if (!isSent || state.received < state.expected) turn(options->rate && !isSent ? 1 : -1);
    }
  double elapsed = (double)(microseconds() - start) / 1000;
  double processor = options->pid ? processor_time(options->pid) - before : 0;
  qsort(state.latencies, (size_t)state.received, sizeof *state.latencies, compare);
  printf("{\"received\":%ld,\"elapsed_ms\":%.1f,\"cpu_ms\":%.2f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"rss_kb\":%ld}\n",
         state.received, elapsed, processor, percentile(0.5), percentile(0.99),
         options->pid ? resident_memory(options->pid) : 0);
}
