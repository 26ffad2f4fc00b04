// Changes inputs at random: bytes, elements of DER, steps of a session. The same seed makes the same changes.

import type { SessionVector } from '../../host/core/session/session-vectors.js';
import type { CallVector } from '../../host/core/support/call-vectors.js';

/** Random numbers that are the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** A whole number from 0 on, below a limit. */
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  /** An element of a list, which is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

const EDGES = [
  ...Buffer.from('/#+$ 0A\n'),
  0,
  1,
  2,
  4,
  5,
  0x1f,
  0x30,
  0x7f,
  0x80,
  0x81,
  0xa0,
  0xc2,
  0xe0,
  0xed,
  0xf0,
  0xf4,
  0xff,
];
/** The places for a longer input would not fit into one page of memory. */
const LONGEST = 4_096;

const joined = (...parts: ArrayLike<number>[]): Buffer => Buffer.concat(parts.map((part) => Uint8Array.from(part)));

/** A change of bytes at a place. */
type Change = (bytes: Buffer, at: number, random: Random) => Buffer;

const CHANGES: readonly Change[] = [
  (bytes, at, random) => bytes.fill(bytes[at] ^ (1 << random.below(8)), at, at + 1),
  (bytes, at, random) => bytes.fill(random.pick(EDGES), at, at + 1),
  (bytes, at, random) => bytes.fill(bytes[at] + random.pick([1, -1, 16, -16]), at, at + 1),
  (bytes, at, random) => bytes.fill(random.below(256), at, Math.min(at + random.pick([1, 1, 4, 8]), bytes.length)),
  (bytes, at, random) => joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(4))),
  (bytes, at, random) => joined(bytes.subarray(0, at), [random.pick(EDGES)], bytes.subarray(at)),
  (bytes, at, random) => {
    const from = random.below(bytes.length);
    return joined(bytes.subarray(0, at), bytes.subarray(from, from + 1 + random.below(12)), bytes.subarray(at));
  },
];

function changedBytes(bytes: Uint8Array, random: Random): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let times = 1 + random.below(3); times > 0; times--) {
    if (result.length === 0) return joined([random.pick(EDGES)]);
    result = random.pick(CHANGES)(result, random.below(result.length), random);
  }
  return result.subarray(0, LONGEST);
}

/** An element of DER. */
interface Element {
  tag: number;
  /** Undefined when the content is not a list of elements. */
  children?: Element[];
  /** The content. */
  inside: Buffer;
}

/** The elements that the bytes consist of; undefined when they are not DER. */
function elements(bytes: Buffer): Element[] | undefined {
  const list: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    let length = bytes[at + 1];
    let content = at + 2;
    if (length > 0x84) return undefined;
    if (length > 0x7f) {
      content += length & 0x7f;
      length = Number(`0x0${bytes.toString('hex', at + 2, content)}`);
    }
    if (!(content + length <= bytes.length)) return undefined;
    const inside = bytes.subarray(content, content + length);
    const children = bytes[at] & 0x20 ? elements(inside) : undefined;
    list.push({ tag: bytes[at], children, inside });
    at = content + length;
  }
  return list;
}

function written(list: readonly Element[]): Buffer {
  return joined(
    ...list.map(({ tag, children, inside }) => {
      const content = children ? written(children) : inside;
      const { length } = content;
      const octets = length > 0xff ? [0x82, length >> 8, length & 255] : length > 0x7f ? [0x81, length] : [length];
      return joined([tag, ...octets], content);
    }),
  );
}

const allIn = (list: readonly Element[]): Element[] =>
  list.flatMap((element) => [element, ...allIn(element.children ?? [])]);

/** Changes, removes, doubles or replaces an element, and corrects all lengths around it. */
function changedElements(bytes: Buffer, random: Random, other: Buffer): Buffer | undefined {
  const list = elements(bytes);
  if (!list || list.length === 0) return undefined;
  for (let times = 1 + random.below(2); times > 0; times--) {
    const parents = [list, ...allIn(list).flatMap(({ children }) => (children?.length ? [children] : []))];
    const parent = random.pick(parents.filter(({ length }) => length > 0));
    if (!parent) break;
    const at = random.below(parent.length);
    const element = parent[at];
    const foreign = allIn(elements(other) ?? elements(bytes) ?? []);
    const ways: (() => void)[] = [
      () => parent.splice(at, 1),
      () => parent.splice(at, 0, element),
      () => parent.splice(at, 1, random.pick(foreign) ?? element),
      () => parent.splice(at, 0, ...parent.splice(random.below(parent.length), 1)),
      () =>
        parent.splice(at, 1, {
          ...element,
          tag: random.pick([element.tag ^ (1 << random.below(8)), random.pick(EDGES)]),
        }),
      ...Array.from({ length: 4 }, () => () => {
        const inside = changedBytes(element.children ? written(element.children) : element.inside, random);
        parent.splice(at, 1, { tag: element.tag, inside });
      }),
    ];
    random.pick(ways)();
  }
  return written(list).subarray(0, LONGEST);
}

