/** A pin has another level. */
export interface PinEvent {
  event: 'pin';
  /** For example `PA5`. */
  pin: string;
  level: 0 | 1;
  /** Whether the application drives it, or the world outside. */
  by: 'application' | 'outside';
}

/** A line that the application sent through a UART, without its end. */
export interface UartEvent {
  event: 'uartLine';
  /** For example `USART2`. */
  uart: string;
  line: string;
}

/** What the board of a guest reports. */
export type BoardEvent =
  | PinEvent
  | UartEvent
  /** A task has used more bytes of stack than it asked for: it runs on here, and might have overflowed on the device. */
  | { event: 'stackExceeded'; task: string; used: number; size: number }
  | { event: 'taskEnded'; task: string };
