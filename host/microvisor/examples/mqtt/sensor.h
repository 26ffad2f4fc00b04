#ifndef SENSOR_H
#define SENSOR_H

#include <stdbool.h>

#include "stm32u5xx_hal.h"

struct Reading {
  uint32_t number;
  /** Tenths of a degree Celsius. */
  int32_t temperature;
};

/** Makes the queue of readings and the task that fills it. Returns false when the RTOS refuses. */
bool sensor_start(void);

/** Takes the oldest reading. Returns false when there is none. */
bool sensor_take(struct Reading *reading);

#endif
