/** A drop-in for mqtt-packet 9: the same functions and packet objects on the core, strict by default. */
import { generate } from './generate/generate.js';
import { writeToStream } from './generate/write-to-stream.js';
import { parser } from './parse/parser.js';

export type { PacketStream } from './generate/write-to-stream.js';
export { PacketError } from './packet-error.js';
export type * from './packet-types.js';
export type { Parser } from './parse/parser.js';
export { generate, parser, writeToStream };
export default { parser, generate, writeToStream };
