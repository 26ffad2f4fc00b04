/* SPI as master, by the names of ST's HAL. */
#ifndef STM32U5XX_HAL_SPI_H
#define STM32U5XX_HAL_SPI_H

#include "stm32u5xx_hal_def.h"
#include "stm32u5xx_hal_dma.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint32_t Mode;
  uint32_t Direction;
  uint32_t DataSize;
  uint32_t CLKPolarity;
  uint32_t CLKPhase;
  uint32_t NSS;
  uint32_t BaudRatePrescaler;
  uint32_t FirstBit;
  uint32_t TIMode;
  uint32_t CRCCalculation;
  uint32_t CRCPolynomial;
  uint32_t CRCLength;
  uint32_t NSSPMode;
  uint32_t NSSPolarity;
  uint32_t FifoThreshold;
  uint32_t TxCRCInitializationPattern;
  uint32_t RxCRCInitializationPattern;
  uint32_t MasterSSIdleness;
  uint32_t MasterInterDataIdleness;
  uint32_t MasterReceiverAutoSusp;
  uint32_t MasterKeepIOState;
  uint32_t IOSwap;
  uint32_t ReadyMasterManagement;
  uint32_t ReadyPolarity;
} SPI_InitTypeDef;

typedef enum {
  HAL_SPI_STATE_RESET = 0x00U,
  HAL_SPI_STATE_READY = 0x01U,
  HAL_SPI_STATE_BUSY = 0x02U,
  HAL_SPI_STATE_BUSY_TX = 0x03U,
  HAL_SPI_STATE_BUSY_RX = 0x04U,
  HAL_SPI_STATE_BUSY_TX_RX = 0x05U
} HAL_SPI_StateTypeDef;

typedef struct __SPI_HandleTypeDef {
  SPI_TypeDef *Instance;
  SPI_InitTypeDef Init;
  DMA_HandleTypeDef *hdmatx;
  DMA_HandleTypeDef *hdmarx;
  HAL_LockTypeDef Lock;
  HAL_SPI_StateTypeDef State;
  uint32_t ErrorCode;
} SPI_HandleTypeDef;

#define SPI_MODE_SLAVE 0x00000000u
#define SPI_MODE_MASTER 0x00400000u
#define SPI_DIRECTION_2LINES 0x00000000u
#define SPI_DIRECTION_2LINES_TXONLY 0x00020000u
#define SPI_DIRECTION_2LINES_RXONLY 0x00040000u
#define SPI_DIRECTION_1LINE 0x00060000u
/* Only bytes are transferred. */
#define SPI_DATASIZE_8BIT 0x00000007u
#define SPI_POLARITY_LOW 0x00000000u
#define SPI_POLARITY_HIGH 0x02000000u
#define SPI_PHASE_1EDGE 0x00000000u
#define SPI_PHASE_2EDGE 0x01000000u
#define SPI_NSS_SOFT 0x04000000u
#define SPI_NSS_HARD_INPUT 0x00000000u
#define SPI_NSS_HARD_OUTPUT 0x20000000u
#define SPI_NSS_PULSE_DISABLE 0x00000000u
#define SPI_NSS_PULSE_ENABLE 0x40000000u
#define SPI_NSS_POLARITY_LOW 0x00000000u
#define SPI_BAUDRATEPRESCALER_2 0x00000000u
#define SPI_BAUDRATEPRESCALER_4 0x10000000u
#define SPI_BAUDRATEPRESCALER_8 0x20000000u
#define SPI_BAUDRATEPRESCALER_16 0x30000000u
#define SPI_BAUDRATEPRESCALER_32 0x40000000u
#define SPI_BAUDRATEPRESCALER_64 0x50000000u
#define SPI_BAUDRATEPRESCALER_128 0x60000000u
#define SPI_BAUDRATEPRESCALER_256 0x70000000u
#define SPI_FIRSTBIT_MSB 0x00000000u
#define SPI_FIRSTBIT_LSB 0x00800000u
#define SPI_TIMODE_DISABLE 0x00000000u
#define SPI_CRCCALCULATION_DISABLE 0x00000000u
#define SPI_FIFO_THRESHOLD_01DATA 0x00000000u
#define SPI_CRC_INITIALIZATION_ALL_ZERO_PATTERN 0x00000000u
#define SPI_MASTER_SS_IDLENESS_00CYCLE 0x00000000u
#define SPI_MASTER_INTERDATA_IDLENESS_00CYCLE 0x00000000u
#define SPI_MASTER_RX_AUTOSUSP_DISABLE 0x00000000u
#define SPI_MASTER_KEEP_IO_STATE_DISABLE 0x00000000u
#define SPI_MASTER_KEEP_IO_STATE_ENABLE 0x80000000u
#define SPI_IO_SWAP_DISABLE 0x00000000u
#define SPI_RDY_MASTER_MANAGEMENT_INTERNALLY 0x00000000u
#define SPI_RDY_POLARITY_HIGH 0x00000000u
#define HAL_SPI_ERROR_NONE 0x00000000u

