/* Analog inputs, by the names of ST's HAL. */
#ifndef STM32U5XX_HAL_ADC_H
#define STM32U5XX_HAL_ADC_H

#include "stm32u5xx_hal_def.h"
#include "stm32u5xx_hal_dma.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint32_t Ratio;
  uint32_t RightBitShift;
  uint32_t TriggeredMode;
  uint32_t OversamplingStopReset;
} ADC_OversamplingTypeDef;

typedef struct {
  uint32_t ClockPrescaler;
  uint32_t Resolution;
  uint32_t GainCompensation;
  uint32_t DataAlign;
  uint32_t ScanConvMode;
  uint32_t EOCSelection;
  uint32_t LowPowerAutoPowerOff;
  FunctionalState LowPowerAutoWait;
  FunctionalState ContinuousConvMode;
  uint32_t NbrOfConversion;
  FunctionalState DiscontinuousConvMode;
  uint32_t NbrOfDiscConversion;
  uint32_t ExternalTrigConv;
  uint32_t ExternalTrigConvEdge;
  uint32_t ConversionDataManagement;
  FunctionalState DMAContinuousRequests;
  uint32_t TriggerFrequencyMode;
  uint32_t VrefProtection;
  uint32_t Overrun;
  uint32_t LeftBitShift;
  FunctionalState OversamplingMode;
  ADC_OversamplingTypeDef Oversampling;
  uint32_t SamplingTimeCommon1;
  uint32_t SamplingTimeCommon2;
} ADC_InitTypeDef;

typedef struct {
  uint32_t Channel;
  uint32_t Rank;
  uint32_t SamplingTime;
  uint32_t SingleDiff;
  uint32_t OffsetNumber;
  uint32_t Offset;
  FunctionalState OffsetRightShift;
  FunctionalState OffsetSignedSaturation;
  FunctionalState OffsetSaturation;
  uint32_t OffsetSign;
} ADC_ChannelConfTypeDef;

/** Conversions of one sequence. */
#define MV_BOARD_ADC_RANKS 16u

typedef struct __ADC_HandleTypeDef {
  ADC_TypeDef *Instance;
  ADC_InitTypeDef Init;
  DMA_HandleTypeDef *DMA_Handle;
  HAL_LockTypeDef Lock;
  uint32_t State;
  uint32_t ErrorCode;
  /** The channels by their ranks, and the rank that is next. */
  uint8_t mv_board_channels[MV_BOARD_ADC_RANKS];
  uint8_t mv_board_next;
} ADC_HandleTypeDef;

