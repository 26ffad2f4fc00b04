import {
  type ConnectPacket,
  type Packet,
  type ProtocolVersion,
  ReasonCode,
  refusalWords,
  type Subscription,
} from '../../../core/index.js';
import { visible } from '../../../node/visible-text.js';
import type { TappedPacket } from '../../engine/tap/packet-tap.js';
import { propertyTexts } from './packet-properties.js';

/** UTF-16 units that are shown of a client id, and of a topic or filter. */
const LONGEST_NAME = 100;
const LONGEST_TOPIC = 200;
/** Filters and reason codes that are shown of one packet. */
const MOST_FILTERS = 10;

/**
 * A packet on one line. It begins as a line of `mosquitto -v` does, where that has one for the packet; in brackets follow the size on the
 * wire, the properties, and what a reason code means:
 *
 * ```text
 * Received PUBLISH from c4 (d0, q1, r0, m2, 'a/1', ... (5 bytes)) [12 bytes]
 * Sending PUBACK to c5 (m10, rc135) [5 bytes, not authorized]
 * ```
 *
 * Payloads, passwords and authentication data are not shown. The line is bounded, and nothing in it acts on a terminal.
 */
export function packetLine({ connection, direction, packet, size }: TappedPacket): string {
  const { clientId, info, protocolVersion } = connection;
  const [verb, preposition] = direction === 'in' ? ['Received', 'from'] : ['Sending', 'to'];
  const client = visible(clientId ?? info.remote, LONGEST_NAME);
  const details = detailsOf(packet, direction === 'in', protocolVersion);
  const properties = 'properties' in packet ? propertyTexts(packet.properties) : [];
  const rest = [`${size} bytes`, ...reasons(packet, protocolVersion), ...properties].join(', ');
  return `${verb} ${packet.type.toUpperCase()} ${preposition} ${client}${details && ` (${details})`} [${rest}]`;
}

/** What Mosquitto has in parentheses, in its words. */
function detailsOf(packet: Packet, isInbound: boolean, version: ProtocolVersion): string {
  switch (packet.type) {
    case 'connect':
      return connectDetails(packet);
    case 'connack':
      return `${Number(packet.sessionPresent)}, ${packet.reasonCode}`;
    case 'publish': {
      const { dup, qos, retain, packetId = 0, topic, payload } = packet;
      const flags = `d${Number(dup)}, q${qos}, r${Number(retain)}, m${packetId}`;
      return `${flags}, '${visible(topic, LONGEST_TOPIC)}', ... (${payload.length} bytes)`;
    }
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return isInbound ? inboundAnswer(packet) : outboundAnswer(packet);
    case 'subscribe':
      return listed(packet.packetId, packet.subscriptions.map(filterText));
    case 'unsubscribe':
      return listed(
        packet.packetId,
        packet.topicFilters.map((filter) => `'${visible(filter, LONGEST_TOPIC)}'`),
      );
    case 'suback':
    case 'unsuback':
      return listed(
        packet.packetId,
        packet.reasonCodes.map((code) => `rc${code}`),
      );
    case 'disconnect':
    case 'auth':
      return version === 5 ? `rc${packet.reasonCode}` : '';
    default:
      return '';
  }
}

type Answer = Extract<Packet, { type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp' }>;

/** Mosquitto has a reason code with PUBACK and PUBCOMP, and none with the other two. */
function inboundAnswer({ type, packetId, reasonCode }: Answer): string {
  return type === 'puback' || type === 'pubcomp' ? `Mid: ${packetId}, RC:${reasonCode}` : `Mid: ${packetId}`;
}

/** Mosquitto has a reason code with PUBACK and PUBREC, and none with the other two. */
function outboundAnswer({ type, packetId, reasonCode }: Answer): string {
  return type === 'puback' || type === 'pubrec' ? `m${packetId}, rc${reasonCode}` : `m${packetId}`;
}

/** As in Mosquitto's line "New client connected": protocol, clean start, keep-alive, user; p2 is 3.1.1. */
function connectDetails({ protocolVersion, cleanStart, keepAlive, userName, will }: ConnectPacket): string {
  const protocol = protocolVersion === 5 ? 5 : protocolVersion - 2;
  const parts = [`p${protocol}, c${Number(cleanStart)}, k${keepAlive}`];
  if (userName !== undefined) parts.push(`u'${visible(userName, LONGEST_NAME)}'`);
  if (will) {
    const { topic, qos, retain, payload } = will;
    parts.push(`will r${Number(retain)}, q${qos}, '${visible(topic, LONGEST_TOPIC)}', ... (${payload.length} bytes)`);
  }
  return parts.join(', ');
}

function filterText({ topicFilter, qos, noLocal, retainAsPublished, retainHandling }: Subscription): string {
  const options = [`q${qos}`];
  if (noLocal) options.push('no local');
  if (retainAsPublished) options.push('retain as published');
  if (retainHandling) options.push(`retain handling ${retainHandling}`);
  return `'${visible(topicFilter, LONGEST_TOPIC)}' ${options.join(' ')}`;
}

function listed(packetId: number, items: readonly string[]): string {
  const more = items.length > MOST_FILTERS ? [`${items.length - MOST_FILTERS} more`] : [];
  return [`m${packetId}`, ...items.slice(0, MOST_FILTERS), ...more].join(', ');
}

/** What refusals in the packet mean, each once. */
function reasons(packet: Packet, version: ProtocolVersion): string[] {
  const codes = 'reasonCodes' in packet ? packet.reasonCodes : 'reasonCode' in packet ? [packet.reasonCode] : [];
  const isRefusal = (code: number) =>
    code >= ReasonCode.unspecifiedError || (packet.type === 'connack' && version < 5 && code > 0);
  const words = codes.filter(isRefusal).map((code) => refusalWords(version, code).replace(/ \([^)]*\)$/, ''));
  return [...new Set(words)];
}
