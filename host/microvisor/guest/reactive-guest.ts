import { Guest } from './guest.js';

/** How many entries one `run` makes before it gives the event loop a turn. */
const ENTRIES_PER_RUN = 1000;

/** A guest that is entered through `mv_app_start`, interrupt handlers and `mv_app_timer`, and returns from every call. */
export class ReactiveGuest extends Guest {
  start(): void {
    if (typeof this.exports._initialize === 'function') this.enter('_initialize');
    this.enter('mv_app_start');
  }

  nextDeadline(now: number): number | undefined {
    return this.kernel.nextDeadline(now);
  }

  protected runTurn(): void {
    const { kernel } = this;
    kernel.tick(kernel.now());
    for (let count = 0; count < ENTRIES_PER_RUN && this.running; count++) {
      const entry = kernel.takeEntry(kernel.now());
      if (entry === undefined) return;
      if (entry === 'timer') this.enter('mv_app_timer');
      else this.handle(entry.interrupt, (name, ...args) => this.enter(name, ...args));
      kernel.tick(kernel.now());
    }
  }
}
