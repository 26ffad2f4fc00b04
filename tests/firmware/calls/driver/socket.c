#define _POSIX_C_SOURCE 200112L
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "board.h"

static int line = -1;
static int port_number;

static int32_t failure(void) {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINPROGRESS ? 0 : -(int32_t)MV_MQTTREQUESTSTATE_SOCKETERROR;
}

static int32_t begin(void *user, const struct MvMqttConnectRequest *request) {
  struct sockaddr_in address;
  const int yes = 1;
  (void)user, (void)request;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)port_number);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  line = socket(AF_INET, SOCK_STREAM, 0);
  fcntl(line, F_SETFL, O_NONBLOCK);
  setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return connect(line, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : failure();
}

static int32_t give(void *user, const uint8_t *bytes, uint32_t length) {
  struct pollfd ready = {line, POLLOUT, 0};
  ssize_t count;
  (void)user;
  if (poll(&ready, 1, 0) == 0) return 0;
  count = send(line, bytes, length, MSG_NOSIGNAL);
  return count >= 0 ? (int32_t)count : failure();
}

static int32_t take(void *user, uint8_t *bytes, uint32_t capacity) {
  const ssize_t count = recv(line, bytes, capacity, 0);
  (void)user;
  if (count == 0) return -(int32_t)MV_MQTTREQUESTSTATE_SOCKETERROR;
  return count > 0 ? (int32_t)count : errno == ENOTCONN ? 0 : failure();
}

static void end(void *user) {
  (void)user;
  close(line);
  line = -1;
}

int socket_transport(wq_calls_options *options, const char *port) {
  port_number = atoi(port);
  options->open = begin;
  options->send = give;
  options->receive = take;
  options->close = end;
  return 1;
}

void socket_wait(uint32_t milliseconds) {
  struct pollfd ready = {line, POLLIN, 0};
  poll(&ready, line >= 0, (int)milliseconds);
}

uint64_t socket_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}
