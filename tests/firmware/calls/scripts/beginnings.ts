import { encodePacket, type Packet, type ProtocolVersion } from '../../../../host/core/index.js';

/** A packet of the broker, as a line of a script. */
export const broker = (packet: Packet, version: ProtocolVersion = 5): string =>
  `broker ${encodePacket(packet, version).toString('hex')}`;

export const readAll = [0, 1, 2, 3].map(() => 'next');
export const device = ['setup 51 16', 'network 1', 'poll', 'news', 'status'];
export const channel = [...device, 'open 1 1024 512'];
export const connack = (version: ProtocolVersion, sessionPresent = false) =>
  broker({ type: 'connack', sessionPresent, reasonCode: 0 }, version);
export const connected = (version: ProtocolVersion, clean = 1) => [
  ...channel,
  `connect ${version === 5 ? 5 : 3} ${clean} 60 client-1`,
  'poll',
  'sent',
  connack(version),
  'news',
  'next',
  'read-connect',
];
export const message = (
  topic: string,
  payload: string,
  qos: 0 | 1 | 2 = 0,
  packetId = 1,
  dup = false,
  version: ProtocolVersion = 5,
) =>
  broker(
    {
      type: 'publish',
      topic,
      payload: Buffer.from(payload),
      qos,
      retain: false,
      dup,
      ...(qos ? { packetId } : {}),
    } as Packet,
    version,
  );
export const answer = (
  type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp',
  packetId: number,
  version: ProtocolVersion,
  reasonCode = 0,
) => broker({ type, packetId, reasonCode } as Packet, version);
