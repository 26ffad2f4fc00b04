/* Two tasks and a queue, by CMSIS-RTOS v2: one measures, the other one logs; an LED shows that both live. */
#include <stdio.h>
#include <string.h>

#include "cmsis_os.h"
#include "stm32u5xx_hal.h"

#define LED_PIN GPIO_PIN_5
#define READINGS 8

typedef struct {
  uint32_t tick;
  uint32_t number;
} Reading;

static osMessageQueueId_t readings;

static void say(const char *text) { mvServerLog((const uint8_t *)text, (uint16_t)strlen(text)); }

static void measure(void *argument) {
  UNUSED(argument);
  for (uint32_t number = 1;; number++) {
    const Reading reading = {osKernelGetTickCount(), number};
    if (osMessageQueuePut(readings, &reading, 0, 0) != osOK) say("a reading was lost");
    HAL_GPIO_TogglePin(GPIOA, LED_PIN);
    osDelay(500);
  }
}

static void report(void *argument) {
  UNUSED(argument);
  for (;;) {
    Reading reading;
    osMessageQueueGet(readings, &reading, NULL, osWaitForever);
    char line[64];
    snprintf(line, sizeof line, "reading %lu at %lu ms", (unsigned long)reading.number, (unsigned long)reading.tick);
    say(line);
  }
}

static void start_led(void) {
  __HAL_RCC_GPIOA_CLK_ENABLE()
  GPIO_InitTypeDef init = {.Pin = LED_PIN, .Mode = GPIO_MODE_OUTPUT_PP, .Pull = GPIO_NOPULL, .Speed = GPIO_SPEED_FREQ_LOW};
  HAL_GPIO_Init(GPIOA, &init);
}

int main(void) {
  static uint8_t log_buffer[1024] __attribute__((aligned(512)));
  HAL_Init();
  mvServerLoggingInit(log_buffer, sizeof log_buffer);
  start_led();
  osKernelInitialize();
  readings = osMessageQueueNew(READINGS, sizeof(Reading), NULL);
  const osThreadAttr_t measuring = {.name = "measure", .stack_size = 1024, .priority = osPriorityNormal};
  const osThreadAttr_t reporting = {.name = "report", .stack_size = 2048, .priority = osPriorityBelowNormal};
  osThreadNew(measure, NULL, &measuring);
  osThreadNew(report, NULL, &reporting);
  osKernelStart();
  return 1;
}
