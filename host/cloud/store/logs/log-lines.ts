/** A line as it comes. */
export interface WrittenLine {
  date: Date;
  text: string;
}

/** Lines that came together, as they are kept: milliseconds since 1970, and text. */
export interface LogBatch {
  lines: [date: number, text: string][];
  /** what they count, with {@link LINE_OVERHEAD} for each */
  bytes: number;
}

/** What is kept of the log of one device. */
export interface LogSettings {
  /** lines at most */
  lines: number;
  /** bytes at most, each line counting its UTF-8 and 16 more */
  bytes: number;
  /** bytes of one line; the rest of it is cut off */
  lineBytes: number;
  /** milliseconds until a line is old: then it is not shown any more, and goes with the next ones that come */
  age: number;
}

export const DEFAULT_LOG_SETTINGS: LogSettings = {
  lines: 10_000,
  bytes: 1024 * 1024,
  lineBytes: 4096,
  age: 7 * 24 * 3_600_000,
};

const LINE_OVERHEAD = 16;

/** The bounds of a log. */
export class LogLimits {
  readonly #settings: LogSettings;

  constructor(settings: Partial<LogSettings> = {}) {
    this.#settings = { ...DEFAULT_LOG_SETTINGS, ...settings };
  }

  /** The lines of a batch that a log has room for: the last ones, each cut to its length. @param now no line is of later */
  batchOf(lines: readonly WrittenLine[], now: number): LogBatch {
    const batch: LogBatch = { lines: [], bytes: 0 };
    const { lines: most, bytes: mostBytes, lineBytes } = this.#settings;
    for (const { date, text } of lines.slice(-most).reverse()) {
      const cut = cutTo(text, lineBytes);
      const bytes = Buffer.byteLength(cut) + LINE_OVERHEAD;
      if (batch.bytes + bytes > mostBytes) break;
      batch.lines.unshift([Math.min(date.getTime(), now), cut]);
      batch.bytes += bytes;
    }
    return batch;
  }

  exceededBy({ lines, bytes }: { lines: number; bytes: number }): boolean {
    return lines > this.#settings.lines || bytes > this.#settings.bytes;
  }

  /** Lines of before this time are old. */
  oldest(now: number): number {
    return now - this.#settings.age;
  }
}

function cutTo(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  // The character that is cut through goes with the rest.
  const kept = new TextDecoder().decode(encoded.subarray(0, bytes)).replace(/\ufffd$/, '');
  return `${kept}… (${encoded.length} bytes)`;
}
