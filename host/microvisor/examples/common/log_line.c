#include "log_line.h"

#include <stdarg.h>
#include <stdio.h>

#include "stm32u5xx_hal.h"

#define LINE_SIZE 256

/* Lines wait here while the device is offline. The kernel wants a multiple of 512 bytes, aligned to 512. */
static uint8_t log_buffer[4096] __attribute__((aligned(512)));

void log_start(void) { mvServerLoggingInit(log_buffer, sizeof log_buffer); }

void log_line(const char *format, ...) {
  char line[LINE_SIZE];
  va_list values;
  va_start(values, format);
  int length = vsnprintf(line, sizeof line, format, values);
  va_end(values);
  if (length < 0) return;
  if (length >= LINE_SIZE) length = LINE_SIZE - 1;
  mvServerLog((const uint8_t *)line, (uint16_t)length);
}
