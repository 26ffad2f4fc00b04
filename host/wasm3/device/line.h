/*
 * A TLS connection that somebody else makes: what goes to the broker is appended to one file of the host, what comes from it
 * is read from another, both in frames. tools/firmware/device-line.ts is at the other end.
 */
#ifndef DEVICE_LINE_H
#define DEVICE_LINE_H

#include "wq_calls.h"

/** @param folder has the file "down"; "up" is made. @return 0 when a file cannot be opened */
int line_start(const char *folder);

/* The callbacks of wq_calls_options. */
int32_t line_open(void *user, const struct MvMqttConnectRequest *request);
int32_t line_send(void *user, const uint8_t *bytes, uint32_t length);
int32_t line_receive(void *user, uint8_t *bytes, uint32_t capacity);
void line_close(void *user);

#endif
