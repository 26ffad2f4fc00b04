#include "line.h"

#include <stdio.h>

#include "semihosting.h"

/*
 * A frame is its type, the number of the connection, the length of the content in two bytes (the lower first), the content.
 * Up: O opens, D is data, E ends. The content of O is strings: a tag (h host, p port, a CA, c certificate, k key), the length
 * in two bytes, the text. Down: C is connected, D is data, X is closed, with the request state in one byte.
 */
#define HEAD 4u
#define LARGEST 0xffffu

static int32_t up = -1;
static int32_t down = -1;
static uint8_t connection;
static uint8_t is_connected;
static int32_t failure;
/* The frame that is being read. */
static uint8_t head[HEAD];
static uint32_t head_read;
static uint32_t left;

int line_start(const char *folder) {
  char path[256];
  snprintf(path, sizeof path, "%s/up", folder);
  up = file_open(path, FILE_WRITE);
  snprintf(path, sizeof path, "%s/down", folder);
  down = file_open(path, FILE_READ);
  return up >= 0 && down >= 0;
}

static int begin_frame(char type, uint32_t length) {
  const uint8_t bytes[HEAD] = {(uint8_t)type, connection, (uint8_t)length, (uint8_t)(length >> 8)};
  return file_write(up, bytes, HEAD);
}

static uint32_t string_size(uint32_t length) { return 3u + length; }

static int string(char tag, const void *data, uint32_t length) {
  const uint8_t bytes[3] = {(uint8_t)tag, (uint8_t)length, (uint8_t)(length >> 8)};
  return file_write(up, bytes, sizeof bytes) && file_write(up, data, length);
}

static uint32_t chain_size(const struct MvTlsCertificateChain *chain) {
  uint32_t size = 0, i;
  for (i = 0; i < chain->num_certs; i++) size += string_size(chain->certs[i].length);
  return size;
}

static int chain(char tag, const struct MvTlsCertificateChain *certificates) {
  uint32_t i;
  for (i = 0; i < certificates->num_certs; i++)
    if (!string(tag, certificates->certs[i].data, certificates->certs[i].length)) return 0;
  return 1;
}

static int open_frame(const struct MvMqttConnectRequest *request) {
  const struct MvTlsCredentials *const credentials = request->tls_credentials;
  const uint8_t port[2] = {(uint8_t)request->port, (uint8_t)(request->port >> 8)};
  uint32_t size = string_size(request->host.length) + string_size(sizeof port);
  if (credentials) {
    size += chain_size(&credentials->cacert) + chain_size(&credentials->clientcert.chain);
    size += string_size(credentials->clientcert.key.length);
  }
  if (size > LARGEST || !begin_frame('O', size)) return 0;
  if (!string('h', request->host.data, request->host.length) || !string('p', port, sizeof port)) return 0;
  if (!credentials) return 1;
  return chain('a', &credentials->cacert) && chain('c', &credentials->clientcert.chain) &&
         string('k', credentials->clientcert.key.data, credentials->clientcert.key.length);
}

int32_t line_open(void *user, const struct MvMqttConnectRequest *request) {
  (void)user;
  connection++;
  is_connected = 0;
  failure = 0;
  return open_frame(request) ? 0 : -(int32_t)MV_MQTTREQUESTSTATE_SOCKETERROR;
}

int32_t line_send(void *user, const uint8_t *bytes, uint32_t length) {
  (void)user;
  if (failure < 0 || !is_connected) return failure;
  if (length > LARGEST) length = LARGEST;
  return begin_frame('D', length) && file_write(up, bytes, length) ? (int32_t)length : -(int32_t)MV_MQTTREQUESTSTATE_SOCKETERROR;
}

/* Reads the head of the next frame. Returns 0 when it is not complete yet. */
static int next_frame(void) {
  head_read += file_read(down, head + head_read, HEAD - head_read);
  if (head_read < HEAD) return 0;
  head_read = 0;
  left = head[2] | (uint32_t)head[3] << 8;
  return 1;
}

/* Skips content of an earlier connection. Returns 0 when none has arrived. */
static int skip(void) {
  uint8_t lost[64];
  const uint32_t count = file_read(down, lost, left < sizeof lost ? left : (uint32_t)sizeof lost);
  left -= count;
  return count > 0;
}

int32_t line_receive(void *user, uint8_t *bytes, uint32_t capacity) {
  (void)user;
  while (failure == 0) {
    if (left == 0 && !next_frame()) return 0;
    if (head[1] != connection) {
      if (left > 0 && !skip()) return 0;
    } else if (head[0] == 'D' && left > 0) {
      const uint32_t count = file_read(down, bytes, left < capacity ? left : capacity);
      left -= count;
      return (int32_t)count;
    } else if (head[0] == 'C') {
      is_connected = 1;
    } else if (head[0] == 'X') {
      uint8_t state;
      if (file_read(down, &state, 1) == 0) return 0;
      left = 0;
      failure = -(int32_t)state;
    }
  }
  return failure;
}

void line_close(void *user) {
  (void)user;
  begin_frame('E', 0);
}
