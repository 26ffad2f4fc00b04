import fc, { type Arbitrary } from 'fast-check';
import {
  encodePacket,
  type MqttError,
  type Packet,
  PacketBatch,
  type ProtocolVersion,
  preparePublish,
} from '../../../host/core/index.js';
import { packetsByType } from '../../host/core/support/packet-arbitraries.js';
import { type Change, change, changes } from './changed-members.js';
import { inDoubt, withProof } from './in-doubt.js';
import { Difference, type Outcome, type Subject } from './subject.js';

const bytes = Buffer.from('x');
const filter = (topicFilter: string, more = {}) => ({ subscriptions: [{ topicFilter, qos: 0, ...more }] });

/** Members that break a rule which single changes seldom break. */
const broken: Record<string, object[]> = {
  connect: [
    { userName: undefined, password: bytes },
    { clientId: '', cleanStart: false },
    { will: { topic: 'w', payload: bytes, qos: 3, retain: false } },
    { will: { topic: '+', payload: bytes, qos: 1, retain: false } },
    { properties: { authenticationData: bytes } },
    { properties: { receiveMaximum: 0 } },
    { properties: { requestProblemInformation: 2 } },
    { properties: { serverKeepAlive: 1 } },
  ],
  connack: [
    { sessionPresent: true, reasonCode: 0x87 },
    { reasonCode: 1 },
    { properties: { authenticationData: bytes } },
  ],
  publish: [
    { qos: 3, packetId: 1 },
    { qos: 0, dup: true },
    { qos: 1, packetId: 0 },
    { topic: '', properties: {} },
    { properties: { topicAlias: 0 } },
    { properties: { responseTopic: 'a/#' } },
    { properties: { responseTopic: '' } },
    { properties: { payloadFormatIndicator: 2 } },
    { properties: { subscriptionIdentifier: [1, 0] } },
    { properties: { contentType: 'a\0' } },
    { properties: { userProperty: [['a', '\udc00']] } },
    { properties: { willDelayInterval: 1 } },
  ],
  subscribe: [
    { subscriptions: [] },
    filter('a#'),
    filter('#/a'),
    filter('a/b+'),
    filter('+a'),
    filter('$share//a'),
    filter('$share/+/a'),
    filter('$share/g/a', { noLocal: true }),
    filter('a', { retainHandling: 3 }),
    filter('a', { noLocal: true }),
    { properties: { subscriptionIdentifier: [1, 2] } },
  ],
  unsubscribe: [{ topicFilters: [] }, { topicFilters: ['a', 'b/#c'] }, { topicFilters: ['é/+x'] }],
  suback: [{ reasonCodes: [] }, { reasonCodes: [0, 3] }],
  unsuback: [{ reasonCodes: [] }, { reasonCodes: [0, 1] }],
  puback: [{ reasonCode: 0x92 }, { packetId: 0 }],
  disconnect: [{ reasonCode: 1 }],
  auth: [
    { properties: { reasonString: 'r' } },
    { reasonCode: 0x18, properties: {} },
    { reasonCode: 0, properties: {} },
  ],
};

export interface Changed {
  packet: Packet;
  protocolVersion: ProtocolVersion;
  changed: string[];
}

interface Plan {
  packet: Packet;
  changes: Change[];
  fault: number;
  breaks: boolean;
}

function changedBy({ packet, changes: planned, fault, breaks }: Plan): Pick<Changed, 'packet' | 'changed'> {
  const copy: Packet = structuredClone(packet);
  // A clone of a Buffer is a plain Uint8Array, which serves as well.
  const faults = broken[packet.type];
  if (breaks && faults) {
    const members = faults[fault % faults.length];
    return { packet: { ...copy, ...members }, changed: Object.keys(members) };
  }
  return { packet: copy, changed: planned.map((one) => change(copy, one)) };
}

