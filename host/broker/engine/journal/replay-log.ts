import type { ReplayValue } from './journal-record.js';

/** Characters of topics from which on a part is full: each message rewrites the part that it is in. */
const FULL = 1024;

interface Progress {
  readonly keptUntil: number;
  /** Number of the part that is filled now, and its topics. */
  part: number;
  topics: string[];
  characters: number;
  /** Parts that have a record: those below this number. */
  recorded: number;
}

/**
 * Which retained messages one session is still to get, as all those that were kept before the subscription but these: the order
 * in which they come does not outlive the process. Replays that are done within the call that began them leave no record.
 */
export class ReplayLog {
  readonly #put: (topicFilter: string, part: number, value?: ReplayValue) => void;
  readonly #afterCall: (work: () => void) => void;
  readonly #all = new Map<string, Progress>();
  readonly #changed = new Set<string>();

  /** @param afterCall runs work when the present call into the engine is done, within it */
  constructor(
    put: (topicFilter: string, part: number, value?: ReplayValue) => void,
    afterCall: (work: () => void) => void,
  ) {
    this.#put = put;
    this.#afterCall = afterCall;
  }

  begin(topicFilter: string, keptUntil: number): void {
    this.end(topicFilter);
    this.#all.set(topicFilter, { keptUntil, part: 0, topics: [], characters: 0, recorded: 0 });
    this.#note(topicFilter);
  }

  /** Takes over one that was loaded. @param parts of its record */
  adopt(topicFilter: string, keptUntil: number, parts: number): void {
    this.#all.set(topicFilter, { keptUntil, part: parts, topics: [], characters: 0, recorded: parts });
  }

  /** The session has the message of this topic. */
  sent(topicFilter: string, topic: string): void {
    const progress = this.#all.get(topicFilter);
    if (!progress) return;
    if (progress.characters > FULL) {
      this.#write(topicFilter, progress);
      progress.part++;
      progress.topics = [];
      progress.characters = 0;
    }
    progress.topics.push(topic);
    progress.characters += topic.length;
    this.#note(topicFilter);
  }

  end(topicFilter: string): void {
    const progress = this.#all.get(topicFilter);
    this.#all.delete(topicFilter);
    for (let part = 0; part < (progress?.recorded ?? 0); part++) this.#put(topicFilter, part);
  }

  endAll(): void {
    for (const topicFilter of [...this.#all.keys()]) this.end(topicFilter);
  }

  #note(topicFilter: string): void {
    if (this.#changed.size === 0) this.#afterCall(() => this.#writeChanged());
    this.#changed.add(topicFilter);
  }

  #writeChanged(): void {
    for (const topicFilter of this.#changed) {
      const progress = this.#all.get(topicFilter);
      if (progress) this.#write(topicFilter, progress);
    }
    this.#changed.clear();
  }

  #write(topicFilter: string, progress: Progress): void {
    const { keptUntil, part, topics } = progress;
    // A copy: a record may be kept.
    this.#put(topicFilter, part, { keptUntil, topics: [...topics] });
    progress.recorded = Math.max(progress.recorded, part + 1);
  }
}
