/* The device, by the name of ST's header. */
#ifndef STM32U585XX_H
#define STM32U585XX_H

#include "stm32u5xx_hal.h"

#endif /* STM32U585XX_H */
