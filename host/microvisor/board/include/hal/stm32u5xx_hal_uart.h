/* UART, by the names of ST's HAL. */
#ifndef STM32U5XX_HAL_UART_H
#define STM32U5XX_HAL_UART_H

#include "stm32u5xx_hal_def.h"
#include "stm32u5xx_hal_dma.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint32_t BaudRate;
  uint32_t WordLength;
  uint32_t StopBits;
  uint32_t Parity;
  uint32_t Mode;
  uint32_t HwFlowCtl;
  uint32_t OverSampling;
  uint32_t OneBitSampling;
  uint32_t ClockPrescaler;
} UART_InitTypeDef;

typedef struct {
  uint32_t AdvFeatureInit;
} UART_AdvFeatureInitTypeDef;

typedef uint32_t HAL_UART_StateTypeDef;
#define HAL_UART_STATE_RESET 0x00000000u
#define HAL_UART_STATE_READY 0x00000020u
#define HAL_UART_STATE_BUSY_TX 0x00000021u
#define HAL_UART_STATE_BUSY_RX 0x00000022u
#define HAL_UART_STATE_BUSY 0x00000024u
#define HAL_UART_STATE_BUSY_TX_RX 0x00000023u
typedef uint32_t HAL_UART_RxTypeTypeDef;
#define HAL_UART_RECEPTION_STANDARD 0x00000000u
#define HAL_UART_RECEPTION_TOIDLE 0x00000001u

typedef struct __UART_HandleTypeDef {
  USART_TypeDef *Instance;
  UART_InitTypeDef Init;
  UART_AdvFeatureInitTypeDef AdvancedInit;
  const uint8_t *pTxBuffPtr;
  uint16_t TxXferSize;
  uint16_t TxXferCount;
  uint8_t *pRxBuffPtr;
  uint16_t RxXferSize;
  uint16_t RxXferCount;
  HAL_UART_RxTypeTypeDef ReceptionType;
  DMA_HandleTypeDef *hdmatx;
  DMA_HandleTypeDef *hdmarx;
  HAL_LockTypeDef Lock;
  HAL_UART_StateTypeDef gState;
  HAL_UART_StateTypeDef RxState;
  uint32_t ErrorCode;
} UART_HandleTypeDef;

#define UART_WORDLENGTH_7B 0x10000000u
#define UART_WORDLENGTH_8B 0x00000000u
#define UART_WORDLENGTH_9B 0x00001000u
#define UART_STOPBITS_1 0x00000000u
#define UART_STOPBITS_2 0x00002000u
#define UART_PARITY_NONE 0x00000000u
#define UART_PARITY_EVEN 0x00000400u
#define UART_PARITY_ODD 0x00000600u
#define UART_MODE_RX 0x00000004u
#define UART_MODE_TX 0x00000008u
#define UART_MODE_TX_RX 0x0000000Cu
#define UART_HWCONTROL_NONE 0x00000000u
#define UART_HWCONTROL_RTS 0x00000100u
#define UART_HWCONTROL_CTS 0x00000200u
#define UART_HWCONTROL_RTS_CTS 0x00000300u
#define UART_OVERSAMPLING_16 0x00000000u
#define UART_OVERSAMPLING_8 0x00008000u
#define UART_ONE_BIT_SAMPLE_DISABLE 0x00000000u
#define UART_ONE_BIT_SAMPLE_ENABLE 0x00000800u
#define UART_PRESCALER_DIV1 0x00000000u
#define UART_ADVFEATURE_NO_INIT 0x00000000u
#define HAL_UART_ERROR_NONE 0x00000000u

HAL_StatusTypeDef HAL_UART_Init(UART_HandleTypeDef *huart);
HAL_StatusTypeDef HAL_UART_DeInit(UART_HandleTypeDef *huart);
/** The host makes lines of the bytes. */
HAL_StatusTypeDef HAL_UART_Transmit(UART_HandleTypeDef *huart, const uint8_t *pData, uint16_t Size, uint32_t Timeout);
/* The callbacks of these come from HAL_UART_IRQHandler, which the application calls in the interrupt of the UART. */
HAL_StatusTypeDef HAL_UART_Transmit_IT(UART_HandleTypeDef *huart, const uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_UART_Transmit_DMA(UART_HandleTypeDef *huart, const uint8_t *pData, uint16_t Size);
/** Returns HAL_TIMEOUT when fewer bytes than `Size` came in. */
HAL_StatusTypeDef HAL_UART_Receive(UART_HandleTypeDef *huart, uint8_t *pData, uint16_t Size, uint32_t Timeout);
HAL_StatusTypeDef HAL_UART_Receive_IT(UART_HandleTypeDef *huart, uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_UART_Receive_DMA(UART_HandleTypeDef *huart, uint8_t *pData, uint16_t Size);
/** Ends with the bytes that came in together, which HAL_UARTEx_RxEventCallback counts, or when there are `Size` of them. */
HAL_StatusTypeDef HAL_UARTEx_ReceiveToIdle_IT(UART_HandleTypeDef *huart, uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_UARTEx_ReceiveToIdle_DMA(UART_HandleTypeDef *huart, uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_UART_AbortTransmit(UART_HandleTypeDef *huart);
HAL_StatusTypeDef HAL_UART_AbortReceive(UART_HandleTypeDef *huart);
HAL_StatusTypeDef HAL_UART_Abort(UART_HandleTypeDef *huart);
HAL_StatusTypeDef HAL_UART_DMAStop(UART_HandleTypeDef *huart);
void HAL_UART_IRQHandler(UART_HandleTypeDef *huart);
HAL_UART_StateTypeDef HAL_UART_GetState(const UART_HandleTypeDef *huart);
uint32_t HAL_UART_GetError(const UART_HandleTypeDef *huart);
/* An application may define these. */
void HAL_UART_MspInit(UART_HandleTypeDef *huart);
void HAL_UART_MspDeInit(UART_HandleTypeDef *huart);
void HAL_UART_TxCpltCallback(UART_HandleTypeDef *huart);
void HAL_UART_RxCpltCallback(UART_HandleTypeDef *huart);
void HAL_UART_ErrorCallback(UART_HandleTypeDef *huart);
void HAL_UARTEx_RxEventCallback(UART_HandleTypeDef *huart, uint16_t Size);

#ifdef __cplusplus
}
#endif

#endif /* STM32U5XX_HAL_UART_H */
