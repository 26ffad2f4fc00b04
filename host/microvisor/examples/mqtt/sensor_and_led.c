/* What the board has on it. A task measures at a steady pace, connected or not. Readings wait in a queue until the work task publishes them. */
#include "sensor_and_led.h"

#include "cmsis_os.h"
#include "event_queue.h"
#include "log_line.h"

/* Milliseconds; `wasmqtt build-guest -D READING_INTERVAL=250` makes it another one. */
#ifndef READING_INTERVAL
#define READING_INTERVAL 1000
#endif
#define READINGS 64
#define LED_PIN GPIO_PIN_5

static osMessageQueueId_t readings;

/* In the place of a real sensor: goes up and down between 20.0 and 24.9 degrees. */
static int32_t measure(uint32_t number) {
  const int32_t step = (int32_t)(number * 7 % 98);
  return 200 + (step < 49 ? step : 98 - step);
}

static void run(void *argument) {
  UNUSED(argument);
  uint32_t next = osKernelGetTickCount();
  uint32_t lost = 0;
  for (uint32_t number = 1;; number++) {
    const struct Reading reading = {number, measure(number)};
    if (osMessageQueuePut(readings, &reading, 0, 0) == osOK) {
      if (lost > 0) log_line("%lu readings were lost: there was no room for more than %d", (unsigned long)lost, READINGS);
      lost = 0;
      event_put(TAG_READING);
    } else {
      lost++; /* said once, when there is room again */
    }
    next += READING_INTERVAL;
    osDelayUntil(next);
  }
}

static void start_led(void) {
  __HAL_RCC_GPIOA_CLK_ENABLE();
  GPIO_InitTypeDef init = {.Pin = LED_PIN, .Mode = GPIO_MODE_OUTPUT_PP, .Pull = GPIO_NOPULL, .Speed = GPIO_SPEED_FREQ_LOW};
  HAL_GPIO_Init(GPIOA, &init);
}

bool sensor_and_led_start(void) {
  start_led();
  readings = osMessageQueueNew(READINGS, sizeof(struct Reading), NULL);
  const osThreadAttr_t attributes = {.name = "sensor", .stack_size = 2048, .priority = osPriorityBelowNormal};
  return readings != NULL && osThreadNew(run, NULL, &attributes) != NULL;
}

bool sensor_take(struct Reading *reading) { return osMessageQueueGet(readings, reading, NULL, 0) == osOK; }

void led_set(bool is_on) { HAL_GPIO_WritePin(GPIOA, LED_PIN, is_on ? GPIO_PIN_SET : GPIO_PIN_RESET); }
