import { isExpired, type Message, messageSize } from '../message.js';

interface Node {
  readonly parent: Node | undefined;
  readonly level: string;
  children: Map<string, Node> | undefined;
  message: Message | undefined;
}

/**
 * The last retained message of each topic (3.3.1.3), in a tree by level: a filter visits only the branches that it can
 * match. Nothing here recurses.
 */
export class RetainedStore {
  readonly #root: Node = { parent: undefined, level: '', children: undefined, message: undefined };
  #count = 0;
  #totalBytes = 0;
  readonly #maximumMessages: number;
  readonly #maximumBytes: number;

  /** @param maximumBytes most bytes held, topics and payloads */
  constructor(maximumMessages: number, maximumBytes: number) {
    this.#maximumMessages = maximumMessages;
    this.#maximumBytes = maximumBytes;
  }

  get size(): number {
    return this.#count;
  }

  /** As the limit counts them. */
  get bytes(): number {
    return this.#totalBytes;
  }

  /**
   * Keeps the message in place of the topic's last one (3.3.1-5); an empty payload removes it and keeps nothing
   * (3.3.1-6, -7).
   *
   * @returns false when the limits leave no room: the store is then as it was
   */
  set(message: Message, now: number): boolean {
    if (message.payload.length === 0) {
      this.delete(message.topic);
      return true;
    }
    if (!this.#hasRoomFor(message)) {
      this.#removeExpired(now);
      if (!this.#hasRoomFor(message)) return false;
    }
    const node = this.#nodeFor(message.topic);
    if (node.message) this.#totalBytes -= messageSize(node.message);
    else this.#count++;
    this.#totalBytes += messageSize(message);
    node.message = message;
    return true;
  }

  delete(topic: string): void {
    const node = this.#find(topic);
    if (node) this.#clear(node);
  }

  /** Messages whose topic matches the filter (4.7, with the `$` rule of 4.7.2-1), without expired ones. */
  match(filter: string, now: number): Message[] {
    const levels = filter.split('/');
    const found: Message[] = [];
    let frontier: Node[] = [this.#root];
    for (let depth = 0; depth < levels.length && frontier.length > 0; depth++) {
      const level = levels[depth];
      if (level === '#') {
        collect(frontier, depth === 0, now, found);
        return found;
      }
      const next: Node[] = [];
      for (const { children } of frontier) {
        if (!children) continue;
        if (level !== '+') {
          const child = children.get(level);
          if (child) next.push(child);
          continue;
        }
        for (const child of children.values()) if (depth > 0 || !child.level.startsWith('$')) next.push(child);
      }
      frontier = next;
    }
    for (const { message } of frontier) if (message && !isExpired(message, now)) found.push(message);
    return found;
  }

  /** Every message that has not expired, one by one; for as long as nothing changes. */
  *all(now: number): Generator<Message> {
    const open: Node[] = [this.#root];
    for (let node = open.pop(); node; node = open.pop()) {
      if (node.message && !isExpired(node.message, now)) yield node.message;
      for (const child of node.children?.values() ?? []) open.push(child);
    }
  }

  #hasRoomFor(message: Message): boolean {
    const old = this.#find(message.topic)?.message;
    const count = this.#count + (old ? 0 : 1);
    const bytes = this.#totalBytes + messageSize(message) - (old ? messageSize(old) : 0);
    return count <= this.#maximumMessages && bytes <= this.#maximumBytes;
  }

  #removeExpired(now: number): void {
    const open: Node[] = [this.#root];
    const expired: Node[] = [];
    for (let node = open.pop(); node; node = open.pop()) {
      if (node.message && isExpired(node.message, now)) expired.push(node);
      for (const child of node.children?.values() ?? []) open.push(child);
    }
    for (const node of expired) this.#clear(node);
  }

  #find(topic: string): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const level of topic.split('/')) {
      node = node.children?.get(level);
      if (!node) return undefined;
    }
    return node;
  }

  #nodeFor(topic: string): Node {
    let node = this.#root;
    for (const level of topic.split('/')) {
      node.children ??= new Map();
      let child = node.children.get(level);
      if (!child) {
        child = { parent: node, level, children: undefined, message: undefined };
        node.children.set(level, child);
      }
      node = child;
    }
    return node;
  }

  #clear(from: Node): void {
    if (!from.message) return;
    this.#count--;
    this.#totalBytes -= messageSize(from.message);
    from.message = undefined;
    let node = from;
    while (node.parent && !node.message && !node.children) {
      const { parent } = node;
      parent.children!.delete(node.level);
      if (parent.children!.size === 0) parent.children = undefined;
      node = parent;
    }
  }
}

/** Everything at and below these nodes: "#" stands for its parent level too (4.7.1.2). */
function collect(from: Node[], atRoot: boolean, now: number, found: Message[]): void {
  const open = [...from];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.message && !isExpired(node.message, now)) found.push(node.message);
    if (!node.children) continue;
    for (const child of node.children.values()) {
      if (atRoot && node.parent === undefined && child.level.startsWith('$')) continue;
      open.push(child);
    }
  }
}
