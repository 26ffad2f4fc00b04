#include <string.h>

#include "FreeRTOS.h"
#include "stm32u5xx_hal.h"
#include "task.h"

static uint8_t log_buffer[1024] __attribute__((aligned(512)));

/* The frames have to stay: else the compiler makes a loop of the recursion. */
static volatile char *volatile outside;

__attribute__((noinline)) static int dig(int depth) {
  volatile char kept[256];
  outside = kept;
  memset((char *)kept, depth, sizeof kept);
  if (depth > 0) return dig(depth - 1) + kept[17];
  return kept[3];
}

static void deep(void *argument) {
  UNUSED(argument);
  if (dig(16) != 0) mvServerLog((const uint8_t *)"deep is back", 12);
  vTaskDelay(1);
  vTaskDelete(NULL);
}

int main(void) {
  mvServerLoggingInit(log_buffer, sizeof log_buffer);
  xTaskCreate(deep, "deep", 512, NULL, 1, NULL);
  vTaskStartScheduler();
}
