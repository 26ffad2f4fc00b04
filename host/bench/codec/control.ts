/**
 * The control: a decoder in plain JavaScript, as tight as one written by hand, with only the checks that cost nothing. It does
 * not check UTF-8, topics, properties or reason codes.
 */
export interface ControlPacket {
  type: number;
  flags: number;
  packetId: number;
  topic: string;
  payload: Buffer | undefined;
  filters: string[] | undefined;
}

/** Decodes the PUBLISH, PUBACK, SUBSCRIBE and PINGREQ packets of 3.1.1 in a whole chunk. */
export function decodeControl(chunk: Buffer): ControlPacket[] {
  const packets: ControlPacket[] = [];
  let at = 0;
  while (at < chunk.length) {
    const first = chunk[at++];
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = chunk[at++];
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift === 21) throw new Error('remaining length');
    }
    const end = at + length;
    if (end > chunk.length) throw new Error('truncated');
    packets.push(decodeBody(chunk, first, at, end));
    at = end;
  }
  return packets;
}

function decodeBody(chunk: Buffer, first: number, start: number, end: number): ControlPacket {
  const type = first >> 4;
  const flags = first & 15;
  const packet: ControlPacket = { type, flags, packetId: 0, topic: '', payload: undefined, filters: undefined };
  let at = start;
  if (type === 3) {
    const topicEnd = at + 2 + ((chunk[at] << 8) | chunk[at + 1]);
    if (topicEnd > end) throw new Error('topic');
    packet.topic = chunk.toString('latin1', at + 2, topicEnd);
    at = topicEnd;
    if (flags & 6) {
      packet.packetId = (chunk[at] << 8) | chunk[at + 1];
      at += 2;
    }
    packet.payload = chunk.subarray(at, end);
    return packet;
  }
  if (end - at < 2) return packet;
  packet.packetId = (chunk[at] << 8) | chunk[at + 1];
  at += 2;
  if (type !== 8) return packet;
  packet.filters = [];
  while (at < end) {
    const filterEnd = at + 2 + ((chunk[at] << 8) | chunk[at + 1]);
    packet.filters.push(chunk.toString('latin1', at + 2, filterEnd));
    at = filterEnd + 1;
  }
  return packet;
}
