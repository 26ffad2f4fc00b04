import { readFileSync } from 'node:fs';
import type { Packet, ProtocolVersion } from '../../../../host/core/index.js';

/** One entry of tests/vectors/mqtt.json; see the README there. */
export interface Vector {
  name: string;
  protocolVersion: ProtocolVersion;
  bytes: string;
  packet?: Packet;
  canonical?: boolean;
  error?: string;
  errorOffset?: number;
  statement?: string;
  strictness?: string;
  mqttPacket?: string;
  needed?: number;
  maximumPacketSize?: number;
  strict?: boolean;
}

const BINARY = new Set(['payload', 'password', 'correlationData', 'authenticationData']);

/** The packet of a vector, its hex fields as bytes. */
function revive(key: string, value: unknown): unknown {
  return BINARY.has(key) ? Buffer.from(value as string, 'hex') : value;
}

const file = new URL('../../../vectors/mqtt.json', import.meta.url);

export const vectors: Vector[] = JSON.parse(readFileSync(file, 'utf8'), revive).vectors;
export const valid = vectors.filter(({ packet }) => packet) as (Vector & { packet: Packet })[];
export const malformed = vectors.filter(({ error }) => error) as (Vector & { error: string; errorOffset: number })[];
export const incomplete = vectors.filter(({ needed }) => needed !== undefined) as (Vector & { needed: number })[];

/** The title of a vector in a test report. */
export const title = ({ name, protocolVersion }: Vector) => `${name} (version ${protocolVersion})`;

export const bytesOf = ({ bytes }: Vector) => Buffer.from(bytes, 'hex');
