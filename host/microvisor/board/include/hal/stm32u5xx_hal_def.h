/* What all parts of the HAL share. */
#ifndef STM32U5XX_HAL_DEF_H
#define STM32U5XX_HAL_DEF_H

#include <stddef.h>
#include <stdint.h>

#include "stm32u585_core.h"
#include "stm32u585_registers.h"

typedef enum { HAL_OK = 0x00, HAL_ERROR = 0x01, HAL_BUSY = 0x02, HAL_TIMEOUT = 0x03 } HAL_StatusTypeDef;
typedef enum { HAL_UNLOCKED = 0x00, HAL_LOCKED = 0x01 } HAL_LockTypeDef;
typedef enum { RESET = 0, SET = 1 } FlagStatus, ITStatus;
typedef enum { DISABLE = 0, ENABLE = 1 } FunctionalState;
typedef enum { SUCCESS = 0, ERROR = 1 } ErrorStatus;

#define HAL_MAX_DELAY 0xFFFFFFFFU
#define UNUSED(x) ((void)(x))
#ifndef __weak
#define __weak __attribute__((weak))
#endif
#ifndef __packed
#define __packed __attribute__((packed))
#endif
#ifndef __STATIC_INLINE
#define __STATIC_INLINE static inline
#endif

/* Settings that an application may have made in its stm32u5xx_hal_conf.h. */
#ifndef USE_HAL_TIM_REGISTER_CALLBACKS
#define USE_HAL_TIM_REGISTER_CALLBACKS 0U
#endif
#ifndef USE_HAL_UART_REGISTER_CALLBACKS
#define USE_HAL_UART_REGISTER_CALLBACKS 0U
#endif
#ifndef USE_HAL_I2C_REGISTER_CALLBACKS
#define USE_HAL_I2C_REGISTER_CALLBACKS 0U
#endif
#ifndef TICK_INT_PRIORITY
#define TICK_INT_PRIORITY ((1UL << __NVIC_PRIO_BITS) - 1UL)
#endif
#ifndef assert_param
#define assert_param(expression) ((void)0U)
#endif

#endif /* STM32U5XX_HAL_DEF_H */
