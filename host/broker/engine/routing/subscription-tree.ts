import { LazyMap } from '../lazy/lazy-collections.js';
import { unlimitedWork } from '../turns/work-queue.js';
import { KnownMatches } from './known-matches.js';
import { placeOf } from './shared-filter.js';
import { SharedGroup } from './shared-group.js';
import { levelBytes, topicBytes } from './topic-levels.js';
import { type Search, type SubscriptionNode, TopicMatch } from './topic-match.js';

/**
 * Topic filters as a tree, one node for each level: the cost of a match depends on the topic's levels, not on the
 * number of subscriptions. Shared subscriptions (4.8.2) are groups at the node of their filter. Nothing here recurses: a
 * topic may have thousands of levels.
 *
 * Filters and topics must be valid (4.7.1, 4.7.3, 4.8.2).
 */
export class SubscriptionTree<Owner, Value> {
  readonly #root: SubscriptionNode<Owner, Value> = makeNode(undefined, '');
  #count = 0;
  #totalBytes = 0;
  readonly #bytesOf = new Map<Owner, number>();
  readonly #known = new KnownMatches<Owner, Value>();

  /** Filters held, each counted once for each owner. */
  get size(): number {
    return this.#count;
  }

  /** Bytes that the nodes count for. */
  get bytes(): number {
    return this.#totalBytes;
  }

  /** Bytes that the owner's filters count for, each as if it shared no node. */
  bytesOf(owner: Owner): number {
    return this.#bytesOf.get(owner) ?? 0;
  }

  /** Adds or replaces the owner's subscription to exactly this filter (3.8.4-3). True when it is new. */
  set(filter: string, owner: Owner, value: Value): boolean {
    this.#known.forget();
    const { shareName, topicFilter } = placeOf(filter);
    const node = this.#nodeFor(topicFilter);
    let entries: LazyMap<Owner, Value> | SharedGroup<Owner, Value>;
    let isNew: boolean;
    if (shareName === undefined) {
      node.entries ??= new LazyMap();
      entries = node.entries;
      isNew = !entries.has(owner);
    } else {
      node.groups ??= new Map();
      entries = node.groups.get(shareName) ?? new SharedGroup(filter);
      node.groups.set(shareName, entries);
      isNew = !entries.has(owner);
    }
    entries.set(owner, value);
    if (!isNew) return false;
    this.#count++;
    this.#bytesOf.set(owner, this.bytesOf(owner) + topicBytes(filter));
    return true;
  }

  /** Removes the owner's subscription to exactly this filter (3.10.4-1). False when there was none. */
  delete(filter: string, owner: Owner): boolean {
    const { shareName, topicFilter } = placeOf(filter);
    const node = this.#find(topicFilter);
    if (!node) return false;
    const { entries, groups } = node;
    const holder = shareName === undefined ? entries : groups?.get(shareName);
    if (!holder?.delete(owner)) return false;
    this.#known.forget();
    this.#count--;
    const bytes = this.bytesOf(owner) - topicBytes(filter);
    if (bytes > 0) this.#bytesOf.set(owner, bytes);
    else this.#bytesOf.delete(owner);
    if (shareName !== undefined && holder.size === 0) groups!.delete(shareName);
    if (entries?.size === 0) node.entries = undefined;
    if (groups?.size === 0) node.groups = undefined;
    this.#prune(node);
    return true;
  }

  /** The members of a shared subscription; undefined when there are none. */
  group(filter: string): SharedGroup<Owner, Value> | undefined {
    const { shareName, topicFilter } = placeOf(filter);
    return shareName === undefined ? undefined : this.#find(topicFilter)?.groups?.get(shareName);
  }

  /** Looks for the subscriptions to a topic name, in as many turns as it takes. */
  search(topic: string): Search<Owner, Value> {
    return this.#known.get(topic) ?? this.#known.learn(topic, new TopicMatch(this.#root, topic));
  }

  /** Calls `visit` for every subscription that is not shared and matches the topic name, see `TopicMatch`. */
  match(topic: string, visit: (owner: Owner, value: Value) => void): void {
    this.search(topic).run(unlimitedWork, { visit, visitGroup() {} });
  }

  #find(filter: string): SubscriptionNode<Owner, Value> | undefined {
    let node: SubscriptionNode<Owner, Value> | undefined = this.#root;
    for (const level of filter.split('/')) {
      node = node.children?.get(level);
      if (!node) return undefined;
    }
    return node;
  }

  #nodeFor(filter: string): SubscriptionNode<Owner, Value> {
    let node = this.#root;
    for (const level of filter.split('/')) {
      node.children ??= new LazyMap();
      let child = node.children.get(level);
      if (!child) {
        child = makeNode(node, level);
        node.children.set(level, child);
        this.#totalBytes += levelBytes(level);
      }
      node = child;
    }
    return node;
  }

  /** Removes the branch as far up as it is empty. */
  #prune(from: SubscriptionNode<Owner, Value>): void {
    let node = from;
    while (node.parent && !node.entries && !node.groups && !node.children) {
      const { parent, level } = node;
      parent.children!.delete(level);
      this.#totalBytes -= levelBytes(level);
      if (parent.children!.size === 0) parent.children = undefined;
      node = parent;
    }
  }
}

function makeNode<Owner, Value>(parent: SubscriptionNode<Owner, Value> | undefined, level: string) {
  return { parent, level, children: undefined, entries: undefined, groups: undefined };
}
