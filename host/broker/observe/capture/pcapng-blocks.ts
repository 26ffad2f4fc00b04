/** Blocks of a pcapng file (draft-ietf-opsawg-pcapng): little-endian, one interface of raw IP packets, times in microseconds. */

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** LINKTYPE_RAW: a packet begins with its IPv4 or IPv6 header. */
const RAW_IP = 101;
const OPTION_APPLICATION = 4;
const OPTION_NAME = 2;
const OPTION_COMMENT = 1;

/** The beginning of a file: section and interface. @param application what wrote it */
export function fileHeader(application: string): Buffer {
  const section = Buffer.alloc(16);
  section.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
  section.writeUInt16LE(1, 4);
  section.writeUInt16LE(0, 6);
  // The length of the section is not known.
  section.writeBigInt64LE(-1n, 8);
  const description = Buffer.alloc(8);
  description.writeUInt16LE(RAW_IP, 0);
  // Snap length 0: packets are whole.
  return Buffer.concat([
    block(SECTION_HEADER, [section, option(OPTION_APPLICATION, application), END]),
    block(INTERFACE_DESCRIPTION, [description, option(OPTION_NAME, 'mqtt'), END]),
  ]);
}

/** UTF-16 units of a comment. */
const LONGEST_COMMENT = 1000;

/**
 * One IP packet.
 *
 * @param time milliseconds since 1970
 * @param comment shown beside the packet
 */
export function packetBlock(packet: Uint8Array, time: number, comment?: string): Buffer {
  const head = Buffer.alloc(20);
  const microseconds = BigInt(Math.round(time * 1000));
  head.writeUInt32LE(0, 0);
  head.writeUInt32LE(Number(microseconds >> 32n), 4);
  head.writeUInt32LE(Number(microseconds & 0xffff_ffffn), 8);
  head.writeUInt32LE(packet.length, 12);
  head.writeUInt32LE(packet.length, 16);
  const options = comment === undefined ? [] : [option(OPTION_COMMENT, comment.slice(0, LONGEST_COMMENT)), END];
  return block(ENHANCED_PACKET, [head, padded(packet), ...options]);
}

const END = Buffer.alloc(4);

function option(code: number, text: string): Buffer {
  const value = Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

function block(type: number, parts: Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 12);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(length, 0);
  return Buffer.concat([head, ...parts, tail]);
}

/** Blocks and options are whole numbers of 32-bit words. */
function padded(bytes: Uint8Array): Uint8Array {
  const over = bytes.length % 4;
  return over === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - over)]);
}
