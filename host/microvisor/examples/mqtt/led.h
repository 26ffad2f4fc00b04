#ifndef LED_H
#define LED_H

#include <stdbool.h>

/** Makes PA5 an output. */
void led_start(void);

void led_set(bool is_on);

#endif
