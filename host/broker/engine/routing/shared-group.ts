/** The subscriptions to one shared filter (4.8.2): each message is for one of them, in turn. */
export class SharedGroup<Owner, Value> {
  /** The whole filter, `$share/name/filter`. */
  readonly filter: string;
  readonly #values = new Map<Owner, Value>();
  #owners: Owner[] = [];
  /** Index of the one whose turn it is. */
  #next = 0;

  constructor(filter: string) {
    this.filter = filter;
  }

  get size(): number {
    return this.#owners.length;
  }

  has(owner: Owner): boolean {
    return this.#values.has(owner);
  }

  /** Adds or replaces the owner's subscription. True when it is new. */
  set(owner: Owner, value: Value): boolean {
    const isNew = !this.#values.has(owner);
    this.#values.set(owner, value);
    if (isNew) this.#owners.push(owner);
    return isNew;
  }

  delete(owner: Owner): boolean {
    if (!this.#values.delete(owner)) return false;
    const index = this.#owners.indexOf(owner);
    this.#owners.splice(index, 1);
    if (index < this.#next) this.#next--;
    return true;
  }

  /** Every member once, the one whose turn it is first. */
  *inTurn(): Generator<[owner: Owner, value: Value]> {
    const owners = this.#owners;
    for (let step = 0; step < owners.length; step++) {
      const owner = owners[(this.#next + step) % owners.length];
      yield [owner, this.#values.get(owner)!];
    }
  }

  /** This member got a message: the turn is with the one after it. */
  served(owner: Owner): void {
    this.#next = (this.#owners.indexOf(owner) + 1) % Math.max(1, this.#owners.length);
  }
}
