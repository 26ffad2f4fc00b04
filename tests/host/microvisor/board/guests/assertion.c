#include <assert.h>
#include <stdbool.h>

#include "FreeRTOS.h"
#include "stm32u5xx_hal.h"
#include "task.h"

static void fail(void *argument) {
  UNUSED(argument);
  vTaskSuspendAll();
  assert(false);
}

int main(void) {
  xTaskCreate(fail, "careful", 256, NULL, 1, NULL);
  vTaskStartScheduler();
}
