interface Bucket {
  /** attempts that may be made now, up to the burst */
  tokens: number;
  /** when `tokens` was true, in milliseconds */
  at: number;
}

export interface AttemptLimits {
  /** attempts that may be made at once */
  burst: number;
  /** attempts that become possible each second */
  rate: number;
}

/** Names that are remembered; then the one that was used least lately is forgotten. */
const MOST_NAMES = 10_000;

/** Counts failed attempts by name, so that they become slow. Costs the same for each attempt, and its memory is bounded. */
export class LogInAttempts {
  readonly #limits: AttemptLimits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: AttemptLimits) {
    this.#limits = limits;
  }

  /**
   * An attempt is to be made. It counts as failed until {@link takeBack}: many at once are not more than one after the other.
   *
   * @param now milliseconds, never going back
   * @returns 0 when it may be made, else milliseconds until it may
   */
  begin(name: string, now: number): number {
    const { burst, rate } = this.#limits;
    const bucket = this.#buckets.get(name) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    this.#remember(name, bucket);
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / rate) * 1000);
    bucket.tokens--;
    return 0;
  }

  /** The attempt that was begun does not count. */
  takeBack(name: string): void {
    const bucket = this.#buckets.get(name);
    if (bucket) bucket.tokens = Math.min(this.#limits.burst, bucket.tokens + 1);
  }

  #remember(name: string, bucket: Bucket): void {
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    if (this.#buckets.size > MOST_NAMES) {
      const [oldest] = this.#buckets.keys();
      this.#buckets.delete(oldest);
    }
  }
}
