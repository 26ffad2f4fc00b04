import type { WrittenLine } from '../store/logs/log-lines.js';

/** How much waits, in all and in one delivery. Bytes count a line's UTF-16 units twice: what it takes in memory. */
const MOST_LINES = 2000;
const MOST_BYTES = 512 * 1024;
const DELIVERY_LINES = 200;
const DELIVERY_BYTES = 128 * 1024;

/** Log lines that wait for the cloud; of more than there is room for, the oldest are lost and counted. */
export class LogSpool {
  #lines: WrittenLine[] = [];
  #bytes = 0;
  #lost = 0;

  get length(): number {
    return this.#lines.length;
  }

  /** Whether there is enough for a delivery. */
  get isLarge(): boolean {
    return this.#lines.length >= DELIVERY_LINES || this.#bytes >= DELIVERY_BYTES;
  }

  add(line: WrittenLine): void {
    this.#lines.push(line);
    this.#bytes += sizeOf(line);
    if (this.#lines.length <= MOST_LINES && this.#bytes <= MOST_BYTES) return;
    // Some at once: to take away the first element of a long array each time is slow.
    const lost = this.#take(Math.ceil(this.#lines.length / 16), MOST_BYTES);
    this.#lost += lost.length;
  }

  /** Takes the next delivery: the oldest lines, behind a line that says how many were lost before. */
  take(): WrittenLine[] {
    const lines = this.#take(DELIVERY_LINES, DELIVERY_BYTES);
    if (this.#lost === 0) return lines;
    const text = `${this.#lost} lines were lost: the cloud was away for too long`;
    this.#lost = 0;
    return [{ date: lines[0]?.date ?? new Date(0), text }, ...lines];
  }

  /** At least one line, if there is one. */
  #take(most: number, bytes: number): WrittenLine[] {
    let count = 0;
    let size = 0;
    while (count < Math.min(most, this.#lines.length)) {
      size += sizeOf(this.#lines[count]);
      if (count > 0 && size > bytes) break;
      count++;
    }
    const taken = this.#lines.splice(0, count);
    for (const line of taken) this.#bytes -= sizeOf(line);
    return taken;
  }
}

function sizeOf({ text }: WrittenLine): number {
  return 2 * text.length;
}
