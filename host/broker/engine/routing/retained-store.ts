import { type Deadline, Deadlines } from '../deadlines.js';
import { LazyMap } from '../lazy/lazy-collections.js';
import { isExpired, type Message } from '../message.js';
import { unlimitedWork } from '../turns/work-queue.js';
import { type RetainedNode, RetainedWalk } from './retained-walk.js';
import { levelBytes, topicBytes } from './topic-levels.js';

/** Expired messages that are removed at a time when there is no room. */
const SWEEP = 100;

/**
 * Called with each change of what is kept.
 *
 * @param before the message that is gone, if there was one
 * @param after the one that is kept in its place, and its number
 */
export type WhenChanged = (topic: string, before: Message | undefined, after?: Message, storedAt?: number) => void;

/**
 * The last retained message of each topic (3.3.1.3), in a tree by level: a filter visits only the branches that it can
 * match. Nothing here recurses.
 */
export class RetainedStore {
  readonly root: RetainedNode = makeNode(undefined, '', 0);
  #count = 0;
  #totalBytes = 0;
  #nodes = 0;
  #stored = 0;
  readonly #expiries = new Deadlines((error) => {
    throw error;
  });
  readonly #maximumMessages: number;
  readonly #maximumBytes: number;
  readonly #whenChanged: WhenChanged;

  /**
   * @param maximumBytes most bytes held: messages and the nodes of their topics
   * @param whenChanged not called by `restore`
   */
  constructor(maximumMessages: number, maximumBytes: number, whenChanged: WhenChanged = () => {}) {
    this.#maximumMessages = maximumMessages;
    this.#maximumBytes = maximumBytes;
    this.#whenChanged = whenChanged;
  }

  get size(): number {
    return this.#count;
  }

  /** Bytes that messages and nodes count for. */
  get bytes(): number {
    return this.#totalBytes;
  }

  /** Number of the last message that was kept, see `RetainedNode.storedAt`. */
  get stored(): number {
    return this.#stored;
  }

  /** When the next message expires, in milliseconds; undefined when none does. */
  get nextExpiry(): number | undefined {
    return this.#expiries.nextDeadline(Number.NEGATIVE_INFINITY);
  }

  /**
   * Keeps the message in place of the topic's last one (3.3.1-5); an empty payload removes it and keeps nothing
   * (3.3.1-6, -7).
   *
   * @param now milliseconds: what has expired by then makes room
   * @returns false when the limits leave no room: the store is then as it was, but for expired messages
   */
  set(message: Message, now: number): boolean {
    if (message.payload.length === 0) {
      this.delete(message.topic);
      return true;
    }
    return this.#keep(message, this.#stored + 1, now, this.#whenChanged);
  }

  /**
   * Takes over a message that a journal kept, with the number that it had.
   *
   * @returns as `set`
   */
  restore(message: Message, storedAt: number, now: number): boolean {
    return this.#keep(message, storedAt, now);
  }

  /** Numbers begin behind this one: a journal knows of a message that had it and is gone. */
  countFrom(stored: number): void {
    this.#stored = Math.max(this.#stored, stored);
  }

  #keep(message: Message, storedAt: number, now: number, whenChanged?: WhenChanged): boolean {
    const levels = message.topic.split('/');
    while (!this.#hasRoomFor(message, levels)) {
      if ((this.nextExpiry ?? Number.POSITIVE_INFINITY) > now) return false;
      this.sweep(now, SWEEP);
    }
    const node = this.#nodeFor(levels);
    const before = node.message;
    if (before) this.#totalBytes -= before.size;
    else this.#count++;
    this.#totalBytes += message.size;
    node.message = message;
    node.storedAt = storedAt;
    this.#stored = Math.max(this.#stored, storedAt);
    node.expiry?.cancel();
    node.expiry = this.#watch(node, message);
    whenChanged?.(message.topic, before, message, storedAt);
    return true;
  }

  delete(topic: string): void {
    const node = this.find(topic);
    const before = node?.message;
    if (node) this.#clear(node);
    this.#whenChanged(topic, before);
  }

  /** Removes messages that have expired. @param most messages that are removed at most */
  sweep(now: number, most: number): void {
    this.#expiries.tick(now, most);
  }

  /** The node of this topic, if it has one. */
  find(topic: string): RetainedNode | undefined {
    let node: RetainedNode | undefined = this.root;
    for (const level of topic.split('/')) {
      node = node.children?.get(level);
      if (!node) return undefined;
    }
    return node;
  }

  /** All messages that match the filter, without expired ones, in one go: what a client asks for is walked in turns. */
  match(filter: string, now: number): Message[] {
    const walk = new RetainedWalk(this.root, filter);
    const found: Message[] = [];
    for (let node = walk.next(unlimitedWork, now); node; node = walk.next(unlimitedWork, now))
      found.push(node.message!);
    return found;
  }

  /** Every message that has not expired, one by one; for as long as nothing changes. */
  *all(now: number): Generator<Message> {
    const open: RetainedNode[] = [this.root];
    for (let node = open.pop(); node; node = open.pop()) {
      if (node.message && !isExpired(node.message, now)) yield node.message;
      for (const child of node.children?.values() ?? []) open.push(child);
    }
  }

  #watch(node: RetainedNode, message: Message): Deadline | undefined {
    if (message.expiresAt === undefined) return undefined;
    return this.#expiries.add(message.expiresAt, () => {
      this.#clear(node);
      this.#whenChanged(message.topic, message);
    });
  }

  #hasRoomFor(message: Message, levels: readonly string[]): boolean {
    let count = this.#count + 1;
    let bytes = this.#totalBytes + message.size;
    // Most often there is room even for a topic that shares nothing with others.
    if (count <= this.#maximumMessages && bytes + topicBytes(message.topic) <= this.#maximumBytes) return true;
    let node: RetainedNode | undefined = this.root;
    for (const level of levels) {
      node = node?.children?.get(level);
      if (!node) bytes += levelBytes(level);
    }
    if (node?.message) {
      count--;
      bytes -= node.message.size;
    }
    return count <= this.#maximumMessages && bytes <= this.#maximumBytes;
  }

  #nodeFor(levels: readonly string[]): RetainedNode {
    let node = this.root;
    for (const level of levels) {
      node.children ??= new LazyMap();
      let child = node.children.get(level);
      if (!child) {
        child = makeNode(node, level, ++this.#nodes);
        node.children.set(level, child);
        this.#totalBytes += levelBytes(level);
      }
      node = child;
    }
    return node;
  }

  #clear(from: RetainedNode): void {
    if (!from.message) return;
    this.#count--;
    this.#totalBytes -= from.message.size;
    from.message = undefined;
    from.expiry?.cancel();
    from.expiry = undefined;
    let node = from;
    while (node.parent && !node.message && !node.children) {
      const { parent } = node;
      parent.children!.delete(node.level);
      this.#totalBytes -= levelBytes(node.level);
      if (parent.children!.size === 0) parent.children = undefined;
      node = parent;
    }
  }
}

function makeNode(parent: RetainedNode | undefined, level: string, serial: number): RetainedNode {
  return { parent, level, serial, children: undefined, message: undefined, storedAt: 0, expiry: undefined };
}
