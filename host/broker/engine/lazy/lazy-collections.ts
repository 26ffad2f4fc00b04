const NOTHING = Symbol('nothing');

/** The part of `Map` that the engine needs: its first entry takes no memory besides the object. */
export class LazyMap<K, V> {
  /** The only entry. */
  #key: K | typeof NOTHING = NOTHING;
  #value: V | undefined;
  /** From the second entry on. */
  #map: Map<K, V> | undefined;

  get size(): number {
    if (this.#map) return this.#map.size;
    return this.#key === NOTHING ? 0 : 1;
  }

  get(key: K): V | undefined {
    if (this.#map) return this.#map.get(key);
    return this.#key === key ? this.#value : undefined;
  }

  has(key: K): boolean {
    return this.#map ? this.#map.has(key) : this.#key === key;
  }

  set(key: K, value: V): void {
    if (this.#map) this.#map.set(key, value);
    else if (this.#key === NOTHING || this.#key === key) {
      this.#key = key;
      this.#value = value;
    } else {
      this.#map = new Map<K, V>([
        [this.#key, this.#value as V],
        [key, value],
      ]);
      this.#key = NOTHING;
      this.#value = undefined;
    }
  }

  delete(key: K): boolean {
    if (this.#map) return this.#map.delete(key);
    if (this.#key !== key) return false;
    this.#key = NOTHING;
    this.#value = undefined;
    return true;
  }

  clear(): void {
    this.#map = undefined;
    this.#key = NOTHING;
    this.#value = undefined;
  }

  /** In the order in which the keys came. What goes before its turn is left out; what comes meanwhile may be among them or not. */
  entries(): IterableIterator<[K, V]> {
    return this.#map?.entries() ?? LazyMap.#only(this);
  }

  keys(): IterableIterator<K> {
    return this.#map?.keys() ?? firstOf(this.entries());
  }

  values(): IterableIterator<V> {
    return this.#map?.values() ?? secondOf(this.entries());
  }

  /** Looks when it is asked for the first entry, not when it is made. Static: a private method costs each object eight bytes. */
  static *#only<K, V>(map: LazyMap<K, V>): Generator<[K, V]> {
    if (map.#map) yield* map.#map.entries();
    else if (map.#key !== NOTHING) yield [map.#key, map.#value as V];
  }
}

function* firstOf<K, V>(entries: Iterable<[K, V]>): Generator<K> {
  for (const [key] of entries) yield key;
}

function* secondOf<K, V>(entries: Iterable<[K, V]>): Generator<V> {
  for (const [, value] of entries) yield value;
}

/** The part of `Set` that the engine needs: it takes memory from its first item on. */
export class LazySet<T> {
  #set: Set<T> | undefined;

  get size(): number {
    return this.#set?.size ?? 0;
  }

  has(item: T): boolean {
    return this.#set?.has(item) === true;
  }

  add(item: T): void {
    this.#set ??= new Set();
    this.#set.add(item);
  }

  delete(item: T): boolean {
    return this.#set?.delete(item) === true;
  }
}
