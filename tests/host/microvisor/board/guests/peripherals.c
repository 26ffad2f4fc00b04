#include <stdio.h>
#include <string.h>

#include "stm32u5xx_hal.h"

static uint8_t log_buffer[1024] __attribute__((aligned(512)));
static volatile uint32_t updates;
static TIM_HandleTypeDef timer;

static void say(const char *text) { mvServerLog((const uint8_t *)text, (uint16_t)strlen(text)); }

void EXTI13_IRQHandler(void) { HAL_GPIO_EXTI_IRQHandler(GPIO_PIN_13); }
void TIM3_IRQHandler(void) { HAL_TIM_IRQHandler(&timer); }
void HAL_TIM_PeriodElapsedCallback(TIM_HandleTypeDef *htim) { updates += htim == &timer; }

void HAL_GPIO_EXTI_Rising_Callback(uint16_t pin) {
  char line[32];
  snprintf(line, sizeof line, "rising on %u", pin);
  say(line);
}

void HAL_GPIO_EXTI_Falling_Callback(uint16_t pin) {
  UNUSED(pin);
  say("falling 8192");
}

static void pins(void) {
  GPIO_InitTypeDef button = {.Pin = GPIO_PIN_13, .Mode = GPIO_MODE_IT_RISING, .Pull = GPIO_PULLDOWN};
  HAL_GPIO_Init(GPIOC, &button);
  HAL_NVIC_EnableIRQ(EXTI13_IRQn);
  GPIO_InitTypeDef led = {.Pin = GPIO_PIN_7, .Mode = GPIO_MODE_OUTPUT_PP};
  HAL_GPIO_Init(GPIOB, &led);
  /* As an application computes a port, and without the HAL. */
  GPIO_TypeDef *port = (GPIO_TypeDef *)((uintptr_t)GPIOA_NS + 0x400);
  port->BSRR = GPIO_PIN_7;
}

static UART_HandleTypeDef uart = {.Instance = USART2, .Init = {.BaudRate = 115200, .Mode = UART_MODE_TX_RX}};

static void send(void) {
  HAL_UART_Init(&uart);
  for (const char *next = "one byte a call\r\n"; *next; next++) HAL_UART_Transmit(&uart, (const uint8_t *)next, 1, 100);
}

static void bus(void) {
  I2C_HandleTypeDef i2c = {.Instance = I2C1};
  HAL_I2C_Init(&i2c);
  uint8_t start = 0x11, data[2] = {0, 0};
  HAL_I2C_Mem_Write(&i2c, 0x40 << 1, 0x03, I2C_MEMADD_SIZE_8BIT, &start, 1, 100);
  HAL_I2C_Mem_Read(&i2c, 0x40 << 1, 0x01, I2C_MEMADD_SIZE_8BIT, data, 2, 100);
  char line[48];
  const int32_t sample = (data[0] << 8 | data[1]) >> 2;
  snprintf(line, sizeof line, "temperature %ld", (long)(sample * 100 / 32 - 5000));
  say(line);
  const HAL_StatusTypeDef status = HAL_I2C_IsDeviceReady(&i2c, 0x19 << 1, 3, 100);
  snprintf(line, sizeof line, "no device: %d, error %lu", status, (unsigned long)HAL_I2C_GetError(&i2c));
  say(line);
  uint8_t on[] = {0x81}, rows[] = {0x00, 0x3f, 0x00, 0x06};
  HAL_I2C_Master_Transmit(&i2c, 0x70 << 1, on, sizeof on, 100);
  HAL_I2C_Master_Transmit(&i2c, 0x70 << 1, rows, sizeof rows, 100);
}

static void clock_timer(void) {
  timer.Instance = TIM3;
  timer.Init.Prescaler = 16000 - 1;
  timer.Init.Period = 500 - 1;
  HAL_TIM_Base_Init(&timer);
  HAL_NVIC_EnableIRQ(TIM3_IRQn);
  HAL_TIM_Base_Start_IT(&timer);
  TIM2->CCR1 = 1234;
}

int main(void) {
  HAL_Init();
  mvServerLoggingInit(log_buffer, sizeof log_buffer);
  pins();
  send();
  bus();
  clock_timer();
  uint8_t received[3] = {0};
  if (HAL_UART_Receive(&uart, received, 2, 100) == HAL_OK) {
    char line[32];
    snprintf(line, sizeof line, "received %s", (const char *)received);
    say(line);
  }
  while (HAL_GetTick() < 990) mv_host_wait(10);
  char line[48];
  snprintf(line, sizeof line, "%lu updates, compare %lu", (unsigned long)updates, (unsigned long)TIM2->CCR1);
  say(line);
  mv_host_wait(-1);
  return 0;
}
