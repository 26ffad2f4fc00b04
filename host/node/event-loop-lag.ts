import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds between two measurements. */
const RESOLUTION = 20;

/** How late the event loop of this process is: by as much, everybody waits. */
export class EventLoopLag {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION });

  constructor() {
    this.#histogram.enable();
  }

  /** Seconds since the last reading, by quantile; 0 when nothing was measured. */
  read(): { '0.5': number; '0.99': number; '1': number } {
    // The histogram holds the whole time between two measurements.
    const late = (nanoseconds: number) =>
      this.#histogram.count === 0 ? 0 : Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1000);
    const { max } = this.#histogram;
    const lag = {
      '0.5': late(this.#histogram.percentile(50)),
      '0.99': late(this.#histogram.percentile(99)),
      '1': late(max),
    };
    this.#histogram.reset();
    return lag;
  }

  close(): void {
    this.#histogram.disable();
  }
}
