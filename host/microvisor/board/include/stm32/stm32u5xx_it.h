/* The interrupt handlers: an application defines those that it needs, and the host calls them by their names. */
#ifndef STM32U5XX_IT_H
#define STM32U5XX_IT_H

#include "stm32u5xx_hal.h"

#endif /* STM32U5XX_IT_H */
