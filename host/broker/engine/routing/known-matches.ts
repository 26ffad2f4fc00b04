import { WORK, type Work } from '../turns/work-queue.js';
import type { SharedGroup } from './shared-group.js';
import type { Findings, Search } from './topic-match.js';

/** Topics that are known at a time. */
const TOPICS = 1000;
/** Characters of the longest topic that is worth its memory. */
const LONGEST = 256;
/** Subscriptions of a topic, at most: with more of them the search is the smaller part of the work. */
const FEW = 16;

/**
 * What was found for topics on which messages come again and again. All of it is forgotten when a subscription comes, changes or
 * goes.
 */
export class KnownMatches<Owner, Value> {
  readonly #byTopic = new Map<string, Search<Owner, Value>>();
  /** Counts what was forgotten: a search that began before does not know what has changed. */
  #age = 0;

  forget(): void {
    this.#age++;
    if (this.#byTopic.size > 0) this.#byTopic.clear();
  }

  /** What is known of this topic. */
  get(topic: string): Search<Owner, Value> | undefined {
    return this.#byTopic.get(topic);
  }

  /** This search, whose outcome is known from then on. */
  learn(topic: string, search: Search<Owner, Value>): Search<Owner, Value> {
    if (topic.length > LONGEST) return search;
    const age = this.#age;
    return new Recording(search, (found) => {
      if (age !== this.#age) return;
      if (this.#byTopic.size >= TOPICS) this.#byTopic.clear();
      this.#byTopic.set(topic, found);
    });
  }
}

/** What one search found. */
class Found<Owner, Value> implements Search<Owner, Value> {
  readonly owners: Owner[] = [];
  readonly values: Value[] = [];
  readonly groups: SharedGroup<Owner, Value>[] = [];

  run(work: Work, findings: Findings<Owner, Value>): boolean {
    for (let at = 0; at < this.owners.length; at++) findings.visit(this.owners[at], this.values[at]);
    for (const group of this.groups) findings.visitGroup(group);
    work.spend(WORK.node * (this.owners.length + 1));
    return true;
  }
}

/** A search that writes down what it finds. */
class Recording<Owner, Value> implements Search<Owner, Value>, Findings<Owner, Value> {
  readonly #search: Search<Owner, Value>;
  readonly #done: (found: Found<Owner, Value>) => void;
  readonly #found = new Found<Owner, Value>();
  #isFew = true;
  #findings!: Findings<Owner, Value>;

  constructor(search: Search<Owner, Value>, done: (found: Found<Owner, Value>) => void) {
    this.#search = search;
    this.#done = done;
  }

  run(work: Work, findings: Findings<Owner, Value>): boolean {
    this.#findings = findings;
    if (!this.#search.run(work, this)) return false;
    if (this.#isFew) this.#done(this.#found);
    return true;
  }

  visit(owner: Owner, value: Value): void {
    const { owners, values } = this.#found;
    this.#isFew &&= owners.length < FEW;
    if (this.#isFew) {
      owners.push(owner);
      values.push(value);
    }
    this.#findings.visit(owner, value);
  }

  visitGroup(group: SharedGroup<Owner, Value>): void {
    const { groups } = this.#found;
    this.#isFew &&= groups.length < FEW;
    if (this.#isFew) groups.push(group);
    this.#findings.visitGroup(group);
  }
}
