/* The interrupts of the board. */
#ifndef DEVICE_BOARD_H
#define DEVICE_BOARD_H

#include <stdint.h>

/** The interrupt that the application asks notifications for: TIM8_BRK of an STM32U585, free on this board. */
#define NOTIFICATION_IRQ 51u

/** How many interrupts came. */
extern volatile uint32_t notifications_noted;

/** board_start starts the tick, and enables the interrupt. */
void board_start(void);
/** board_sleep sleeps until an interrupt comes, but at most five milliseconds. */
void board_sleep(void);

#endif
