import type { Packet, Properties } from '../../../core/index.js';
import type { TappedPacket } from '../../engine/tap/packet-tap.js';

/** A packet for `--json`: one object, without payloads, passwords and authentication data. */
export interface PacketRecord {
  event: 'packet';
  direction: 'in' | 'out';
  clientId?: string;
  remote: string;
  /** Such as `publish`. */
  packet: Packet['type'];
  /** Bytes on the wire. */
  size: number;
  /** Bytes of the payload of a PUBLISH. */
  payloadSize?: number;
  /** The fields of the packet, by their names in MQTT 5. */
  [field: string]: unknown;
}

/** Binary properties are hexadecimal text. */
export function packetRecord({ connection, direction, packet, size }: TappedPacket): PacketRecord {
  const { type, ...fields } = packet as Packet & { payload?: Uint8Array; password?: unknown; properties?: Properties };
  const record: PacketRecord = {
    event: 'packet',
    direction,
    clientId: connection.clientId,
    remote: connection.info.remote,
    packet: type,
    size,
    ...fields,
  };
  if (packet.type === 'publish') record.payloadSize = packet.payload.length;
  if (packet.type === 'connect' && packet.will) {
    const { payload, properties, ...will } = packet.will;
    record.will = { ...will, payloadSize: payload.length, properties: shownProperties(properties) };
  }
  delete record.payload;
  delete record.password;
  if ('properties' in packet) record.properties = shownProperties(packet.properties);
  return record;
}

function shownProperties(properties: Properties | undefined): Record<string, unknown> | undefined {
  if (!properties) return undefined;
  const { authenticationData: _secret, correlationData, ...shown } = properties;
  return { ...shown, ...(correlationData && { correlationData: Buffer.from(correlationData).toString('hex') }) };
}
