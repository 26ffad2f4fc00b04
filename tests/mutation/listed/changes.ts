// Inputs with something changed at random: bytes, elements of DER, steps of a session. The same seed gives the same.

/** Random numbers that are the same for the same seed. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0 || 1;
  }

  /** 0 to below a limit. */
  below(limit) {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  pick(list) {
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
/** No input gets longer: the places of a target would not fit into one page of memory. */
const LONGEST = 4_096;

const joined = (...parts) => Buffer.concat(parts.map((part) => Uint8Array.from(part)));

/** A change of bytes `at` a place. */
const CHANGES = [
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

export function changedBytes(bytes, random, from = 0) {
  let result = Buffer.from(bytes);
  for (let times = 1 + random.below(3); times > 0; times--) {
    if (result.length <= from) return joined(result, [random.pick(EDGES)]);
    result = random.pick(CHANGES)(result, from + random.below(result.length - from), random);
  }
  return result.subarray(0, LONGEST);
}

/** The elements of DER between two places, each with its children; undefined when it is none. */
function elements(bytes) {
  const list = [];
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

function written(list) {
  return joined(
    ...list.map(({ tag, children, inside }) => {
      const content = children ? written(children) : inside;
      const { length } = content;
      const octets = length > 0xff ? [0x82, length >> 8, length & 255] : length > 0x7f ? [0x81, length] : [length];
      return joined([tag, ...octets], content);
    }),
  );
}

const allIn = (list) => list.flatMap((element) => [element, ...allIn(element.children ?? [])]);

/** One element changed, taken out, doubled, or put in the place of another; all lengths around it are right again. */
function changedElements(bytes, random, other) {
  const list = elements(bytes);
  if (!list || list.length === 0) return undefined;
  for (let times = 1 + random.below(2); times > 0; times--) {
    const parents = [list, ...allIn(list).flatMap(({ children }) => (children?.length > 0 ? [children] : []))];
    const parent = random.pick(parents.filter(({ length }) => length > 0));
    if (!parent) break;
    const at = random.below(parent.length);
    const element = parent[at];
    const foreign = allIn(elements(other) ?? elements(bytes));
    const ways = [
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

/** A packet whose Remaining Length is that of its bytes. */
function mended(packet) {
  let body = 1;
  while (body < 4 && packet[body] > 0x7f) body++;
  const rest = packet.subarray(body + 1);
  const octets = rest.length > 0x7f ? [(rest.length & 0x7f) | 0x80, rest.length >> 7] : [rest.length];
  return joined(packet.subarray(0, 1), octets, rest);
}

const DER_FROM = { der: 1, x509: 1, crl: 0, keys: 1 };

/** Bytes of a target with something changed; `others` are inputs of the same target. */
export function changed(target, bytes, random, others) {
  const from = DER_FROM[target];
  if (from !== undefined && random.below(4) > 0) {
    const der = changedElements(bytes.subarray(from), random, random.pick(others).bytes.subarray(from));
    if (der) return joined(bytes.subarray(0, from), der);
  }
  const result = changedBytes(bytes, random);
  const isMended = target === 'packet' && result.length > 3 && random.below(3) > 0;
  return isMended ? joined(result.subarray(0, 2), mended(result.subarray(2))) : result;
}

const changedHex = (hex, random) => mended(changedBytes(Buffer.from(hex, 'hex'), random)).toString('hex');

/** A vector of a session with steps taken out, doubled, exchanged or changed. */
export function changedSession(vector, random) {
  const steps = structuredClone(vector.steps);
  for (let times = 1 + random.below(3); times > 0; times--) {
    // The first step makes the session.
    const at = 1 + random.below(Math.max(steps.length - 1, 1));
    const step = steps[at];
    if (!step) break;
    const ways = [
      () => steps.splice(at, 1),
      () => steps.splice(at, 0, structuredClone(step)),
      () => steps.splice(1 + random.below(steps.length - 1), 0, ...steps.splice(at, 1)),
      () => steps.splice(at, 0, random.pick([{ close: true }, { poll: '' }, { deadline: 0 }])),
      () => Object.assign(step, { at: (step.at ?? 0) + random.pick([1, 999, 5_000, 60_000]) }),
      () => Object.assign(step, step.set && { set: { ...step.set, packetId: random.below(4) } }),
      ...['send', 'receive', 'send', 'receive'].map((name) => () => {
        if (step[name]) step[name] = changedHex(step[name], random);
      }),
    ];
    random.pick(ways)();
  }
  return { ...vector, name: `${vector.name}, changed`, steps };
}

/** Calls of these need arguments that belong together. */
const AS_THEY_ARE = new Set(['crl_find', 'mqtt_topic_match', 'memory_wipe', 'abi_version']);

function changedText(value, random) {
  const [, kind, content] = /^(text|hex|last):(.*)$/s.exec(value) ?? [];
  if (kind === undefined) return value;
  const bytes = Buffer.from(content, kind === 'text' ? 'utf8' : 'hex');
  return `${kind === 'last' ? 'last' : 'hex'}:${changedBytes(bytes, random).toString('hex')}`;
}

/** A vector of a call with other bytes. */
export function changedVector(vector, random) {
  if (AS_THEY_ARE.has(vector.call)) return vector;
  const change = (value) => {
    if (typeof value === 'string') return changedText(value, random);
    if (typeof value === 'number') return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]));
  };
  return { ...vector, name: `${vector.name}, changed`, arguments: vector.arguments.map(change) };
}
