/* What the sources of the board (host/microvisor/board/source) ask of the host beside the registers. */
#ifndef STM32U585_BOARD_H
#define STM32U585_BOARD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Registers of peripherals have changed: the host looks at them now, and not only when the guest waits. */
void mv_board_registers_changed(void);
/** Bytes leave a UART; `uart` is the address of its registers. Returns 0. */
int32_t mv_board_uart_transmit(uintptr_t uart, const uint8_t *data, uint32_t length);
/** Takes bytes that came in to a UART, up to `length`; waits `timeout_ms` for them. Returns how many. */
int32_t mv_board_uart_receive(uintptr_t uart, uint8_t *data, uint32_t length, uint32_t timeout_ms);
/**
 * One transfer on an I2C bus: writes `written` bytes, then reads `length`; either may be 0. `i2c` is the address of its registers,
 * `address` the address of the device, 7 bits, shifted left by one. Returns 0, or a bit of HAL_I2C_ERROR_*.
 */
int32_t mv_board_i2c_transfer(uintptr_t i2c, uint32_t address, const uint8_t *data, uint32_t written, uint8_t *into,
                              uint32_t length);
/** One transfer on an SPI bus: sends `length` bytes and gets as many. Either pointer may be NULL: zeros go out, what comes in is lost. Returns 0. */
int32_t mv_board_spi_transfer(uintptr_t spi, const uint8_t *data, uint8_t *into, uint32_t length);
/** One conversion of a channel, 0 to 19, to a number of so many bits. */
uint32_t mv_board_adc_convert(uintptr_t adc, uint32_t channel, uint32_t bits);
/** Lets milliseconds pass; less urgent tasks do not run meanwhile. Not in an interrupt handler. */
void mv_board_delay(uint32_t milliseconds);
/** Ends the application with a report: what was expected, and where. */
void mv_board_assert(const char *expression, const char *file, uint32_t line, const char *function)
    __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif /* STM32U585_BOARD_H */
