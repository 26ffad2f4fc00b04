/* GPIO and EXTI, by the names of ST's HAL. */
#ifndef STM32U5XX_HAL_GPIO_H
#define STM32U5XX_HAL_GPIO_H

#include "stm32u5xx_hal_def.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint32_t Pin;
  uint32_t Mode;
  uint32_t Pull;
  uint32_t Speed;
  uint32_t Alternate;
} GPIO_InitTypeDef;

typedef enum { GPIO_PIN_RESET = 0U, GPIO_PIN_SET } GPIO_PinState;

#define GPIO_PIN_0 ((uint16_t)0x0001)
#define GPIO_PIN_1 ((uint16_t)0x0002)
#define GPIO_PIN_2 ((uint16_t)0x0004)
#define GPIO_PIN_3 ((uint16_t)0x0008)
#define GPIO_PIN_4 ((uint16_t)0x0010)
#define GPIO_PIN_5 ((uint16_t)0x0020)
#define GPIO_PIN_6 ((uint16_t)0x0040)
#define GPIO_PIN_7 ((uint16_t)0x0080)
#define GPIO_PIN_8 ((uint16_t)0x0100)
#define GPIO_PIN_9 ((uint16_t)0x0200)
#define GPIO_PIN_10 ((uint16_t)0x0400)
#define GPIO_PIN_11 ((uint16_t)0x0800)
#define GPIO_PIN_12 ((uint16_t)0x1000)
#define GPIO_PIN_13 ((uint16_t)0x2000)
#define GPIO_PIN_14 ((uint16_t)0x4000)
#define GPIO_PIN_15 ((uint16_t)0x8000)
#define GPIO_PIN_ALL ((uint16_t)0xFFFF)

/* Bits 0 and 1 are MODER, bit 4 is OTYPER; 16 and 17 interrupt and event, 20 and 21 the rising and the falling edge. */
#define GPIO_MODE_INPUT 0x00000000u
#define GPIO_MODE_OUTPUT_PP 0x00000001u
#define GPIO_MODE_OUTPUT_OD 0x00000011u
#define GPIO_MODE_AF_PP 0x00000002u
#define GPIO_MODE_AF_OD 0x00000012u
#define GPIO_MODE_ANALOG 0x00000003u
#define GPIO_MODE_IT_RISING 0x00110000u
#define GPIO_MODE_IT_FALLING 0x00210000u
#define GPIO_MODE_IT_RISING_FALLING 0x00310000u
#define GPIO_MODE_EVT_RISING 0x00120000u
#define GPIO_MODE_EVT_FALLING 0x00220000u
#define GPIO_MODE_EVT_RISING_FALLING 0x00320000u

#define GPIO_NOPULL 0u
#define GPIO_PULLUP 1u
#define GPIO_PULLDOWN 2u
#define GPIO_SPEED_FREQ_LOW 0u
#define GPIO_SPEED_FREQ_MEDIUM 1u
#define GPIO_SPEED_FREQ_HIGH 2u
#define GPIO_SPEED_FREQ_VERY_HIGH 3u

#define GPIO_AF0_SWJ ((uint8_t)0x00)
#define GPIO_AF1_TIM1 ((uint8_t)0x01)
#define GPIO_AF1_TIM2 ((uint8_t)0x01)
#define GPIO_AF2_TIM3 ((uint8_t)0x02)
#define GPIO_AF2_TIM4 ((uint8_t)0x02)
#define GPIO_AF2_TIM5 ((uint8_t)0x02)
#define GPIO_AF3_TIM8 ((uint8_t)0x03)
#define GPIO_AF4_I2C1 ((uint8_t)0x04)
#define GPIO_AF4_I2C2 ((uint8_t)0x04)
#define GPIO_AF4_I2C3 ((uint8_t)0x04)
#define GPIO_AF5_SPI1 ((uint8_t)0x05)
#define GPIO_AF5_SPI2 ((uint8_t)0x05)
#define GPIO_AF7_USART1 ((uint8_t)0x07)
#define GPIO_AF7_USART2 ((uint8_t)0x07)
#define GPIO_AF7_USART3 ((uint8_t)0x07)
#define GPIO_AF8_LPUART1 ((uint8_t)0x08)
#define GPIO_AF8_UART4 ((uint8_t)0x08)
#define GPIO_AF8_UART5 ((uint8_t)0x08)
#define GPIO_AF14_TIM15 ((uint8_t)0x0E)
#define GPIO_AF15_EVENTOUT ((uint8_t)0x0F)

/** Sets the registers of the port, and those of EXTI for the modes that interrupt. */
void HAL_GPIO_Init(GPIO_TypeDef *GPIOx, const GPIO_InitTypeDef *GPIO_Init);
void HAL_GPIO_DeInit(GPIO_TypeDef *GPIOx, uint32_t GPIO_Pin);
GPIO_PinState HAL_GPIO_ReadPin(const GPIO_TypeDef *GPIOx, uint16_t GPIO_Pin);
void HAL_GPIO_WritePin(GPIO_TypeDef *GPIOx, uint16_t GPIO_Pin, GPIO_PinState PinState);
void HAL_GPIO_TogglePin(GPIO_TypeDef *GPIOx, uint16_t GPIO_Pin);
HAL_StatusTypeDef HAL_GPIO_LockPin(GPIO_TypeDef *GPIOx, uint16_t GPIO_Pin);
/** Calls the callback of each edge that is pending for the pin, and clears it. */
void HAL_GPIO_EXTI_IRQHandler(uint16_t GPIO_Pin);
/* An application may define these. */
void HAL_GPIO_EXTI_Rising_Callback(uint16_t GPIO_Pin);
void HAL_GPIO_EXTI_Falling_Callback(uint16_t GPIO_Pin);

#define __HAL_GPIO_EXTI_GET_RISING_IT(line) (EXTI->RPR1 & (line))
#define __HAL_GPIO_EXTI_GET_FALLING_IT(line) (EXTI->FPR1 & (line))
#define __HAL_GPIO_EXTI_GET_IT(line) ((EXTI->RPR1 & (line)) | (EXTI->FPR1 & (line)))
#define __HAL_GPIO_EXTI_CLEAR_RISING_IT(line) (EXTI->RPR1 = (uint32_t)(line))
#define __HAL_GPIO_EXTI_CLEAR_FALLING_IT(line) (EXTI->FPR1 = (uint32_t)(line))
#define __HAL_GPIO_EXTI_CLEAR_IT(line) (EXTI->RPR1 = (uint32_t)(line), EXTI->FPR1 = (uint32_t)(line))

#ifdef __cplusplus
}
#endif

#endif /* STM32U5XX_HAL_GPIO_H */
