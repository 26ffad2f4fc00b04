import fc, { type Arbitrary } from 'fast-check';

/** An element of DER that can be taken apart, changed and written again. Writing corrects all lengths around it. */
interface Element {
  tag: number;
  content: Element[] | Buffer;
  /** Octets before the elements inside: the unused bits of a BIT STRING that holds DER. */
  lead: Buffer;
  /** Written instead of the whole element. */
  raw?: Buffer;
  /** More octets than needed for the length. */
  isLong?: boolean;
}

const NOTHING = Buffer.alloc(0);

/** The elements that the bytes consist of; undefined when they are not DER. */
function parse(bytes: Buffer): Element[] | undefined {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const octets = bytes[at + 1] > 0x7f ? bytes[at + 1] & 0x7f : 0;
    if (octets > 3 || at + 2 + octets > bytes.length || (bytes[at + 1] ?? 0x80) === 0x80) return undefined;
    const start = at + 2 + octets;
    const end = start + (octets === 0 ? bytes[at + 1] : bytes.readUIntBE(at + 2, octets));
    if (end > bytes.length) return undefined;
    elements.push(elementOf(bytes[at], bytes.subarray(start, end)));
    at = end;
  }
  return elements;
}

/** OCTET STRINGs and BIT STRINGs often hold DER, which is taken apart too. */
function elementOf(tag: number, content: Buffer): Element {
  const skipped = tag === 3 && content[0] === 0 ? 1 : 0;
  const holds = (tag & 0x20) !== 0 || ((tag === 3 || tag === 4) && content.length > skipped + 1);
  const inner = holds ? parse(content.subarray(skipped)) : undefined;
  return inner ? { tag, content: inner, lead: content.subarray(0, skipped) } : { tag, content, lead: NOTHING };
}

function write({ tag, content, lead, raw, isLong }: Element): Buffer {
  if (raw) return raw;
  const inner = Buffer.concat([lead, Buffer.isBuffer(content) ? content : Buffer.concat(content.map(write))]);
  const size = inner.length < 0x80 ? 0 : inner.length < 0x100 ? 1 : inner.length < 0x10000 ? 2 : 3;
  const octets = Math.min(3, size + (isLong ? 1 : 0));
  const header = Buffer.alloc(2 + octets);
  header[0] = tag;
  header[1] = octets === 0 ? inner.length : 0x80 + octets;
  if (octets > 0) header.writeUIntBE(inner.length, 2, octets);
  return Buffer.concat([header, inner]);
}

/** Each element with the list that contains it. */
function places(elements: Element[]): { list: Element[]; index: number }[] {
  return elements.flatMap((element, index) => [
    { list: elements, index },
    ...(Buffer.isBuffer(element.content) ? [] : places(element.content)),
  ]);
}

interface Change {
  kind: 'octet' | 'tag' | 'drop' | 'twice' | 'swap' | 'graft' | 'content' | 'long' | 'insert' | 'cut' | 'flip';
  place: number;
  other: number;
  octets: Buffer;
}

const TAGS = [
  1, 2, 3, 4, 5, 6, 0x0a, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x30, 0x31, 0x80, 0x81, 0x82, 0xa0, 0xa1, 0xa3,
];

function change(roots: Element[], { kind, place, other, octets }: Change): void {
  const all = places(roots);
  const { list, index } = all[place % all.length];
  const element = list[index];
  const [first = 0] = octets;
  switch (kind) {
    case 'octet':
      if (!Buffer.isBuffer(element.content) || element.content.length === 0) break;
      element.content = Buffer.from(element.content);
      element.content[other % element.content.length] = first;
      break;
    case 'tag':
      element.tag = other % 3 === 0 ? first : TAGS[first % TAGS.length];
      break;
    case 'drop':
      list.splice(index, 1);
      break;
    case 'twice':
      list.splice(index, 0, structuredCloneOf(element));
      break;
    case 'swap': {
      const with_ = other % list.length;
      [list[index], list[with_]] = [list[with_], list[index]];
      break;
    }
    case 'graft': {
      const from = all[other % all.length];
      list[index] = structuredCloneOf(from.list[from.index]);
      break;
    }
    case 'content':
      element.content = octets;
      break;
    case 'long':
      element.isLong = true;
      break;
    case 'insert':
      list.splice(index, 0, { tag: TAGS[first % TAGS.length], content: octets.subarray(1), lead: NOTHING });
      break;
    case 'cut':
    case 'flip':
      break; // of the whole, below
  }
}

/** A copy, made of the bytes that it is written as: no element may be in two places. */
const structuredCloneOf = (element: Element): Element =>
  parse(write(element))?.[0] ?? { ...element, raw: write(element) };

function changed(base: Buffer, changes: Change[]): Buffer {
  const roots = parse(base) ?? [];
  for (const one of changes) if (roots.length > 0) change(roots, one);
  let bytes = Buffer.concat(roots.map(write));
  for (const { kind, place, other, octets } of changes) {
    if (bytes.length === 0) break;
    if (kind === 'flip') bytes[place % bytes.length] = octets[0] ?? other;
    if (kind === 'cut' && other % 4 === 0) bytes = bytes.subarray(0, place % bytes.length);
    if (kind === 'cut' && other % 4 === 1) bytes = Buffer.concat([bytes, octets]);
  }
  return bytes;
}

const kinds: Change['kind'][] = [
  'octet',
  'octet',
  'tag',
  'drop',
  'twice',
  'swap',
  'graft',
  'content',
  'long',
  'insert',
  'cut',
  'flip',
];

const oneChange: Arbitrary<Change> = fc.record(
  {
    kind: fc.constantFrom(...kinds),
    place: fc.nat({ max: 5_000 }),
    other: fc.nat({ max: 5_000 }),
    octets: fc.uint8Array({ maxLength: 24 }).map((octets) => Buffer.from(octets)),
  },
  { noNullPrototype: true },
);

/** One of these structures, changed up to three times; one time in eight arbitrary bytes. */
export function mutated(bases: readonly Buffer[]): Arbitrary<Buffer> {
  const fromBase = fc
    .tuple(fc.nat({ max: bases.length - 1 }), fc.array(oneChange, { maxLength: 3 }))
    .map(([base, changes]) => changed(bases[base], changes));
  const anything = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof({ weight: 7, arbitrary: fromBase }, { weight: 1, arbitrary: anything });
}
