import fc, { type Arbitrary } from 'fast-check';
import type { Packet } from '../../../host/mqtt-packet/index.js';
import { divergences } from '../../host/mqtt-packet/compare-parsers.js';
import { ours, theirs } from '../../host/mqtt-packet/peers.js';
import { Random } from '../../host/mqtt-packet/random.js';
import { Samples } from '../../host/mqtt-packet/samples.js';
import { Difference, type Outcome, type Subject } from './subject.js';

/** A member of a packet object, and what replaces it; undefined removes it. */
interface Change {
  at: number;
  value: number;
}

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

/** Every member that is not an object with members, except the command. */
function leaves(value: Container, path: string[] = []): { holder: Container; key: string; path: string[] }[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    if (inner && typeof inner === 'object' && !Buffer.isBuffer(inner)) return leaves(inner as Container, here);
    return key === 'cmd' ? [] : [{ holder: value, key, path: here }];
  });
}

export interface Changed {
  protocolVersion: 4 | 5;
  packet: Packet;
  changed: string[];
}

function change(packet: Container, { at, value }: Change): string {
  const all = leaves(packet);
  if (all.length === 0) return '';
  const { holder, key, path } = all[at % all.length];
  const values = VALUES[typeof holder[key]] ?? [];
  const index = value % (values.length + 1);
  if (index === values.length) delete holder[key];
  else holder[key] = values[index];
  return path.join('.');
}

const numbers: Arbitrary<Change> = fc.record(
  { at: fc.nat({ max: 1_000 }), value: fc.nat({ max: 1_000 }) },
  { noNullPrototype: true },
);

const arbitrary: Arbitrary<Changed> = fc
  .tuple(fc.nat(), fc.constantFrom(4 as const, 5 as const), fc.array(numbers, { maxLength: 2 }))
  .map(([seed, protocolVersion, changes]) => {
    const packet = new Samples(new Random(seed)).packet(protocolVersion);
    const changed = changes.map((one) => change(packet as unknown as Container, one));
    return { protocolVersion, packet, changed };
  });

/** The bytes, or the error. */
function written(
  codec: { generate: typeof ours.generate },
  { packet, protocolVersion }: Changed,
): Buffer | (Error & { codeName?: string }) {
  try {
    return codec.generate(packet, { protocolVersion });
  } catch (error) {
    return error as Error;
  }
}

/** Refusals of values that no field of the standard can hold, by our message: mqtt-packet writes something else, or half a packet. */
const RANGES: readonly [RegExp, string][] = [
  [/^Invalid messageId/, 'packet-id-range'],
  [/^Invalid (reason code|return code|qos vector|will qos|keepalive)/, 'number-range'],
  [/^Invalid subscriptions - invalid (qos|Retain Handling)/, 'number-range'],
  [/^Invalid \w+: /, 'number-range'],
  [/is longer than 65,535 bytes/, 'string-too-long'],
];

/** The divergence under which we refuse what mqtt-packet writes. */
function whyRefused({ codeName, message }: Error & { codeName?: string }): string | undefined {
  const listed = divergences.find((one) => one.kind === 'stricter' && one.codeName === codeName);
  return listed?.id ?? RANGES.find(([pattern]) => pattern.test(message))?.[1];
}

const NONE = '"userProperties":{}';

/** The divergence under which we write what mqtt-packet refuses, or of which it writes nothing or the beginning. */
function whyWritten({ packet, protocolVersion }: Changed, peer: Buffer | Error): string | undefined {
  // A CONNECT names its version itself.
  const version = packet.cmd === 'connect' ? packet.protocolVersion : protocolVersion;
  if (version !== 5) return undefined;
  if (Buffer.isBuffer(peer)) return JSON.stringify(packet).includes(NONE) ? 'user-properties-none' : undefined;
  if (packet.cmd !== 'connect') return undefined;
  if (packet.password !== undefined && packet.username === undefined) return 'password-alone-5';
  return packet.clientId ? undefined : 'client-id-empty-5';
}

const show = (outcome: Buffer | Error) => (Buffer.isBuffer(outcome) ? outcome.toString('hex') : outcome.message);

export const writtenPackets: Subject<Changed> = {
  name: 'mqtt-write',
  peer: 'mqtt-packet generate',
  runs: 3_000,
  expects: ['both accept', 'both refuse', 'listed: '],
  arbitrary,
  compare(input): Outcome {
    const mine = written(ours, input);
    const peer = written(theirs as never, input);
    if (Buffer.isBuffer(mine) && Buffer.isBuffer(peer) && mine.equals(peer)) return 'both accept';
    // mqtt-packet may also refuse by writing nothing (user-properties-none).
    if (!Buffer.isBuffer(mine) && (!Buffer.isBuffer(peer) || peer.length === 0)) return 'both refuse';
    const why = Buffer.isBuffer(mine) ? whyWritten(input, peer) : whyRefused(mine);
    if (why) return `listed: ${why}`;
    const { packet, protocolVersion, changed } = input;
    throw new Difference(
      `mqtt-write: ${changed.join(', ')}: version ${protocolVersion} of ${JSON.stringify(packet).slice(0, 500)}: ours ${show(mine).slice(0, 400)}, theirs ${show(peer).slice(0, 400)}`,
    );
  },
};
