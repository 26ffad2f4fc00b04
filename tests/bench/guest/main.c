/* Two tasks and a queue: one measures, the other one counts and logs now and then. Each reading wakes both. */
#include <stdio.h>

#include "cmsis_os.h"
#include "stm32u5xx_hal.h"

/* Milliseconds from one reading to the next. */
#ifndef INTERVAL
#define INTERVAL 500
#endif
/* Readings for each line of the log. */
#ifndef LOG_EACH
#define LOG_EACH 1
#endif
#define READINGS 8

static osMessageQueueId_t readings;

static void measure(void *argument) {
  UNUSED(argument);
  for (uint32_t number = 1;; number++) {
    osMessageQueuePut(readings, &number, 0, 0);
    osDelay(INTERVAL);
  }
}

static void report(void *argument) {
  UNUSED(argument);
  for (;;) {
    uint32_t number;
    osMessageQueueGet(readings, &number, NULL, osWaitForever);
    if (number % LOG_EACH != 0) continue;
    char line[64];
    const int length = snprintf(line, sizeof line, "reading %lu at %lu ms", (unsigned long)number, (unsigned long)HAL_GetTick());
    mvServerLog((const uint8_t *)line, (uint16_t)length);
  }
}

int main(void) {
  static uint8_t log_buffer[1024] __attribute__((aligned(512)));
  HAL_Init();
  mvServerLoggingInit(log_buffer, sizeof log_buffer);
  osKernelInitialize();
  readings = osMessageQueueNew(READINGS, sizeof(uint32_t), NULL);
  const osThreadAttr_t measuring = {.name = "measure", .stack_size = 1024, .priority = osPriorityNormal};
  const osThreadAttr_t reporting = {.name = "report", .stack_size = 2048, .priority = osPriorityBelowNormal};
  osThreadNew(measure, NULL, &measuring);
  osThreadNew(report, NULL, &reporting);
  osKernelStart();
  return 1;
}
