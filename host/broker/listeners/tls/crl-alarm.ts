import type { Deadline } from '../../engine/deadlines.js';
import type { Clockwork } from '../clockwork.js';
import type { RevocationLists } from './revocation-lists.js';

/** Milliseconds after which the wall clock is looked at again: it may be set, and the machine may sleep. */
const LOOK_AGAIN = 3_600_000;

/** Announces CRLs that are going to lock every client out, and those that do. Each is announced once for each list. */
export class CrlAlarm {
  readonly #clockwork: Clockwork;
  readonly #wallNow: () => number;
  readonly #warn: (message: string) => void;
  readonly #lead: number;
  #deadline: Deadline | undefined;
  #announced = new Set<string>();

  /** @param lead milliseconds before nextUpdate */
  constructor(clockwork: Clockwork, wallNow: () => number, lead: number, warn: (message: string) => void) {
    this.#clockwork = clockwork;
    this.#wallNow = wallNow;
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
    const now = this.#wallNow();
    let next = Number.POSITIVE_INFINITY;
    for (const { issuer, at } of lists.beginnings) {
      if (at <= now) continue;
      this.#announce(
        `the CRL of ${issuer} begins at ${date(at)}: until then every client certificate of it is refused`,
      );
    }
    for (const { issuer, at } of lists.ends) {
      if (at === Number.POSITIVE_INFINITY) continue;
      if (at <= now) this.#announce(`the CRL of ${issuer} expired at ${date(at)}: ${LOCKED_OUT} until ${NEWER}`);
      else if (at - this.#lead <= now) {
        this.#announce(`the CRL of ${issuer} expires at ${date(at)}: ${LOCKED_OUT} from then on, unless ${NEWER}`);
      }
      for (const moment of [at - this.#lead, at]) if (moment > now) next = Math.min(next, moment);
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