#define __HAL_SPI_ENABLE(handle) ((handle)->Instance->CR1 |= SPI_CR1_SPE)
#define __HAL_SPI_DISABLE(handle) ((handle)->Instance->CR1 &= ~SPI_CR1_SPE)

HAL_StatusTypeDef HAL_SPI_Init(SPI_HandleTypeDef *hspi);
HAL_StatusTypeDef HAL_SPI_DeInit(SPI_HandleTypeDef *hspi);
/* Without a device that is selected, 0xff is received. */
HAL_StatusTypeDef HAL_SPI_Transmit(SPI_HandleTypeDef *hspi, const uint8_t *pData, uint16_t Size, uint32_t Timeout);
HAL_StatusTypeDef HAL_SPI_Receive(SPI_HandleTypeDef *hspi, uint8_t *pData, uint16_t Size, uint32_t Timeout);
HAL_StatusTypeDef HAL_SPI_TransmitReceive(SPI_HandleTypeDef *hspi, const uint8_t *pTxData, uint8_t *pRxData,
                                          uint16_t Size, uint32_t Timeout);
/* Their callbacks come from HAL_SPI_IRQHandler. */
HAL_StatusTypeDef HAL_SPI_Transmit_IT(SPI_HandleTypeDef *hspi, const uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_SPI_Receive_IT(SPI_HandleTypeDef *hspi, uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_SPI_TransmitReceive_IT(SPI_HandleTypeDef *hspi, const uint8_t *pTxData, uint8_t *pRxData,
                                             uint16_t Size);
HAL_StatusTypeDef HAL_SPI_Transmit_DMA(SPI_HandleTypeDef *hspi, const uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_SPI_Receive_DMA(SPI_HandleTypeDef *hspi, uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_SPI_TransmitReceive_DMA(SPI_HandleTypeDef *hspi, const uint8_t *pTxData, uint8_t *pRxData,
                                              uint16_t Size);
void HAL_SPI_IRQHandler(SPI_HandleTypeDef *hspi);
HAL_SPI_StateTypeDef HAL_SPI_GetState(const SPI_HandleTypeDef *hspi);
uint32_t HAL_SPI_GetError(const SPI_HandleTypeDef *hspi);
/* An application may define these. */
void HAL_SPI_MspInit(SPI_HandleTypeDef *hspi);
void HAL_SPI_MspDeInit(SPI_HandleTypeDef *hspi);
void HAL_SPI_TxCpltCallback(SPI_HandleTypeDef *hspi);
void HAL_SPI_RxCpltCallback(SPI_HandleTypeDef *hspi);
void HAL_SPI_TxRxCpltCallback(SPI_HandleTypeDef *hspi);
void HAL_SPI_ErrorCallback(SPI_HandleTypeDef *hspi);

#ifdef __cplusplus
}
#endif

#endif /* STM32U5XX_HAL_SPI_H */
