#define _POSIX_C_SOURCE 200112L
#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

struct line line;

void line_reset(int port) {
  memset(&line, 0, sizeof line);
  line.port = port;
  line.socket = -1;
}

static int32_t open_line(void *user) {
  struct sockaddr_in address;
  const int yes = 1;
  (void)user;
  line.connections++;
  line.sent = line.received = 0;
  if (line.fault == REFUSES_TO_OPEN && line.connections == 1) return -1;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)line.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  line.socket = socket(AF_INET, SOCK_STREAM, 0);
  if (line.socket < 0 || connect(line.socket, (struct sockaddr *)&address, sizeof address) < 0) return -1;
  setsockopt(line.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(line.socket, F_SETFL, O_NONBLOCK);
  return 0;
}

static void close_line(void *user) {
  (void)user;
  if (line.socket >= 0) close(line.socket);
  line.socket = -1;
}

static int has(enum fault fault) { return line.fault == fault && line.connections == 1; }

static int would_block(void) { return line.blocks && ++line.calls % 2 == 0; }

/* Bytes that a call may move before the line is cut, 0 when it is. */
static uint32_t within(enum fault fault, uint32_t moved, uint32_t length) {
  if (line.most > 0 && length > line.most) length = line.most;
  if (has(fault) && length > line.fails_at - moved) length = line.fails_at - moved;
  return length;
}

static int32_t give(void *user, const uint8_t *bytes, uint32_t length) {
  ssize_t count;
  (void)user;
  if (would_block() || has(STUCK)) return 0;
  if (has(SENT_TOO_MUCH) && line.sent >= line.fails_at) return (int32_t)length + 1;
  if (has(SEND_NEGATIVE) && line.sent >= line.fails_at) return -0x7fffffff - 1;
  length = within(CUT_SENDING, line.sent, length);
  if (length == 0) return -1;
  count = send(line.socket, bytes, length, MSG_NOSIGNAL);
  if (count < 0) return errno == EAGAIN ? 0 : -1;
  line.sent += (uint32_t)count;
  return (int32_t)count;
}

static int32_t take(void *user, uint8_t *bytes, uint32_t capacity) {
  ssize_t count;
  (void)user;
  if (would_block() || has(DEAF)) return 0;
  if (has(RECEIVED_TOO_MUCH) && line.received >= line.fails_at) return (int32_t)capacity + 1;
  if (has(RECEIVE_NEGATIVE) && line.received >= line.fails_at) return -0x7fffffff - 1;
  capacity = within(CUT_RECEIVING, line.received, capacity);
  if (capacity == 0) return -1;
  count = recv(line.socket, bytes, capacity, 0);
  if (count == 0) return -1;
  if (count < 0) return errno == EAGAIN ? 0 : -1;
  line.received += (uint32_t)count;
  return (int32_t)count;
}

static uint32_t now(void *user) {
  (void)user;
  return line.now;
}

const wq_client_transport line_transport = {give, take, now, open_line, close_line};

int line_wait(void) {
  struct pollfd ready = {line.socket, POLLIN, 0};
  return poll(&ready, 1, 60000) > 0;
}
