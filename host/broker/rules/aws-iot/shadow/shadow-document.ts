/** What `JSON.parse` returns. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Where a value has a leaf, its metadata has `{ timestamp }`: the second since 1970 in which it was set. */
export type Metadata = { readonly timestamp: number } | readonly Metadata[] | { readonly [name: string]: Metadata };

/** One section of a shadow, with its metadata. */
export interface Section {
  readonly value: JsonObject;
  readonly metadata: { readonly [name: string]: Metadata };
}

export const SECTIONS = ['desired', 'reported'] as const;
export type SectionName = (typeof SECTIONS)[number];
export type Sections = Partial<Record<SectionName, Section>>;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The metadata of a value that is set as a whole now: of arrays element by element. */
export function stamped(value: Json, timestamp: number): Metadata {
  if (Array.isArray(value)) return value.map((element: Json) => stamped(element, timestamp));
  if (!isObject(value)) return { timestamp };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, stamped(inner, timestamp)]));
}

/** A section with a change: null takes a member away, objects are merged, everything else is replaced. */
export function merged(section: Section | undefined, change: JsonObject, timestamp: number): Section {
  const values = new Map(Object.entries(section?.value ?? {}));
  const stamps = new Map(Object.entries(section?.metadata ?? {}));
  for (const [name, wanted] of Object.entries(change)) {
    const old = values.get(name);
    if (wanted === null) {
      values.delete(name);
      stamps.delete(name);
    } else if (isObject(wanted)) {
      const inner = isObject(old) ? { value: old, metadata: stamps.get(name) as Section['metadata'] } : undefined;
      const { value, metadata } = merged(inner, wanted, timestamp);
      values.set(name, value);
      stamps.set(name, metadata);
    } else {
      values.set(name, wanted);
      stamps.set(name, stamped(wanted, timestamp));
    }
  }
  // Not by assignment: a member may be called __proto__.
  return { value: Object.fromEntries(values), metadata: Object.fromEntries(stamps) };
}

/** What `desired` has that `reported` lacks or has otherwise, with the metadata of `desired`; undefined when that is nothing. */
export function deltaOf({ desired, reported }: Sections): Section | undefined {
  return desired && differing(desired, reported?.value ?? {});
}

function differing({ value, metadata }: Section, other: JsonObject): Section | undefined {
  const values: [string, Json][] = [];
  const stamps: [string, Metadata][] = [];
  for (const [name, wanted] of Object.entries(value)) {
    const there = Object.hasOwn(other, name) ? other[name] : undefined;
    if (isObject(wanted) && isObject(there)) {
      const inner = differing({ value: wanted, metadata: metadata[name] as Section['metadata'] }, there);
      if (inner) {
        values.push([name, inner.value]);
        stamps.push([name, inner.metadata]);
      }
    } else if (!isSame(wanted, there)) {
      values.push([name, wanted]);
      stamps.push([name, metadata[name]]);
    }
  }
  return values.length > 0 ? { value: Object.fromEntries(values), metadata: Object.fromEntries(stamps) } : undefined;
}

function isSame(one: Json, other: Json | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((element: Json, at) => isSame(element, other[at]));
  }
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  const isIn = (name: string) => Object.hasOwn(other, name) && isSame(one[name], other[name]);
  return names.length === Object.keys(other).length && names.every(isIn);
}
