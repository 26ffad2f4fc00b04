import type { OccasionalEvent } from '../../broker/index.js';
import { reasonOf } from '../../node/reason.js';
import type { ListeningEvent } from './listening-event.js';

/** The lines of `--json`. What happens before all listeners are open comes after the line that says so. */
export class JsonEvents {
  readonly #print: (event: object) => void;
  #early: object[] | undefined = [];

  constructor(print: (event: object) => void) {
    this.#print = print;
  }

  begin(listening: ListeningEvent): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of [listening, ...early]) this.#print(event);
  }

  add(event: object): void {
    if (this.#early) this.#early.push(event);
    else this.#print(event);
  }

  /** Messages are no events here: their packets are lines with `-v`. */
  broker(event: OccasionalEvent): void {
    const { type, ...fields } = event;
    this.add({ event: type, ...fields, ...(event.type === 'failed' && { error: reasonOf(event.error) }) });
  }
}
