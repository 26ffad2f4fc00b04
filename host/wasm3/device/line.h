/*
 * A transport over two files of the host: frames with bytes to the broker are appended to one, frames with bytes from it are
 * read from the other. tools/firmware/device-line.ts makes the TLS connection.
 */
#ifndef DEVICE_LINE_H
#define DEVICE_LINE_H

#include "wq_calls.h"

/** line_start opens the files in a folder: "down", and "up", which it creates. @return 0 when it cannot open one */
int line_start(const char *folder);

/* The callbacks of wq_calls_options. */
int32_t line_open(void *user, const struct MvMqttConnectRequest *request);
int32_t line_send(void *user, const uint8_t *bytes, uint32_t length);
int32_t line_receive(void *user, uint8_t *bytes, uint32_t capacity);
void line_close(void *user);

#endif
