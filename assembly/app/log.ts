import { mvServerLog } from '../../build/abi/microvisor-assembly';
import { isStorm } from './backoff';
import { LINE_SIZE, lineBuffer } from './memory-map';
import { ascii, begin, decimal, length } from './text-writer';

/** Begins a log line. Append with the functions of ./text-writer and end it with `send`. */
export function line(): void {
  begin(lineBuffer, LINE_SIZE);
}

/** Sends the line. A line that the server refuses is lost: logging must not stop the device. */
export function send(): void {
  mvServerLog(lineBuffer, length());
}

/** Sends a line about a connection, but not during a storm of them: what happened the first time happens each time. */
export function sendOnce(): void {
  if (!isStorm()) send();
}

/** Logs a whole line of program text. */
export function log(text: string): void {
  line();
  ascii(text);
  send();
}

/** Logs a line that ends with a number. */
export function logNumber(text: string, value: i32): void {
  line();
  ascii(text);
  decimal(value);
  send();
}
