#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

static void watch(struct connection *connection, int operation) {
  struct epoll_event event = {.events = EPOLLIN | (connection->wantsWrite ? EPOLLOUT : 0), .data.ptr = connection};
  if (epoll_ctl(connection->epoll, operation, connection->fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
}

static void grow(uint8_t **buffer, size_t *size, size_t needed) {
  if (needed <= *size) return;
  size_t larger = *size ? *size : 512;
  while (larger < needed) larger *= 2;
  *buffer = realloc(*buffer, larger);
  if (!*buffer) fail("no memory for a buffer of %zu bytes", larger);
  *size = larger;
}

void connection_open(struct connection *connection, const struct options *options, SSL_CTX *tls, int epoll) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options->port)};
  if (inet_pton(AF_INET, options->host, &address.sin_addr) != 1) fail("--host %s: give an IPv4 address", options->host);
  connection->epoll = epoll;
  connection->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connection->fd < 0) fail("socket: %s; raise the limit of open files (ulimit -n)", strerror(errno));
  if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) != 0)
    fail("connect to %s:%d: %s", options->host, options->port, strerror(errno));
  int on = 1;
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (tls) {
    connection->tls = SSL_new(tls);
    SSL_set_fd(connection->tls, connection->fd);
    if (SSL_connect(connection->tls) != 1) fail("the TLS handshake with port %d failed", options->port);
  }
  fcntl(connection->fd, F_SETFL, O_NONBLOCK);
  watch(connection, EPOLL_CTL_ADD);
}

/** Bytes that the socket took; -1 when it takes none now. */
static ssize_t write_some(struct connection *connection, const uint8_t *bytes, size_t length) {
  if (connection->tls) {
    int taken = SSL_write(connection->tls, bytes, (int)(length > 1 << 20 ? 1 << 20 : length));
    if (taken > 0) return taken;
    int error = SSL_get_error(connection->tls, taken);
    if (error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ) return -1;
    fail("TLS write failed with error %d", error);
  }
  ssize_t taken = send(connection->fd, bytes, length, MSG_NOSIGNAL);
  if (taken < 0 && errno != EAGAIN) fail("write: %s", strerror(errno));
  return taken;
}

void connection_flush(struct connection *connection) {
  while (connection->outSent < connection->outUsed) {
    ssize_t taken =
        write_some(connection, connection->out + connection->outSent, connection->outUsed - connection->outSent);
    if (taken < 0) break;
    connection->outSent += (size_t)taken;
  }
  if (connection->outSent == connection->outUsed) connection->outSent = connection->outUsed = 0;
  int wantsWrite = connection->outUsed > 0;
  if (wantsWrite == connection->wantsWrite) return;
  connection->wantsWrite = wantsWrite;
  watch(connection, EPOLL_CTL_MOD);
}

void connection_write(struct connection *connection, const void *bytes, size_t length) {
  grow(&connection->out, &connection->outSize, connection->outUsed + length);
  memcpy(connection->out + connection->outUsed, bytes, length);
  connection->outUsed += length;
}

int connection_read(struct connection *connection) {
  for (;;) {
    grow(&connection->in, &connection->inSize, connection->inUsed + 4096);
    uint8_t *to = connection->in + connection->inUsed;
    size_t room = connection->inSize - connection->inUsed;
    ssize_t got;
    if (connection->tls) {
      got = SSL_read(connection->tls, to, (int)room);
      if (got <= 0) return SSL_get_error(connection->tls, (int)got) == SSL_ERROR_WANT_READ;
    } else {
      got = recv(connection->fd, to, room, 0);
      if (got < 0) return errno == EAGAIN;
      if (got == 0) return 0;
    }
    connection->inUsed += (size_t)got;
    if (!connection->tls && (size_t)got < room) return 1;
  }
}
