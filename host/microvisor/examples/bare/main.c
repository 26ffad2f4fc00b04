/* No RTOS: sleeps until there is an interrupt, or for a second; after each second it publishes what it has counted. */
#include <stdio.h>

#include "broker_link.h"
#include "log_line.h"
#include "stm32u5xx_hal.h"

#define SECOND 1000

int main(void) {
  HAL_Init();
  log_start();
  if (!broker_link_start()) return 1;
  uint32_t interrupts = 0;
  for (uint32_t seconds = 0;;) {
    if (mv_host_wait(SECOND) != 0) {
      interrupts++; /* the kernel has news of network or broker */
    } else {
      char text[64];
      snprintf(text, sizeof text, "{\"seconds\":%lu,\"interrupts\":%lu}", (unsigned long)++seconds, (unsigned long)interrupts);
      if (!broker_link_publish(text)) log_line("not published: %s", text);
    }
    broker_link_step();
  }
}
