import type { UartEvent } from '../../kernel/board-event.js';

/** A line is reported when it has so many bytes, without an end. */
const LONGEST_LINE = 4096;
/** Bytes that wait to be received; more are lost, as on the device. */
const MOST_INPUT = 65_536;
const CARRIAGE_RETURN = 13;
const NEWLINE = 10;

/** UARTs: applications send a byte a call, and people read lines. */
export class UartPorts {
  readonly #emit: (event: UartEvent) => void;
  readonly #lines = new Map<string, number[]>();
  readonly #input = new Map<string, number[]>();

  constructor(emit: (event: UartEvent) => void) {
    this.#emit = emit;
  }

  /** The application sends bytes. */
  send(uart: string, bytes: Uint8Array): void {
    const line = this.#of(this.#lines, uart);
    for (const byte of bytes) {
      if (byte === NEWLINE || line.length === LONGEST_LINE) this.#end(uart, line);
      if (byte !== NEWLINE) line.push(byte);
    }
  }

  /** Bytes come in from outside. */
  feed(uart: string, bytes: Uint8Array): void {
    const input = this.#of(this.#input, uart);
    for (const byte of bytes.subarray(0, MOST_INPUT - input.length)) input.push(byte);
  }

  /** Takes up to `length` bytes that came in. */
  take(uart: string, length: number): Uint8Array {
    return Uint8Array.from(this.#of(this.#input, uart).splice(0, length));
  }

  /** Bytes that came in and were not taken. */
  waiting(uart: string): number {
    return this.#of(this.#input, uart).length;
  }

  #end(uart: string, line: number[]): void {
    if (line.at(-1) === CARRIAGE_RETURN) line.pop();
    this.#emit({ event: 'uartLine', uart, line: new TextDecoder().decode(Uint8Array.from(line)) });
    line.length = 0;
  }

  #of(map: Map<string, number[]>, uart: string): number[] {
    const known = map.get(uart);
    if (known) return known;
    const bytes: number[] = [];
    map.set(uart, bytes);
    return bytes;
  }
}
