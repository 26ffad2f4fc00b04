import { isIPv4, isIPv6 } from 'node:net';
import type { Direction } from '../../engine/tap/packet-tap.js';

/** Where MQTT is at home: Wireshark decodes what comes from there or goes there. */
const MQTT_PORT = 1883;
const TCP = 6;
const HOP_LIMIT = 64;
/** Bytes of a segment: an IP packet has at most 65,535 with its headers. */
const LARGEST_SEGMENT = 65_000;
/** Room that a TCP header announces, and the option of SYN that multiplies it by 2^14: nobody acknowledges between. */
const WINDOW = 65_535;
const WINDOW_SCALE = Uint8Array.of(3, 3, 14, 1);

const FIN = 1;
const SYN = 2;
const PUSH = 8;
const ACK = 16;

/** Address and port of one end. */
interface End {
  address: Uint8Array;
  port: number;
  /** Sequence number of the next byte that this end sends. */
  next: number;
}

/**
 * The IP packets with which a network might have carried one connection: opened, acknowledged and closed in order, so that Wireshark finds
 * nothing to complain about. The server is at port 1883, whatever port and however much TLS there was.
 */
export class TcpConversation {
  readonly #client: End;
  readonly #server: End;
  readonly #isIPv6: boolean;

  /** @param remote address and port of the client; what is not one is shown as an address for documents */
  constructor(remote: string, id: number) {
    const { address, port } = endOf(remote, id);
    this.#isIPv6 = isIPv6(address);
    const server = this.#isIPv6 ? '::1' : '127.0.0.1';
    this.#client = { address: addressBytes(address), port, next: 0 };
    this.#server = { address: addressBytes(server), port: MQTT_PORT, next: 0 };
  }

  /** The three packets that open it. */
  open(): Buffer[] {
    const [client, server] = [this.#client, this.#server];
    const syn = this.#packet(client, server, SYN, none);
    client.next = 1;
    const answer = this.#packet(server, client, SYN | ACK, none);
    server.next = 1;
    return [syn, answer, this.#packet(client, server, ACK, none)];
  }

  /** The packets that carry these bytes. */
  carry(direction: Direction, bytes: Uint8Array): Buffer[] {
    const [from, to] = this.#ends(direction);
    const packets: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += LARGEST_SEGMENT) {
      const piece = bytes.subarray(at, at + LARGEST_SEGMENT);
      packets.push(this.#packet(from, to, PUSH | ACK, piece));
      from.next = (from.next + piece.length) >>> 0;
    }
    return packets;
  }

  /** The packets that close it. */
  close(): Buffer[] {
    const [client, server] = [this.#client, this.#server];
    const first = this.#packet(server, client, FIN | ACK, none);
    server.next = (server.next + 1) >>> 0;
    const second = this.#packet(client, server, FIN | ACK, none);
    client.next = (client.next + 1) >>> 0;
    return [first, second, this.#packet(server, client, ACK, none)];
  }

  #ends(direction: Direction): [from: End, to: End] {
    return direction === 'in' ? [this.#client, this.#server] : [this.#server, this.#client];
  }

  #packet(from: End, to: End, flags: number, payload: Uint8Array): Buffer {
    const options = (flags & SYN) !== 0 ? WINDOW_SCALE : none;
    const header = 20 + options.length;
    const segment = Buffer.alloc(header + payload.length);
    segment.writeUInt16BE(from.port, 0);
    segment.writeUInt16BE(to.port, 2);
    segment.writeUInt32BE(from.next, 4);
    segment.writeUInt32BE((flags & ACK) !== 0 ? to.next : 0, 8);
    // The length of the header in words.
    segment[12] = (header / 4) << 4;
    segment[13] = flags;
    segment.writeUInt16BE(WINDOW, 14);
    segment.set(options, 20);
    segment.set(payload, header);
    const pseudo = Buffer.alloc(8);
    pseudo.writeUInt32BE(segment.length, 0);
    pseudo[7] = TCP;
    segment.writeUInt16BE(checksum([from.address, to.address, pseudo, segment]), 16);
    return Buffer.concat([this.#ipHeader(from, to, segment.length), segment]);
  }

  #ipHeader(from: End, to: End, length: number): Buffer {
    if (this.#isIPv6) {
      const header = Buffer.alloc(40);
      header[0] = 0x60;
      header.writeUInt16BE(length, 4);
      header[6] = TCP;
      header[7] = HOP_LIMIT;
      header.set(from.address, 8);
      header.set(to.address, 24);
      return header;
    }
    const header = Buffer.alloc(20);
    header[0] = 0x45;
    header.writeUInt16BE(header.length + length, 2);
    // Do not fragment.
    header[6] = 0x40;
    header[8] = HOP_LIMIT;
    header[9] = TCP;
    header.set(from.address, 12);
    header.set(to.address, 16);
    header.writeUInt16BE(checksum([header]), 10);
    return header;
  }
}

const none = new Uint8Array(0);

/** Of `remote`, where it is `ADDRESS:PORT`; otherwise an address of RFC 5737 with a port made of the connection's number. */
function endOf(remote: string, id: number): { address: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|(.*)):(\d{1,5})$/.exec(remote) ?? [];
  const text = (bracketed ?? plain ?? '').replace(/%.*$/, '');
  // IPv4 over a socket of IPv6.
  const address = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1] ?? text;
  const port = Number(digits);
  if ((isIPv4(address) || isIPv6(address)) && port <= 0xffff) return { address, port };
  return { address: '192.0.2.1', port: 1024 + (id % 64_000) };
}

function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.').map(Number));
  const [before, after] = address.split('::').map((part) => part.split(':').filter((word) => word !== ''));
  const words = (parts: string[]) =>
    parts.flatMap((word) => {
      if (isIPv4(word)) return [...addressBytes(word)];
      const value = Number.parseInt(word, 16);
      return [value >> 8, value & 0xff];
    });
  const [head, tail] = [words(before), words(after ?? [])];
  return Uint8Array.from([...head, ...new Array(16 - head.length - tail.length).fill(0), ...tail]);
}

/** The Internet checksum (RFC 1071) of parts, all but the last of even length. */
function checksum(parts: Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += part[at] * 256 + (part[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
