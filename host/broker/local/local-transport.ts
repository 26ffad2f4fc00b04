import type { LocalLink } from './local-link.js';

/** What a client hears of its connection; never within a call of its own. */
export interface LocalTransportEvents {
  opened(): void;
  data(bytes: Uint8Array): void;
  /** The broker takes more. */
  drained(): void;
  /** Once, and nothing after it. */
  closed(reason: string): void;
}

/** A connection for a client that speaks MQTT by itself: what a socket is to clients elsewhere, back-pressure both ways included. */
export class LocalTransport {
  readonly #link: LocalLink;
  readonly #events: LocalTransportEvents;
  readonly #gone: Promise<void>;
  #isOpen = false;
  #isReading = true;
  #wasSlow = false;
  /** Of the broker, and not wanted yet. */
  #waiting: Uint8Array[] = [];
  #bytes = 0;

  constructor(link: LocalLink, events: LocalTransportEvents) {
    this.#link = link;
    this.#events = events;
    this.#gone = new Promise((resolve) => {
      link.listen({
        bytes: (bytes) => {
          this.#waiting.push(bytes);
          this.#bytes += bytes.length;
        },
        turn: () => this.#turn(),
        end: () => {
          resolve();
          events.closed('the broker closed the connection');
        },
        held: () => this.#bytes,
      });
    });
    link.schedule();
  }

  /** The broker has not taken what was written: more should wait for `drained`. */
  get isSlow(): boolean {
    this.#wasSlow ||= this.#link.isSlow;
    return this.#link.isSlow;
  }

  write(bytes: Uint8Array): void {
    this.#link.receive(bytes);
  }

  /** Whether data is wanted; while it is not, the broker keeps messages back. */
  read(isWanted: boolean): void {
    this.#isReading = isWanted;
    if (isWanted && this.#bytes > 0) this.#link.schedule();
  }

  /** Resolves when the connection is gone. */
  async end(): Promise<void> {
    this.#link.close();
    await this.#gone;
  }

  #turn(): void {
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#events.opened();
    }
    while (this.#isReading && this.#waiting.length > 0) {
      const bytes = this.#waiting.shift()!;
      this.#bytes -= bytes.length;
      this.#events.data(bytes);
    }
    if (!this.#wasSlow || this.#link.isSlow) return;
    this.#wasSlow = false;
    this.#events.drained();
  }
}
