// GPIO and EXTI: the functions of the HAL set the registers as on the device, and the host looks at them.
#include "stm32u585_board.h"
#include "stm32u5xx_hal.h"

#define PINS 16u
#define MODE_EXTI 0x00030000u
#define MODE_RISING 0x00100000u
#define MODE_FALLING 0x00200000u

static void put(volatile uint32_t *reg, uint32_t shift, uint32_t mask, uint32_t value) {
  *reg = (*reg & ~(mask << shift)) | ((value & mask) << shift);
}

static void put_bit(volatile uint32_t *reg, uint32_t pin, int set) { put(reg, pin, 1, set ? 1u : 0u); }

/** Which port EXTI takes a line from: 0 for A, 1 for B, and so on, in a byte for each line. */
static void choose_port(uint32_t pin, const GPIO_TypeDef *port) {
  const uint32_t number = (uint32_t)(((uintptr_t)port - GPIOA_BASE) / 0x400u);
  put(&EXTI->EXTICR[pin / 4u], 8u * (pin % 4u), 0xffu, number);
}

void HAL_GPIO_Init(GPIO_TypeDef *port, const GPIO_InitTypeDef *init) {
  for (uint32_t pin = 0; pin < PINS; pin++) {
    if ((init->Pin & (1u << pin)) == 0) continue;
    put(&port->MODER, 2 * pin, 3, init->Mode);
    put(&port->OTYPER, pin, 1, init->Mode >> 4);
    put(&port->OSPEEDR, 2 * pin, 3, init->Speed);
    put(&port->PUPDR, 2 * pin, 3, init->Pull);
    put(&port->AFR[pin / 8u], 4u * (pin % 8u), 0xf, init->Alternate);
    if ((init->Mode & MODE_EXTI) == 0) continue;
    choose_port(pin, port);
    put_bit(&EXTI->RTSR1, pin, (init->Mode & MODE_RISING) != 0);
    put_bit(&EXTI->FTSR1, pin, (init->Mode & MODE_FALLING) != 0);
    put_bit(&EXTI->IMR1, pin, (init->Mode & 0x00010000u) != 0);
    put_bit(&EXTI->EMR1, pin, (init->Mode & 0x00020000u) != 0);
  }
  mv_board_registers_changed();
}

void HAL_GPIO_DeInit(GPIO_TypeDef *port, uint32_t pins) {
  for (uint32_t pin = 0; pin < PINS; pin++) {
    if ((pins & (1u << pin)) == 0) continue;
    put(&port->MODER, 2 * pin, 3, GPIO_MODE_ANALOG);
    put_bit(&EXTI->RTSR1, pin, 0);
    put_bit(&EXTI->FTSR1, pin, 0);
    put_bit(&EXTI->IMR1, pin, 0);
  }
  mv_board_registers_changed();
}

GPIO_PinState HAL_GPIO_ReadPin(const GPIO_TypeDef *port, uint16_t pin) {
  return (port->IDR & pin) != 0 ? GPIO_PIN_SET : GPIO_PIN_RESET;
}

void HAL_GPIO_WritePin(GPIO_TypeDef *port, uint16_t pin, GPIO_PinState state) {
  port->BSRR = state == GPIO_PIN_RESET ? (uint32_t)pin << PINS : pin;
  mv_board_registers_changed();
}

void HAL_GPIO_TogglePin(GPIO_TypeDef *port, uint16_t pin) {
  const uint32_t set = port->ODR & pin;
  port->BSRR = (set << PINS) | (~set & pin);
  mv_board_registers_changed();
}

HAL_StatusTypeDef HAL_GPIO_LockPin(GPIO_TypeDef *port, uint16_t pin) {
  port->LCKR |= pin;
  return HAL_OK;
}

void HAL_GPIO_EXTI_IRQHandler(uint16_t pin) {
  if (__HAL_GPIO_EXTI_GET_RISING_IT(pin)) {
    __HAL_GPIO_EXTI_CLEAR_RISING_IT(pin);
    mv_board_registers_changed();
    HAL_GPIO_EXTI_Rising_Callback(pin);
  }
  if (__HAL_GPIO_EXTI_GET_FALLING_IT(pin)) {
    __HAL_GPIO_EXTI_CLEAR_FALLING_IT(pin);
    mv_board_registers_changed();
    HAL_GPIO_EXTI_Falling_Callback(pin);
  }
}

__weak void HAL_GPIO_EXTI_Rising_Callback(uint16_t pin) { UNUSED(pin); }
__weak void HAL_GPIO_EXTI_Falling_Callback(uint16_t pin) { UNUSED(pin); }
