/** Averages of a rate over 1, 5 and 15 minutes, in events a minute, as Mosquitto computes them. */
export class LoadAverage {
  #last = 0;
  readonly #averages = MINUTES.map(() => 0);

  /**
   * Takes the count so far.
   *
   * @param total never going down
   * @param seconds since the last call, above 0
   */
  update(total: number, seconds: number): void {
    const rate = ((total - this.#last) * 60) / seconds;
    this.#last = total;
    for (const [index, minutes] of MINUTES.entries()) {
      const weight = Math.exp(-seconds / (60 * minutes));
      this.#averages[index] = rate + weight * (this.#averages[index] - rate);
    }
  }

  /** Pairs of a name, such as `5min`, and the average. */
  *values(): Generator<[name: string, average: number]> {
    for (const [index, minutes] of MINUTES.entries()) yield [`${minutes}min`, this.#averages[index]];
  }
}

const MINUTES = [1, 5, 15];
