import { interruptHandlers } from '../../../build/abi/microvisor.js';
import { GuestFault } from '../guest/coroutine.js';

/** How often a handler may be entered at once after it has returned. A device would never come to anything else. */
const MOST = 1000;
/** One that moves a byte each time is entered so many times as often: it may send a whole buffer, which takes no time. */
const BYTES = 64;
/** What makes a peripheral ask on, by its name: all that have such interrupts. */
const CAUSES: readonly [name: RegExp, cause: string][] = [
  [/^TIM/, 'UIF in its SR is set: clear it, as HAL_TIM_IRQHandler does'],
  [/ART/, 'a flag in its ISR is set whose interrupt is enabled in CR1: read what came in, as HAL_UART_IRQHandler does'],
  [/^I2C/, 'STOPF in its ISR is set: clear it, as HAL_I2C_EV_IRQHandler does'],
  [/^SPI/, 'EOT in its SR is set: clear it, as HAL_SPI_IRQHandler does'],
  [/^ADC/, 'EOC in its ISR is set: clear it, as HAL_ADC_IRQHandler does'],
];

/** Notices a handler that leaves undone what it is there for, so that its interrupt comes again for ever. */
export class InterruptStorm {
  #irq: number | undefined;
  #count = 0;
  #hasMoved = false;

  /** The application has moved a byte through a register. */
  moved(): void {
    this.#hasMoved = true;
  }

  /**
   * A handler has returned.
   *
   * @param cause the peripheral that asks for it again
   * @throws GuestFault when that was so too often
   */
  returned(irq: number, cause: string | undefined): void {
    if (cause === undefined || irq !== this.#irq) this.#count = 0;
    this.#irq = irq;
    this.#count += this.#hasMoved ? 1 / BYTES : 1;
    this.#hasMoved = false;
    if (cause === undefined || this.#count < MOST) return;
    const [, reason] = CAUSES.find(([name]) => name.test(cause))!;
    throw new GuestFault(
      `the interrupt handler ${interruptHandlers[irq]} is entered again and again: when it returns, ${cause} asks for it still: ${reason}`,
    );
  }
}
