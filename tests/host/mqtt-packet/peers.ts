import theirs from 'mqtt-packet';
import ours, { type Packet, type ParserOptions } from '../../../host/mqtt-packet/index.js';

export { ours, theirs };

/** Versions in options, and the version that is then used. */
export const versions = [
  [3, 3],
  [4, 4],
  [5, 5],
  [7, 4],
  [undefined, 4],
] as const;

/** What a parser emitted and returned for the chunks of one stream. */
export interface Parsed {
  packets: Packet[];
  errors: (Error & { codeName?: string; statement?: string; byteOffset?: number })[];
  /** What the calls of `parse` returned. */
  unread: number[];
}

type Codec = { parser(options?: object): NodeJS.EventEmitter & { parse(chunk: Buffer): number } };

/** Feeds the chunks to a new parser, up to the first refused one. */
export function parseAll(codec: Codec, options: ParserOptions | undefined, ...chunks: Buffer[]): Parsed {
  const result: Parsed = { packets: [], errors: [], unread: [] };
  const parser = codec.parser(options);
  parser.on('packet', (packet) => result.packets.push(packet));
  parser.on('error', (error) => result.errors.push(error));
  for (const chunk of chunks) {
    if (result.errors.length === 0) result.unread.push(parser.parse(chunk));
  }
  return result;
}

/** The members of packets without their classes; undefined members show. */
export const members = (packets: unknown): unknown =>
  JSON.parse(JSON.stringify(packets, (_, value) => (value === undefined ? 'undefined' : value)));

/** The bytes cut into pieces of one byte. */
export const oneByOne = (bytes: Buffer) => [...bytes.keys()].map((at) => bytes.subarray(at, at + 1));

export const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Feeds chunks in hex to a new parser of ours. */
export const parse = (options: ParserOptions | undefined, ...chunks: string[]) =>
  parseAll(ours, options, ...chunks.map((chunk) => hex(chunk)));

export const cmds = (packets: Packet[]) => packets.map(({ cmd }) => cmd);
