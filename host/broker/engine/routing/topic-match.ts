import type { LazyMap } from '../lazy/lazy-collections.js';
import { WORK, type Work } from '../turns/work-queue.js';
import type { SharedGroup } from './shared-group.js';

/** One level of the tree of subscriptions. */
export interface SubscriptionNode<Owner, Value> {
  readonly parent: SubscriptionNode<Owner, Value> | undefined;
  readonly level: string;
  children: LazyMap<string, SubscriptionNode<Owner, Value>> | undefined;
  /** Subscriptions to the filter that ends here. */
  entries: LazyMap<Owner, Value> | undefined;
  /** Shared ones, by share name. */
  groups: Map<string, SharedGroup<Owner, Value>> | undefined;
}

/** What a search finds. */
export interface Findings<Owner, Value> {
  visit(owner: Owner, value: Value): void;
  visitGroup(group: SharedGroup<Owner, Value>): void;
}

/** Looks for the subscriptions to one topic name. */
export interface Search<Owner, Value> {
  /** Goes on until the work of this turn is spent. @returns whether all were visited */
  run(work: Work, findings: Findings<Owner, Value>): boolean;
}

/**
 * The search for the subscriptions whose filter matches a topic name (4.7). One owner is visited once for each of its matching
 * filters. A filter that begins with a wildcard does not match a topic that begins with `$` (4.7.2-1).
 *
 * It may rest for as long as it likes while subscriptions come and go: one that was there all the time is found.
 */
export class TopicMatch<Owner, Value> implements Search<Owner, Value> {
  readonly #levels: string[];
  /** Nodes to be looked at, and how many levels lie above each of them. */
  readonly #nodes: SubscriptionNode<Owner, Value>[] = [];
  readonly #depths: number[] = [];
  /** The entries that are being visited. */
  #entries: Iterator<[Owner, Value]> | undefined;

  constructor(root: SubscriptionNode<Owner, Value>, topic: string) {
    this.#levels = topic.split('/');
    this.#push(root, 0);
  }

  run(work: Work, findings: Findings<Owner, Value>): boolean {
    for (;;) {
      if (!this.#visitEntries(work, findings)) return false;
      const node = this.#nodes.pop();
      if (!node) return true;
      this.#take(node, this.#depths.pop()!, findings);
      work.spend(WORK.node);
    }
  }

  /** False when there are more. */
  #visitEntries(work: Work, findings: Findings<Owner, Value>): boolean {
    const entries = this.#entries;
    if (entries) {
      for (let next = entries.next(); !next.done; next = entries.next()) {
        findings.visit(next.value[0], next.value[1]);
        work.spend(WORK.node);
        if (work.isSpent) return false;
      }
      this.#entries = undefined;
    }
    return !work.isSpent;
  }

  #take(node: SubscriptionNode<Owner, Value>, depth: number, findings: Findings<Owner, Value>): void {
    const { children } = node;
    // A filter that is found has its depth behind all levels.
    if (depth >= this.#levels.length) {
      this.#entries = node.entries?.entries();
      for (const group of node.groups?.values() ?? []) findings.visitGroup(group);
      // "#" also stands for its parent level (4.7.1.2): "sport/#" matches "sport".
      if (depth === this.#levels.length) this.#pushChild(children, '#', Number.POSITIVE_INFINITY);
      return;
    }
    const level = this.#levels[depth];
    this.#pushChild(children, level, depth + 1);
    if (depth === 0 && level.startsWith('$')) return;
    this.#pushChild(children, '+', depth + 1);
    this.#pushChild(children, '#', Number.POSITIVE_INFINITY);
  }

  #pushChild(children: SubscriptionNode<Owner, Value>['children'], level: string, depth: number): void {
    const child = children?.get(level);
    if (child) this.#push(child, depth);
  }

  #push(node: SubscriptionNode<Owner, Value>, depth: number): void {
    this.#nodes.push(node);
    this.#depths.push(depth);
  }
}
