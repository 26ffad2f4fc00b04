/** Whether Kafka can be reached. */
export type KafkaState =
  | { readonly state: 'ready' }
  /** with the reason, which is one line */
  | { readonly state: 'away'; readonly reason: string };

/** Says each change once, however often it is noticed. */
export class StateReport {
  readonly #report: (state: KafkaState) => void;
  #isReady = false;
  #isAway = false;

  constructor(report: ((state: KafkaState) => void) | undefined) {
    this.#report = report ?? (() => {});
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  ready(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#isAway = false;
    this.#report({ state: 'ready' });
  }

  away(reason: string): void {
    this.#isReady = false;
    if (this.#isAway) return;
    this.#isAway = true;
    this.#report({ state: 'away', reason });
  }
}
