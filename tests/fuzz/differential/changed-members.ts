import fc, { type Arbitrary } from 'fast-check';

/** A change of a packet object: a member, and what replaces it; undefined removes it. */
export interface Change {
  at: number;
  value: number;
}

export const changes: Arbitrary<Change[]> = fc.array(
  fc.record({ at: fc.nat({ max: 1_000 }), value: fc.nat({ max: 1_000 }) }, { noNullPrototype: true }),
  { maxLength: 2 },
);

type Container = Record<string, unknown>;

const VALUES: Record<string, readonly unknown[]> = {
  string: [
    '',
    '#',
    'a/#/b',
    '+',
    'a+',
    '/',
    'a\0',
    '\ud800',
    '$share/g/#',
    '$share//x',
    '$share/+/x',
    'x'.repeat(65_536),
    'é'.repeat(40_000),
  ],
  number: [
    0,
    1,
    2,
    3,
    4,
    5,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    268_435_455,
    268_435_456,
    4_294_967_295,
    4_294_967_296,
    -1,
    1.5,
    Number.NaN,
  ],
  boolean: [true, false],
  object: [Buffer.alloc(0), Buffer.of(0), Buffer.of(0xff), Buffer.alloc(65_536), Buffer.alloc(300)],
};

/** The members that name the type of a packet, with us and with mqtt-packet. */
const TYPES = ['type', 'cmd'];

/** Every member that is not an object with members, except the type. */
function leaves(value: Container, path: string[] = []): { holder: Container; key: string; path: string[] }[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    if (inner && typeof inner === 'object' && !ArrayBuffer.isView(inner)) return leaves(inner as Container, here);
    return TYPES.includes(key) ? [] : [{ holder: value, key, path: here }];
  });
}

/** Changes a packet object; returns the path of the member, empty when there is none. */
export function change(packet: object, { at, value }: Change): string {
  const all = leaves(packet as Container);
  if (all.length === 0) return '';
  const { holder, key, path } = all[at % all.length];
  const values = VALUES[typeof holder[key]] ?? [];
  const index = value % (values.length + 1);
  if (index === values.length) delete holder[key];
  else holder[key] = values[index];
  return path.join('.');
}
