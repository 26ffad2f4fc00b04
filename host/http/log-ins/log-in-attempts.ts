/** What is known of the attempts under one name. */
interface Tries {
  /** attempts that may still fail, up to the burst */
  left: number;
  /** when `left` was true, in milliseconds */
  at: number;
  /** attempts that are neither right nor wrong yet */
  open: number;
}

export interface AttemptLimits {
  /** attempts in a row that may fail */
  burst: number;
  /** failures that are forgotten each second */
  rate: number;
}

/** Names that are remembered; then the one that was used least lately is forgotten. */
const MOST_NAMES = 10_000;

/** Counts failed attempts by name, so that they become slow. Costs the same for each attempt, and its memory is bounded. */
export class LogInAttempts {
  readonly #limits: AttemptLimits;
  readonly #tries = new Map<string, Tries>();

  constructor(limits: AttemptLimits) {
    this.#limits = limits;
  }

  /**
   * An attempt is to be made; if it may, it is open until {@link decided}.
   *
   * @param now milliseconds, never going back
   * @returns 0 when it may be made now; milliseconds until it may; undefined when that depends on attempts that are open
   */
  begin(name: string, now: number): number | undefined {
    const { burst, rate } = this.#limits;
    const tries = this.#tries.get(name) ?? { left: burst, at: now, open: 0 };
    tries.left = Math.min(burst, tries.left + ((now - tries.at) / 1000) * rate);
    tries.at = now;
    this.#remember(name, tries);
    if (tries.left < 1) return Math.ceil(((1 - tries.left) / rate) * 1000);
    if (tries.left - tries.open < 1) return undefined;
    tries.open++;
    return 0;
  }

  /** An attempt that was begun is over. */
  decided(name: string, wasWrong: boolean): void {
    const tries = this.#tries.get(name);
    if (!tries) return;
    tries.open = Math.max(0, tries.open - 1);
    if (wasWrong) tries.left = Math.max(0, tries.left - 1);
  }

  #remember(name: string, tries: Tries): void {
    this.#tries.delete(name);
    this.#tries.set(name, tries);
    if (this.#tries.size > MOST_NAMES) {
      const [oldest] = this.#tries.keys();
      this.#tries.delete(oldest);
    }
  }
}
