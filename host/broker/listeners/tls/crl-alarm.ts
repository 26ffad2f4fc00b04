import type { Deadline } from '../../engine/deadlines.js';
import type { Clockwork } from '../clockwork.js';
import type { RevocationLists } from './revocation-lists.js';

/** Milliseconds after which the wall clock is looked at again: it may be set, and the machine may sleep. */
const LOOK_AGAIN = 3_600_000;

const DAY = 86_400_000;

/** Announces CRLs that are going to lock every client out, and those that do. Each is announced once for each list. */
export class CrlAlarm {
  readonly #clockwork: Clockwork;
  readonly #wallClock: () => number;
  readonly #warn: (message: string) => void;
  readonly #lead: number | undefined;
  #deadline: Deadline | undefined;
  #announced = new Set<string>();

  /** @param lead milliseconds before nextUpdate; default: a day, or a quarter of a list's life if that is shorter */
  constructor(
    clockwork: Clockwork,
    wallClock: () => number,
    lead: number | undefined,
    warn: (message: string) => void,
  ) {
    this.#clockwork = clockwork;
    this.#wallClock = wallClock;
    this.#lead = lead;
    this.#warn = warn;
  }

  /** Watches these lists from now on, and no others. */
  watch(lists: RevocationLists): void {
    this.stop();
    this.#announced = new Set();
    this.#look(lists);
  }

  stop(): void {
    this.#deadline?.cancel();
  }

  #look(lists: RevocationLists): void {
    const now = this.#wallClock();
    let next = Number.POSITIVE_INFINITY;
    for (const { issuer, begins, ends } of lists.lives) {
      const lead = this.#lead ?? Math.min(DAY, (ends - begins) / 4);
      if (now < begins) {
        this.#announce(`the CRL of ${issuer} begins at ${date(begins)}: until then ${LOCKED_OUT}`);
      }
      if (now >= ends) this.#announce(`the CRL of ${issuer} expired at ${date(ends)}: ${LOCKED_OUT} until ${NEWER}`);
      else if (now >= ends - lead) {
        this.#announce(`the CRL of ${issuer} expires at ${date(ends)}: ${LOCKED_OUT} from then on, unless ${NEWER}`);
      }
      for (const moment of [ends - lead, ends]) if (moment > now) next = Math.min(next, moment);
    }
    if (next === Number.POSITIVE_INFINITY) return;
    this.#deadline = this.#clockwork.after(Math.min(next - now, LOOK_AGAIN), () => this.#look(lists));
  }

  #announce(message: string): void {
    if (this.#announced.has(message)) return;
    this.#announced.add(message);
    this.#warn(message);
  }
}

const LOCKED_OUT = 'every client certificate of this CA is refused';
const NEWER = 'a newer one is loaded';

const date = (milliseconds: number) => new Date(milliseconds).toISOString();
