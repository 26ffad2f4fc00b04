import fc, { type Arbitrary } from 'fast-check';
import type { Packet } from '../../../host/mqtt-packet/index.js';
import { divergences } from '../../host/mqtt-packet/compare-parsers.js';
import { ours, theirs } from '../../host/mqtt-packet/peers.js';
import { Random } from '../../host/mqtt-packet/random.js';
import { Samples } from '../../host/mqtt-packet/samples.js';
import { change, changes } from './changed-members.js';
import { inDoubt } from './in-doubt.js';
import { Difference, type Outcome, type Subject } from './subject.js';

export interface Changed {
  protocolVersion: 4 | 5;
  packet: Packet;
  changed: string[];
}

const arbitrary: Arbitrary<Changed> = fc
  .tuple(fc.nat(), fc.constantFrom(4 as const, 5 as const), changes)
  .map(([seed, protocolVersion, planned]) => {
    const packet = new Samples(new Random(seed)).packet(protocolVersion);
    const changed = planned.map((one) => change(packet, one));
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

const describe = ({ packet, protocolVersion, changed }: Changed) =>
  `mqtt-write: ${changed.join(', ')}: version ${protocolVersion} of ${JSON.stringify(packet).slice(0, 500)}`;

export const writtenPackets: Subject<Changed> = {
  name: 'mqtt-write',
  peer: 'mqtt-packet generate',
  runs: 3_000,
  expects: ['both accept', 'both refuse', 'listed: '],
  arbitrary,
  compare(input): Outcome {
    const mine = written(ours, input);
    const inspected = inDoubt(() => written(ours, input));
    if (show(mine) !== show(inspected))
      throw new Difference(`${describe(input)}: ours ${show(mine)}, read by the core ${show(inspected)}`);
    const peer = written(theirs as never, input);
    if (Buffer.isBuffer(mine) && Buffer.isBuffer(peer) && mine.equals(peer)) return 'both accept';
    // mqtt-packet may also refuse by writing nothing (user-properties-none).
    if (!Buffer.isBuffer(mine) && (!Buffer.isBuffer(peer) || peer.length === 0)) return 'both refuse';
    const why = Buffer.isBuffer(mine) ? whyWritten(input, peer) : whyRefused(mine);
    if (why) return `listed: ${why}`;
    throw new Difference(`${describe(input)}: ours ${show(mine).slice(0, 400)}, theirs ${show(peer).slice(0, 400)}`);
  },
};
