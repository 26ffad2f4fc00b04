import type { Deadline } from '../deadlines.js';
import type { Message } from '../message.js';

/** One level of the tree of retained messages. */
export class RetainedNode {
  readonly parent: RetainedNode | undefined;
  readonly level: string;
  /** Rises with each node that is made: children are in the order of their serials. */
  readonly serial: number;
  message: Message | undefined;
  /** Rises with each message that is kept. */
  storedAt = 0;
  expiry: Deadline | undefined;
  /** By level; an only child by itself, since a map takes several times the memory of the node. */
  #children: RetainedNode | Map<string, RetainedNode> | undefined;

  constructor(parent: RetainedNode | undefined, level: string, serial: number) {
    this.parent = parent;
    this.level = level;
    this.serial = serial;
  }

  get hasChildren(): boolean {
    return this.#children !== undefined;
  }

  /** In their order. Those that are added meanwhile may be among them or not. */
  children(): Iterator<RetainedNode> {
    const children = this.#children;
    if (children instanceof Map) return children.values();
    return (children ? [children] : []).values();
  }

  child(level: string): RetainedNode | undefined {
    const children = this.#children;
    if (children instanceof Map) return children.get(level);
    return children?.level === level ? children : undefined;
  }

  /** Adds a child with the highest serial, for a level that has none. */
  add(child: RetainedNode): void {
    const children = this.#children;
    if (children === undefined) this.#children = child;
    else if (children instanceof Map) children.set(child.level, child);
    else
      this.#children = new Map([
        [children.level, children],
        [child.level, child],
      ]);
  }

  remove(child: RetainedNode): void {
    const children = this.#children;
    if (children instanceof Map && children.size > 1) children.delete(child.level);
    else this.#children = undefined;
  }
}
