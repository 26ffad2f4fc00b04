#ifndef SENSOR_AND_LED_H
#define SENSOR_AND_LED_H

#include <stdbool.h>

#include "stm32u5xx_hal.h"

struct Reading {
  uint32_t number;
  /** Tenths of a degree Celsius. */
  int32_t temperature;
};

/** Makes the queue of readings, the task that fills it, and PA5 an output. Returns false when the RTOS refuses. */
bool sensor_and_led_start(void);

/** Takes the oldest reading. Returns false when there is none. */
bool sensor_take(struct Reading *reading);

void led_set(bool is_on);

#endif
