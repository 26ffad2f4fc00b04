/** Lets whoever handles things in groups wait for those that are about to come, and no longer than that is worth. */
export class Arrivals {
  #missing = 0;
  #over: (() => void) | undefined;

  /** Resolves when so many have arrived, and after this time (milliseconds) at the latest. One at a time. */
  wait(count: number, milliseconds: number): Promise<void> {
    if (count <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.end(), milliseconds);
      this.#missing = count;
      this.#over = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** One has arrived. */
  arrived(): void {
    this.#missing--;
    if (this.#missing === 0) this.end();
  }

  /** Ends the wait, if there is one. */
  end(): void {
    this.#over?.();
    this.#over = undefined;
  }
}
