/* Two tasks and a queue, by CMSIS-RTOS v2: one measures, the other one logs and publishes; an LED shows that both live. */
#include <stdio.h>

#include "broker_link.h"
#include "cmsis_os.h"
#include "log_line.h"
#include "stm32u5xx_hal.h"

#define LED_PIN GPIO_PIN_5
#define READINGS 8

typedef struct {
  uint32_t tick;
  uint32_t number;
} Reading;

static osMessageQueueId_t readings;

static void measure(void *argument) {
  UNUSED(argument);
  for (uint32_t number = 1;; number++) {
    const Reading reading = {osKernelGetTickCount(), number};
    if (osMessageQueuePut(readings, &reading, 0, 0) != osOK) log_line("a reading was lost");
    HAL_GPIO_TogglePin(GPIOA, LED_PIN);
    osDelay(500);
  }
}

static void report(void *argument) {
  UNUSED(argument);
  for (;;) {
    Reading reading;
    osMessageQueueGet(readings, &reading, NULL, osWaitForever);
    log_line("reading %lu at %lu ms", (unsigned long)reading.number, (unsigned long)reading.tick);
    char text[64];
    snprintf(text, sizeof text, "{\"reading\":%lu}", (unsigned long)reading.number);
    broker_link_publish(text); /* while the device is offline, the log has it alone */
    broker_link_step();
  }
}

static void start_led(void) {
  __HAL_RCC_GPIOA_CLK_ENABLE()
  GPIO_InitTypeDef init = {.Pin = LED_PIN, .Mode = GPIO_MODE_OUTPUT_PP, .Pull = GPIO_NOPULL, .Speed = GPIO_SPEED_FREQ_LOW};
  HAL_GPIO_Init(GPIOA, &init);
}

int main(void) {
  HAL_Init();
  log_start();
  start_led();
  if (!broker_link_start()) return 1;
  osKernelInitialize();
  readings = osMessageQueueNew(READINGS, sizeof(Reading), NULL);
  const osThreadAttr_t measuring = {.name = "measure", .stack_size = 1024, .priority = osPriorityNormal};
  /* vsnprintf alone takes some 1.5 KB of a stack. */
  const osThreadAttr_t reporting = {.name = "report", .stack_size = 8192, .priority = osPriorityBelowNormal};
  osThreadNew(measure, NULL, &measuring);
  osThreadNew(report, NULL, &reporting);
  osKernelStart();
  return 1;
}
