interface Node<Owner, Value> {
  readonly parent: Node<Owner, Value> | undefined;
  readonly level: string;
  children: Map<string, Node<Owner, Value>> | undefined;
  entries: Map<Owner, Value> | undefined;
}

/**
 * Topic filters as a tree, one node for each level: the cost of a match depends on the topic's levels, not on the
 * number of subscriptions. Nothing here recurses: a topic may have thousands of levels.
 *
 * Filters and topics must be valid (4.7.1, 4.7.3).
 */
export class SubscriptionTree<Owner, Value> {
  readonly #root: Node<Owner, Value> = { parent: undefined, level: '', children: undefined, entries: undefined };
  #count = 0;

  /** Filters held, each counted once for each owner. */
  get size(): number {
    return this.#count;
  }

  /** Adds or replaces the owner's subscription to exactly this filter (3.8.4-3). True when it is new. */
  set(filter: string, owner: Owner, value: Value): boolean {
    let node = this.#root;
    for (const level of filter.split('/')) {
      node.children ??= new Map();
      let child = node.children.get(level);
      if (!child) {
        child = { parent: node, level, children: undefined, entries: undefined };
        node.children.set(level, child);
      }
      node = child;
    }
    node.entries ??= new Map();
    const isNew = !node.entries.has(owner);
    node.entries.set(owner, value);
    if (isNew) this.#count++;
    return isNew;
  }

  /** Removes the owner's subscription to exactly this filter (3.10.4-1). False when there was none. */
  delete(filter: string, owner: Owner): boolean {
    let node: Node<Owner, Value> | undefined = this.#root;
    for (const level of filter.split('/')) {
      node = node.children?.get(level);
      if (!node) return false;
    }
    if (!node.entries?.delete(owner)) return false;
    this.#count--;
    if (node.entries.size === 0) node.entries = undefined;
    // Remove the branch as far up as it is empty.
    while (node?.parent && !node.entries && !node.children) {
      const parent: Node<Owner, Value> = node.parent;
      parent.children!.delete(node.level);
      if (parent.children!.size === 0) parent.children = undefined;
      node = parent;
    }
    return true;
  }

  /**
   * Calls `visit` for every subscription whose filter matches the topic name (4.7). One owner is visited once for each
   * of its matching filters. A filter that begins with a wildcard does not match a topic that begins with `$` (4.7.2-1).
   */
  match(topic: string, visit: (owner: Owner, value: Value) => void): void {
    let frontier: Node<Owner, Value>[] = [this.#root];
    let wildcards = !topic.startsWith('$');
    for (const level of topic.split('/')) {
      const next: Node<Owner, Value>[] = [];
      for (const { children } of frontier) {
        if (!children) continue;
        const exact = children.get(level);
        if (exact) next.push(exact);
        if (!wildcards) continue;
        const plus = children.get('+');
        if (plus) next.push(plus);
        visitAll(children.get('#'), visit);
      }
      if (next.length === 0) return;
      frontier = next;
      wildcards = true;
    }
    for (const node of frontier) {
      visitAll(node, visit);
      // "#" also stands for its parent level (4.7.1.2): "sport/#" matches "sport".
      visitAll(node.children?.get('#'), visit);
    }
  }
}

function visitAll<Owner, Value>(
  node: Node<Owner, Value> | undefined,
  visit: (owner: Owner, value: Value) => void,
): void {
  if (!node?.entries) return;
  for (const [owner, value] of node.entries) visit(owner, value);
}
