/* Transfers that end by an interrupt: UART, I2C, SPI, ADC, by the _IT and _DMA functions of the HAL. */
#include <stdio.h>
#include <string.h>

#include "stm32u5xx_hal.h"

static uint8_t log_buffer[2048] __attribute__((aligned(512)));
static UART_HandleTypeDef uart = {.Instance = USART2, .Init = {.BaudRate = 115200, .Mode = UART_MODE_TX_RX}};
static I2C_HandleTypeDef i2c = {.Instance = I2C1};
static SPI_HandleTypeDef spi = {.Instance = SPI1, .Init = {.Mode = SPI_MODE_MASTER}};
static ADC_HandleTypeDef adc = {.Instance = ADC1, .Init = {.Resolution = ADC_RESOLUTION_12B, .NbrOfConversion = 2}};
static uint8_t received[8], registers[2];
static uint16_t samples[4];
static volatile int sent, read, exchanged, converted;

static void say(const char *format, unsigned first, unsigned second) {
  char line[64];
  snprintf(line, sizeof line, format, first, second);
  mvServerLog((const uint8_t *)line, (uint16_t)strlen(line));
}

void USART2_IRQHandler(void) { HAL_UART_IRQHandler(&uart); }
void I2C1_EV_IRQHandler(void) { HAL_I2C_EV_IRQHandler(&i2c); }
void SPI1_IRQHandler(void) { HAL_SPI_IRQHandler(&spi); }
void ADC1_IRQHandler(void) { HAL_ADC_IRQHandler(&adc); }

void HAL_UART_TxCpltCallback(UART_HandleTypeDef *huart) {
  sent = 1;
  say("sent, ready %u, in interrupt %u", huart->gState == HAL_UART_STATE_READY, __get_IPSR() == USART2_IRQn + 16);
}
void HAL_UART_RxCpltCallback(UART_HandleTypeDef *huart) {
  say("received %u, %u", received[0], received[3]);
  HAL_UARTEx_ReceiveToIdle_IT(huart, received, sizeof received);
}
void HAL_UARTEx_RxEventCallback(UART_HandleTypeDef *huart, uint16_t size) {
  UNUSED(huart);
  say("%u bytes to idle, first %u", size, received[0]);
}
void HAL_I2C_MemRxCpltCallback(I2C_HandleTypeDef *hi2c) {
  read = 1;
  say("read 0x%02x, state %u", registers[0], hi2c->State == HAL_I2C_STATE_READY);
}
void HAL_I2C_ErrorCallback(I2C_HandleTypeDef *hi2c) { say("bus error %u", (unsigned)HAL_I2C_GetError(hi2c), 0); }
void HAL_SPI_TxRxCpltCallback(SPI_HandleTypeDef *hspi) {
  UNUSED(hspi);
  exchanged = 1;
}
void HAL_ADC_ConvCpltCallback(ADC_HandleTypeDef *hadc) {
  UNUSED(hadc);
  converted = 1;
}

static void enable(IRQn_Type irq) {
  HAL_NVIC_SetPriority(irq, 5, 0);
  HAL_NVIC_EnableIRQ(irq);
}

static void serial(void) {
  HAL_UART_Init(&uart);
  enable(USART2_IRQn);
  HAL_UART_Receive_IT(&uart, received, 4);
  say("sends %u, again %u", HAL_UART_Transmit_IT(&uart, (const uint8_t *)"by interrupt\n", 13),
      HAL_UART_Transmit_DMA(&uart, (const uint8_t *)"x", 1));
  /* As the examples of ST wait: nothing but the callback ends it. */
  while (!sent) {
  }
}

static void bus(void) {
  HAL_I2C_Init(&i2c);
  enable(I2C1_EV_IRQn);
  HAL_I2C_Mem_Read_IT(&i2c, 0x40 << 1, 0x11, I2C_MEMADD_SIZE_8BIT, registers, 1);
  while (HAL_I2C_GetState(&i2c) != HAL_I2C_STATE_READY) {
  }
  HAL_I2C_Master_Receive_DMA(&i2c, 0x19 << 1, registers, 2);
  while (HAL_I2C_GetState(&i2c) != HAL_I2C_STATE_READY) {
  }
}

static void wires(void) {
  GPIO_InitTypeDef select = {.Pin = GPIO_PIN_4, .Mode = GPIO_MODE_OUTPUT_PP};
  HAL_GPIO_Init(GPIOA, &select);
  HAL_GPIO_WritePin(GPIOA, GPIO_PIN_4, GPIO_PIN_SET);
  HAL_SPI_Init(&spi);
  enable(SPI1_IRQn);
  const uint8_t command[3] = {1, 2, 3};
  uint8_t answer[3];
  HAL_GPIO_WritePin(GPIOA, GPIO_PIN_4, GPIO_PIN_RESET);
  HAL_SPI_TransmitReceive_DMA(&spi, command, answer, 3);
  while (!exchanged) {
  }
  HAL_GPIO_WritePin(GPIOA, GPIO_PIN_4, GPIO_PIN_SET);
  say("answer %u %u", answer[0], answer[2]);
  HAL_SPI_Receive(&spi, answer, 1, 10);
  say("nobody %u", answer[0], 0);
}

static void analog(void) {
  HAL_ADC_Init(&adc);
  const ADC_ChannelConfTypeDef first = {.Channel = ADC_CHANNEL_5, .Rank = ADC_REGULAR_RANK_1};
  const ADC_ChannelConfTypeDef second = {.Channel = ADC_CHANNEL_6, .Rank = ADC_REGULAR_RANK_2};
  HAL_ADC_ConfigChannel(&adc, &first);
  HAL_ADC_ConfigChannel(&adc, &second);
  HAL_ADC_Start(&adc);
  HAL_ADC_PollForConversion(&adc, 10);
  const unsigned one = HAL_ADC_GetValue(&adc);
  HAL_ADC_PollForConversion(&adc, 10);
  say("polled %u %u", one, HAL_ADC_GetValue(&adc));
  enable(ADC1_IRQn);
  HAL_ADC_Start_DMA(&adc, (const uint32_t *)samples, 4);
  while (!converted) {
  }
  say("sampled %u %u", samples[2], samples[3]);
}

int main(void) {
  HAL_Init();
  mvServerLoggingInit(log_buffer, sizeof log_buffer);
  serial();
  bus();
  wires();
  analog();
  say("read %u", read, 0);
  for (;;) mv_host_wait(-1);
}
