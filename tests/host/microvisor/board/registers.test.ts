// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32
import { describe, expect, it } from 'vitest';
import { compileCGuest } from '../rig/compile-c-guest.js';
import { BoardWorld, builtOf } from './rig/board-world.js';

const SAY = `
#include <stdio.h>
#include "stm32u5xx_hal.h"
static void say(const char *text) { printf("%s\\n", text); }
`;
const UART_ON = 'USART2->CR1 = 1u;';

const load = async (source: string) => BoardWorld.load(await builtOf(SAY + source));
const uartLines = (world: BoardWorld) =>
  world.events.flatMap((event) => (event.event === 'uartLine' ? [`${event.uart}: ${event.line}`] : []));
const pinLevels = (world: BoardWorld) =>
  world.events.flatMap((event) => (event.event === 'pin' ? [`${event.pin} ${event.level}`] : []));

describe('registers that the application reads and writes itself', () => {
  it('TDR of a UART sends each byte that is written, once ISR says that there is room', async () => {
    const world = await load(`
      static void put(char byte) {
        while ((USART2->ISR & USART_ISR_TXE) == 0) {}
        USART2->TDR = (uint8_t)byte;
      }
      int main(void) {
        ${UART_ON}
        for (const char *at = "one\\ntwo\\n"; *at != 0; at++) put(*at);
        while ((USART2->ISR & USART_ISR_TC) == 0) {}
        return 0;
      }`);
    world.run(1000);
    expect(uartLines(world)).toEqual(['USART2: one', 'USART2: two']);
    expect(world.guest.exitCode).toBe(0);
  });

  it('TDR sends through a pointer too, and bytes of any width of access', async () => {
    const world = await load(`
      __attribute__((noinline)) static void put(USART_TypeDef *uart, uint32_t byte) { uart->TDR = byte; }
      __attribute__((noinline)) static void put_byte(USART_TypeDef *uart, uint8_t byte) {
        *(volatile uint8_t *)&uart->TDR = byte;
      }
      int main(int argc, char **argv) {
        (void)argv;
        put(argc < 5 ? USART1 : UART4, 'h');
        put_byte(argc < 5 ? USART1 : UART4, 'i');
        put(argc > 5 ? UART4 : USART1, '\\n');
        put(LPUART1, 'x');
        put(LPUART1, '\\n');
        return 0;
      }`);
    world.run(10);
    expect(uartLines(world)).toEqual(['USART1: hi', 'LPUART1: x']);
  });

  it('RDR takes the bytes that came in, one by one, and RXNE says how long there are some', async () => {
    const world = await load(`
      int main(void) {
        ${UART_ON}
        char text[8];
        for (int count = 0; count < 3; count++) {
          while ((USART2->ISR & USART_ISR_RXNE) == 0) {}
          text[count] = (char)USART2->RDR;
        }
        text[3] = 0;
        say(text);
        say((USART2->ISR & USART_ISR_RXNE) != 0 ? "more" : "empty");
        return 0;
      }`);
    world.run(10);
    world.board.feed('USART2', Buffer.from('ab'));
    world.run(20);
    expect(world.lines).toEqual([]);
    world.board.feed('USART2', Buffer.from('c'));
    world.run(30);
    expect(world.lines).toEqual(['abc', 'empty']);
  });

  it('a handler sends a buffer of thousands of bytes by TXE, and receives by RXNE', async () => {
    const world = await load(`
      static volatile uint32_t left = 3000;
      static volatile uint32_t received;
      void USART2_IRQHandler(void) {
        if ((USART2->ISR & USART_ISR_RXNE) != 0) received += USART2->RDR;
        if ((USART2->CR1 & USART_CR1_TXEIE) == 0 || (USART2->ISR & USART_ISR_TXE) == 0) return;
        USART2->TDR = --left % 100 == 0 ? '\\n' : 'x';
        if (left == 0) USART2->CR1 &= ~USART_CR1_TXEIE;
      }
      int main(void) {
        NVIC_EnableIRQ(USART2_IRQn);
        USART2->CR1 = 1u | USART_CR1_TXEIE | USART_CR1_RXNEIE;
        while (left > 0 || received == 0) {}
        printf("%lu\\n", (unsigned long)received);
        return 0;
      }`);
    world.run(100);
    world.board.feed('USART2', Uint8Array.of(3, 4, 5));
    world.run(200);
    expect(uartLines(world)).toHaveLength(30);
    expect(world.lines).toEqual(['12']);
  });

  it('a handler that sends without end is ended with a report', async () => {
    const world = await load(`
      void USART2_IRQHandler(void) { USART2->TDR = 'x'; }
      int main(void) {
        NVIC_EnableIRQ(USART2_IRQn);
        USART2->CR1 = 1u | USART_CR1_TXEIE;
        for (;;) mv_host_wait(1000);
      }`);
    expect(() => world.run(5000)).toThrow(/the interrupt handler USART2_IRQHandler is entered again and again/);
  });

  it('TXDR and RXDR of an SPI exchange a byte with the device whose chip select is low', async () => {
    const world = await load(`
      static uint8_t exchange(uint8_t byte) {
        while ((SPI1->SR & 2u) == 0) {}
        *(volatile uint8_t *)&SPI1->TXDR = byte;
        while ((SPI1->SR & 1u) == 0) {}
        return *(volatile uint8_t *)&SPI1->RXDR;
      }
      int main(void) {
        GPIOA->MODER = 1u << 8;
        GPIOA->BSRR = 1u << 4;
        SPI1->CR1 = SPI_CR1_SPE;
        printf("%u", exchange(1));
        GPIOA->BSRR = 1u << 20;
        const uint8_t first = exchange(2), second = exchange(3);
        GPIOA->BSRR = 1u << 4;
        printf(" %u %u %u\\n", first, second, exchange(4));
        return 0;
      }`);
    let frames = 0;
    const device = {
      selected: () => {
        frames++;
      },
      exchange: (sent: Uint8Array) => sent.map((byte) => byte + 100),
    };
    world.board.plugSpi('SPI1', device, 'PA4');
    world.run(100);
    expect(world.lines).toEqual(['255 102 103 255']);
    expect(frames).toBe(1);
  });

  it('pins are seen at each write, however short their pulses are', async () => {
    const world = await load(`
      __attribute__((noinline)) static void set(GPIO_TypeDef *port, uint32_t pin) { port->BSRR = 1u << pin; }
      int main(int argc, char **argv) {
        (void)argv;
        GPIOB->MODER = 1u << 6;
        for (int count = 0; count < 2; count++) {
          set(argc < 5 ? GPIOB : GPIOC, 3);
          GPIOB->BRR = 1u << 3;
        }
        GPIOB->ODR |= 1u << 3;
        return 0;
      }`);
    world.run(10);
    expect(pinLevels(world)).toEqual(['PB3 1', 'PB3 0', 'PB3 1', 'PB3 0', 'PB3 1']);
  });

  it('other memory at the same offsets is left alone', async () => {
    const world = await load(`
      struct Other { uint32_t before[10]; volatile uint32_t value; };
      static struct Other others[2];
      __attribute__((noinline)) static void put(struct Other *other, uint32_t value) { other->value = value; }
      int main(int argc, char **argv) {
        (void)argv;
        put(&others[argc & 1], 7);
        printf("%lu\\n", (unsigned long)(others[0].value + others[1].value));
        return 0;
      }`);
    world.run(10);
    expect(world.lines).toEqual(['7']);
    expect(uartLines(world)).toEqual([]);
  });

  it('a guest whose window is no address runs as one without registers', async () => {
    const guest = compileCGuest(
      'void mv_board_window(void) {} int main(void) { mv_host_print("runs", 4); return 0; }',
      ['mv_board_window'],
    );
    const world = await BoardWorld.load(guest);
    world.run(10);
    expect(world.lines).toEqual(['runs']);
  });
});
