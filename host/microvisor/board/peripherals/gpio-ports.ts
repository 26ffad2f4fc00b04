import { peripheralAddresses } from '../../../../build/abi/board.js';
import type { PinEvent } from '../../kernel/board-event.js';
import type { BoardWindow } from './board-window.js';
import type { ExtiLines } from './exti-lines.js';

const PORTS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I'] as const;
type PortName = (typeof PORTS)[number];
const PINS = 16;
/** Offsets of GPIO's registers. */
const GPIO = { MODER: 0x00, IDR: 0x10, ODR: 0x14, BSRR: 0x18, BRR: 0x28 } as const;
const OUTPUT = 1;

interface Port {
  name: PortName;
  address: number;
  /** What the pins were when the host looked last: of those that the application drives. */
  driven: number;
  /** What the world outside applies. */
  applied: number;
  /** What its IDR was set to. */
  levels: number;
}

const portAddress = (name: PortName) => peripheralAddresses[`GPIO${name}`];

/** The pins: what the application drives becomes events, and what the world applies becomes levels and edges. */
export class GpioPorts {
  readonly #window: BoardWindow;
  readonly #exti: Pick<ExtiLines, 'edge'>;
  readonly #emit: (event: PinEvent) => void;
  readonly #ports: readonly Port[] = PORTS.map((name) => ({
    name,
    address: portAddress(name),
    driven: 0,
    applied: 0,
    levels: 0,
  }));

  constructor(window: BoardWindow, exti: Pick<ExtiLines, 'edge'>, emit: (event: PinEvent) => void) {
    this.#window = window;
    this.#exti = exti;
    this.#emit = emit;
  }

  /** Looks at the registers: the application may have written them since. */
  look(): void {
    for (const port of this.#ports) this.#lookAt(port);
  }

  /** The level of a pin. @throws RangeError when there is no such pin */
  level(pin: string): 0 | 1 {
    const [port, number] = this.#find(pin);
    this.#lookAt(port);
    return (this.#window.read(port.address + GPIO.IDR) >> number) & 1 ? 1 : 0;
  }

  /**
   * The world outside applies a level to a pin: a button, a sensor's signal.
   *
   * @param pin for example `PC13`
   * @throws RangeError when there is no such pin
   */
  apply(pin: string, level: 0 | 1): void {
    const [port, number] = this.#find(pin);
    this.#lookAt(port);
    const before = this.#window.read(port.address + GPIO.IDR);
    port.applied = (port.applied & ~(1 << number)) | (level << number);
    this.#lookAt(port);
    const after = this.#window.read(port.address + GPIO.IDR);
    if (((before ^ after) & (1 << number)) === 0) return;
    this.#emit({ event: 'pin', pin, level, by: 'outside' });
    this.#exti.edge(port.name, number, level);
  }

  #find(pin: string): [Port, number] {
    const [, name, digits] = /^P([A-I])(\d{1,2})$/.exec(pin) ?? [];
    const port = this.#ports.find((one) => one.name === name);
    if (!port || Number(digits) >= PINS) throw new RangeError(`there is no pin ${pin}; pins are PA0 to PI15`);
    return [port, Number(digits)];
  }

  #lookAt(port: Port): void {
    const { address } = port;
    const window = this.#window;
    // Most ports are never used: their pins are inputs that nothing is applied to.
    if (window.read(address + GPIO.MODER) === 0 && (port.applied | port.driven | port.levels) === 0) return;
    const [bsrr, brr] = [window.read(address + GPIO.BSRR), window.read(address + GPIO.BRR)];
    let output = window.read(address + GPIO.ODR);
    if (bsrr !== 0 || brr !== 0) {
      // Setting wins over resetting in one write of BSRR.
      output = (output & ~(bsrr >>> PINS) & ~brr) | (bsrr & 0xffff);
      window.write(address + GPIO.ODR, output);
      window.write(address + GPIO.BSRR, 0);
      window.write(address + GPIO.BRR, 0);
    }
    const outputs = this.#outputs(port);
    port.levels = (output & outputs) | (port.applied & ~outputs);
    window.write(address + GPIO.IDR, port.levels);
    const changed = (port.driven ^ (output & outputs)) & outputs;
    port.driven = output & outputs;
    for (let pin = 0; pin < PINS && changed >> pin !== 0; pin++) {
      if (((changed >> pin) & 1) === 0) continue;
      this.#emit({ event: 'pin', pin: `P${port.name}${pin}`, level: (output >> pin) & 1 ? 1 : 0, by: 'application' });
    }
  }

  /** The pins that the application drives, a bit each. */
  #outputs({ address }: Port): number {
    const modes = this.#window.read(address + GPIO.MODER);
    let outputs = 0;
    for (let pin = 0; pin < PINS; pin++) if (((modes >>> (2 * pin)) & 3) === OUTPUT) outputs |= 1 << pin;
    return outputs;
  }
}
