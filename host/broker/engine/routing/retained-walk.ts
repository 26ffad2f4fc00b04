import type { Deadline } from '../deadlines.js';
import type { LazyMap } from '../lazy/lazy-collections.js';
import { isExpired, type Message } from '../message.js';
import type { Work } from '../turns/work-queue.js';

/** One level of the tree of retained messages. */
export interface RetainedNode {
  readonly parent: RetainedNode | undefined;
  readonly level: string;
  /** Rises with each node that is made: children are in the order of their serials. */
  readonly serial: number;
  children: LazyMap<string, RetainedNode> | undefined;
  message: Message | undefined;
  /** Rises with each message that is kept. */
  storedAt: number;
  expiry: Deadline | undefined;
}

/** A node on the way from the root to where the walk is. */
interface Step {
  readonly node: RetainedNode;
  /** Of a level that is a wildcard; undefined until they are looked at. */
  children: Iterator<RetainedNode> | undefined;
  /** Serial of the last child that was entered, 0 before the first. */
  last: number;
}

/**
 * Visits the retained messages that match a filter (4.7, with the `$` rule of 4.7.2-1), parents before their children. It may
 * rest between two messages for as long as it likes, while others change the tree. Nothing here recurses.
 */
export class RetainedWalk {
  readonly #levels: string[];
  /** Index of "#", which is always the last level. */
  readonly #hash: number;
  readonly #path: Step[] = [];
  #isDone = false;

  /** @param filter a valid topic filter */
  constructor(root: RetainedNode, filter: string) {
    this.#levels = filter.split('/');
    const last = this.#levels.length - 1;
    this.#hash = this.#levels[last] === '#' ? last : Number.POSITIVE_INFINITY;
    this.#path.push({ node: root, children: undefined, last: 0 });
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * The next node whose message matches and has not expired.
   *
   * @returns undefined when the walk is done, or when the work of this turn is spent
   */
  next(work: Work, now: number): RetainedNode | undefined {
    while (!this.#isDone && !work.isSpent) {
      work.spend(1);
      const node = this.#enterNext();
      if (node?.message && this.#matches(this.#path.length - 1) && !isExpired(node.message, now)) return node;
    }
    return undefined;
  }

  /** Whether the walk still comes to where a message with this topic is. @param root of the tree */
  isAhead(root: RetainedNode, topic: string): boolean {
    const levels = topic.split('/');
    if (this.#isDone || !this.#matchesTopic(levels)) return false;
    let node = root;
    for (const [depth, level] of levels.entries()) {
      const child = node.children?.get(level);
      if (!child) return false;
      if (child.serial > this.#path[depth].last) return true;
      if (this.#path[depth + 1]?.node !== child) return false;
      node = child;
    }
    return false;
  }

  #matchesTopic(levels: string[]): boolean {
    const isLong = levels.length > this.#levels.length && this.#hash === Number.POSITIVE_INFINITY;
    if (isLong || levels.length < Math.min(this.#levels.length, this.#hash)) return false;
    return levels.every((level, depth) => this.#mayEnter(level, depth));
  }

  /** Enters the next node, or leaves the current one when it has no more children that matter. */
  #enterNext(): RetainedNode | undefined {
    const depth = this.#path.length - 1;
    const step = this.#path[depth];
    const node = this.#childOf(step, depth);
    if (!node) {
      this.#path.pop();
      this.#isDone = this.#path.length === 0;
      return undefined;
    }
    step.last = node.serial;
    if (!this.#mayEnter(node.level, depth)) return undefined;
    this.#path.push({ node, children: undefined, last: 0 });
    return node;
  }

  /** The next child that may match, if there is one. */
  #childOf(step: Step, depth: number): RetainedNode | undefined {
    const { children } = step.node;
    const level = depth >= this.#hash ? '#' : this.#levels[depth];
    if (!children || level === undefined) return undefined;
    if (level === '#' || level === '+') {
      step.children ??= children.values();
      return step.children.next().value;
    }
    return step.last === 0 ? children.get(level) : undefined;
  }

  /** @param depth levels above this one */
  #mayEnter(level: string, depth: number): boolean {
    const wanted = depth >= this.#hash ? '#' : this.#levels[depth];
    if (wanted !== '+' && wanted !== '#') return wanted === level;
    return depth > 0 || !level.startsWith('$');
  }

  /** "#" stands for its parent level too (4.7.1.2). */
  #matches(depth: number): boolean {
    return depth === this.#levels.length || depth >= this.#hash;
  }
}