const plans = ([4, 5] as const).map((version) => {
  const packet = fc.oneof(...Object.values(packetsByType(version)));
  const plan = fc.record({ packet, changes, fault: fc.nat({ max: 60 }), breaks: fc.boolean() });
  const encodedAs = fc.oneof({ weight: 7, arbitrary: fc.constant(version) }, fc.constantFrom(3 as const, 4, 5));
  return fc.tuple(plan, encodedAs).map(([made, protocolVersion]): Changed => ({ ...changedBy(made), protocolVersion }));
});

type Written = Buffer | (Error & { codeName?: string });

function written(encode: () => Buffer): Written {
  try {
    return encode();
  } catch (error) {
    return error as Error;
  }
}

function asBatch(packet: Packet, version: ProtocolVersion): Buffer {
  const batch = new PacketBatch(version);
  batch.add({ type: 'pingreq' });
  batch.add(packet);
  return batch.take().subarray(2);
}

const show = (outcome: Written) =>
  Buffer.isBuffer(outcome) ? outcome.toString('hex').slice(0, 400) : `${outcome.name}: ${outcome.message}`;

/** One-sided: what a prepared PUBLISH accepts is what encodePacket writes. */
function prepared(packet: Packet, version: ProtocolVersion): Written | undefined {
  if (packet.type !== 'publish' || packet.dup) return undefined;
  return written(() => preparePublish(packet, version).encode(packet.payload, packet.packetId));
}

const REFUSALS = [
  'PACKET_TYPE_RESERVED',
  'TRAILING_BYTES',
  'PACKET_ID_ZERO',
  'QOS_INVALID',
  'DUP_WITH_QOS_0',
  'UTF8_INVALID',
  'UTF8_NUL',
  'TOPIC_EMPTY',
  'TOPIC_WILDCARD',
  'FILTER_WILDCARD_MISPLACED',
  'FILTER_PLUS_MISPLACED',
  'SHARE_NAME_INVALID',
  'SHARE_FILTER_INVALID',
  'SHARE_NO_LOCAL',
  'NO_FILTERS',
  'SUBSCRIPTION_OPTIONS_RESERVED',
  'RETAIN_HANDLING_INVALID',
  'NO_REASON_CODES',
  'REASON_CODE_INVALID',
  'WILL_QOS_INVALID',
  'PASSWORD_WITHOUT_USER_NAME',
  'CLIENT_ID_REQUIRED',
  'SESSION_PRESENT_WITH_ERROR',
  'PROPERTY_FOREIGN',
  'PROPERTY_DUPLICATE',
  'PROPERTY_NOT_BOOLEAN',
  'PROPERTY_ZERO',
  'AUTHENTICATION_METHOD_MISSING',
  'STRING_TOO_LONG',
  'RESPONSE_TOPIC_WILDCARD',
  'TOPIC_ALIAS_ZERO',
  'TypeError',
  'RangeError',
];

export const encodedPackets: Subject<Changed> = {
  name: 'mqtt-encode',
  peer: 'the same with each packet read by the core',
  runs: 5_000,
  expects: ['both accept: proven', 'both accept: read', ...REFUSALS.map((code) => `both refuse: ${code}`)],
  arbitrary: fc.oneof(...plans) as Arbitrary<Changed>,
  compare({ packet, protocolVersion, changed }): Outcome {
    const { result: mine, isProven } = withProof(() => written(() => encodePacket(packet, protocolVersion)));
    const others = {
      'read by the core': inDoubt(() => written(() => encodePacket(packet, protocolVersion))),
      'in a batch': written(() => asBatch(packet, protocolVersion)),
      prepared: Buffer.isBuffer(mine) ? prepared(packet, protocolVersion) : undefined,
    };
    for (const [way, other] of Object.entries(others)) {
      if (other !== undefined && show(other) !== show(mine))
        throw new Difference(
          `mqtt-encode: ${changed.join(', ')}: version ${protocolVersion} of ${JSON.stringify(packet).slice(0, 500)}: ${show(mine)}, ${way} ${show(other)}`,
        );
    }
    if (Buffer.isBuffer(mine)) return isProven ? 'both accept: proven' : 'both accept: read';
    return `both refuse: ${(mine as MqttError).codeName ?? mine.name}`;
  },
};