#define HAL_ADC_STATE_RESET 0x00000000u
#define HAL_ADC_STATE_READY 0x00000001u
#define HAL_ADC_STATE_REG_BUSY 0x00000100u
#define HAL_ADC_STATE_REG_EOC 0x00000200u
#define HAL_ADC_ERROR_NONE 0x00000000u
#define ADC_CLOCK_ASYNC_DIV1 0x00000000u
#define ADC_CLOCK_ASYNC_DIV4 0x00080000u
#define ADC_RESOLUTION_14B 0x00000000u
#define ADC_RESOLUTION_12B 0x00000004u
#define ADC_RESOLUTION_10B 0x00000008u
#define ADC_RESOLUTION_8B 0x0000000Cu
#define ADC_DATAALIGN_RIGHT 0x00000000u
#define ADC_SCAN_DISABLE 0x00000000u
#define ADC_SCAN_ENABLE 0x00000001u
#define ADC_EOC_SINGLE_CONV 0x00000004u
#define ADC_EOC_SEQ_CONV 0x00000008u
#define ADC_SOFTWARE_START 0x00000001u
#define ADC_EXTERNALTRIGCONVEDGE_NONE 0x00000000u
#define ADC_CONVERSIONDATA_DR 0x00000000u
#define ADC_CONVERSIONDATA_DMA_ONESHOT 0x00000001u
#define ADC_CONVERSIONDATA_DMA_CIRCULAR 0x00000003u
#define ADC_OVR_DATA_PRESERVED 0x00000000u
#define ADC_OVR_DATA_OVERWRITTEN 0x00001000u
#define ADC_LEFTBITSHIFT_NONE 0x00000000u
#define ADC_TRIGGER_FREQ_HIGH 0x00000000u
#define ADC_SINGLE_ENDED 0x00000000u
#define ADC_DIFFERENTIAL_ENDED 0x00000001u
#define ADC_OFFSET_NONE 0x00000000u
#define ADC_CALIB_OFFSET 0x00000000u
#define ADC_SAMPLETIME_5CYCLES 0x00000000u
#define ADC_SAMPLETIME_12CYCLES 0x00000002u
#define ADC_SAMPLETIME_36CYCLES 0x00000004u
#define ADC_SAMPLETIME_391CYCLES 0x00000006u
#define ADC_SAMPLETIME_814CYCLES 0x00000007u
#define ADC_CHANNEL_0 0u
#define ADC_CHANNEL_1 1u
#define ADC_CHANNEL_2 2u
#define ADC_CHANNEL_3 3u
#define ADC_CHANNEL_4 4u
#define ADC_CHANNEL_5 5u
#define ADC_CHANNEL_6 6u
#define ADC_CHANNEL_7 7u
#define ADC_CHANNEL_8 8u
#define ADC_CHANNEL_9 9u
#define ADC_CHANNEL_10 10u
#define ADC_CHANNEL_11 11u
#define ADC_CHANNEL_12 12u
#define ADC_CHANNEL_13 13u
#define ADC_CHANNEL_14 14u
#define ADC_CHANNEL_15 15u
#define ADC_CHANNEL_16 16u
#define ADC_CHANNEL_17 17u
#define ADC_CHANNEL_18 18u
#define ADC_CHANNEL_19 19u
/* Ranks count from 1. */
#define ADC_REGULAR_RANK_1 1u
#define ADC_REGULAR_RANK_2 2u
#define ADC_REGULAR_RANK_3 3u
#define ADC_REGULAR_RANK_4 4u
#define ADC_REGULAR_RANK_5 5u
#define ADC_REGULAR_RANK_6 6u
#define ADC_REGULAR_RANK_7 7u
#define ADC_REGULAR_RANK_8 8u

HAL_StatusTypeDef HAL_ADC_Init(ADC_HandleTypeDef *hadc);
HAL_StatusTypeDef HAL_ADC_DeInit(ADC_HandleTypeDef *hadc);
HAL_StatusTypeDef HAL_ADC_ConfigChannel(ADC_HandleTypeDef *hadc, const ADC_ChannelConfTypeDef *pConfig);
HAL_StatusTypeDef HAL_ADCEx_Calibration_Start(ADC_HandleTypeDef *hadc, uint32_t CalibrationMode, uint32_t SingleDiff);
HAL_StatusTypeDef HAL_ADC_Start(ADC_HandleTypeDef *hadc);
HAL_StatusTypeDef HAL_ADC_Stop(ADC_HandleTypeDef *hadc);
/** Converts the channel of the next rank. HAL_TIMEOUT when nothing was started. */
HAL_StatusTypeDef HAL_ADC_PollForConversion(ADC_HandleTypeDef *hadc, uint32_t Timeout);
/* Their callbacks come from HAL_ADC_IRQHandler. */
HAL_StatusTypeDef HAL_ADC_Start_IT(ADC_HandleTypeDef *hadc);
HAL_StatusTypeDef HAL_ADC_Stop_IT(ADC_HandleTypeDef *hadc);
/** Converts `Length` times, rank by rank: halfwords or words, as the channel of the DMA says. */
HAL_StatusTypeDef HAL_ADC_Start_DMA(ADC_HandleTypeDef *hadc, const uint32_t *pData, uint32_t Length);
HAL_StatusTypeDef HAL_ADC_Stop_DMA(ADC_HandleTypeDef *hadc);
uint32_t HAL_ADC_GetValue(const ADC_HandleTypeDef *hadc);
void HAL_ADC_IRQHandler(ADC_HandleTypeDef *hadc);
uint32_t HAL_ADC_GetState(const ADC_HandleTypeDef *hadc);
uint32_t HAL_ADC_GetError(const ADC_HandleTypeDef *hadc);
/* An application may define these. */
void HAL_ADC_MspInit(ADC_HandleTypeDef *hadc);
void HAL_ADC_MspDeInit(ADC_HandleTypeDef *hadc);
void HAL_ADC_ConvCpltCallback(ADC_HandleTypeDef *hadc);
void HAL_ADC_ErrorCallback(ADC_HandleTypeDef *hadc);

#ifdef __cplusplus
}
#endif

#endif /* STM32U5XX_HAL_ADC_H */