/** Corrects the Remaining Length of a packet. */
function mended(packet: Buffer): Buffer {
  let body = 1;
  while (body < 4 && packet[body] > 0x7f) body++;
  const rest = packet.subarray(body + 1);
  const octets = rest.length > 0x7f ? [(rest.length & 0x7f) | 0x80, rest.length >> 7] : [rest.length];
  return joined(packet.subarray(0, 1), octets, rest);
}

/** Where the DER of a target begins. */
const DER_FROM: Readonly<Record<string, number>> = { der: 1, x509: 1, crl: 0, keys: 1 };

/** Changes the input of a target. `others` are inputs of the same target. */
export function changed(target: string, bytes: Buffer, random: Random, others: readonly { bytes: Buffer }[]): Buffer {
  const from = DER_FROM[target];
  if (from !== undefined && random.below(4) > 0) {
    const der = changedElements(bytes.subarray(from), random, random.pick(others).bytes.subarray(from));
    if (der) return joined(bytes.subarray(0, from), der);
  }
  const result = changedBytes(bytes, random);
  const isMended = target === 'packet' && result.length > 3 && random.below(3) > 0;
  return isMended ? joined(result.subarray(0, 2), mended(result.subarray(2))) : result;
}

const changedHex = (hex: string, random: Random): string =>
  mended(changedBytes(Buffer.from(hex, 'hex'), random)).toString('hex');

/** Removes, doubles, exchanges or changes steps of a session. */
export function changedSession(vector: SessionVector, random: Random): SessionVector {
  const steps = structuredClone(vector.steps);
  for (let times = 1 + random.below(3); times > 0; times--) {
    // The first step makes the session.
    const at = 1 + random.below(Math.max(steps.length - 1, 1));
    const step = steps[at];
    if (!step) break;
    const ways: (() => void)[] = [
      () => steps.splice(at, 1),
      () => steps.splice(at, 0, structuredClone(step)),
      () => steps.splice(1 + random.below(steps.length - 1), 0, ...steps.splice(at, 1)),
      () => steps.splice(at, 0, random.pick<Step>([{ close: true }, { poll: '' }, { deadline: 0 }])),
      () => Object.assign(step, { at: (step.at ?? 0) + random.pick([1, 999, 5_000, 60_000]) }),
      () => Object.assign(step, step.set && { set: { ...step.set, packetId: random.below(4) } }),
      ...(['send', 'receive', 'send', 'receive'] as const).map((name) => () => {
        const packet = step[name];
        if (packet) step[name] = changedHex(packet, random);
      }),
    ];
    random.pick(ways)();
  }
  return { ...vector, name: `${vector.name}, changed`, steps };
}

type Step = SessionVector['steps'][number];

/** These need arguments that belong together. */
const AS_THEY_ARE: ReadonlySet<string> = new Set(['crl_find', 'mqtt_topic_match', 'memory_wipe', 'abi_version']);

function changedText(value: string, random: Random): string {
  const [, kind, content] = /^(text|hex|last):(.*)$/s.exec(value) ?? [];
  if (kind === undefined) return value;
  const bytes = Buffer.from(content, kind === 'text' ? 'utf8' : 'hex');
  return `${kind === 'last' ? 'last' : 'hex'}:${changedBytes(bytes, random).toString('hex')}`;
}

type Argument = CallVector['arguments'][number];
/** Of a record that an argument points to. */
type Fields = Record<string, number | string>;

/** Changes the bytes in an argument, or in a part of one. */
function changedArgument<T extends Argument | Fields>(value: T, random: Random): Argument | Fields {
  if (typeof value === 'string') return changedText(value, random);
  if (typeof value === 'number') return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, changedArgument(inner, random)]);
  return Object.fromEntries(entries);
}

/** Changes the bytes of a call. */
export function changedVector(vector: CallVector, random: Random): CallVector {
  if (AS_THEY_ARE.has(vector.call)) return vector;
  const changedArguments = vector.arguments.map((value) => changedArgument(value, random) as Argument);
  return { ...vector, name: `${vector.name}, changed`, arguments: changedArguments };
}
