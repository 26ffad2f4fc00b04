/* The interrupts of the board. */
#ifndef DEVICE_BOARD_H
#define DEVICE_BOARD_H

#include <stdint.h>

/** The interrupt that the application asks notifications for: TIM8_BRK of an STM32U585, free on this board. */
#define NOTIFICATION_IRQ 51u

/** How often the interrupt came. */
extern volatile uint32_t notifications_noted;

void board_start(void);
/** Until an interrupt comes, five milliseconds at the most. */
void board_sleep(void);

#endif
