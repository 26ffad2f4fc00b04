/** A drop-in for mqtt-packet 9: the same functions and packet objects on the core, strict by default. */
import { generate } from './generate.js';
import { parser } from './parser.js';
import { writeToStream } from './write-to-stream.js';

export { PacketError } from './errors.js';
export type { Parser } from './parser.js';
export type * from './types.js';
export type { PacketStream } from './write-to-stream.js';
export { generate, parser, writeToStream };
export default { parser, generate, writeToStream };
