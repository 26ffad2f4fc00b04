import { readFileSync } from 'node:fs';
import { ChunkRecord, type CoreExports, DecodeOption, PacketRecord } from '../../../../build/abi/core.js';
import { modulePath } from '../../../../host/core/engine/node/package-files.js';
import { LARGEST_PACKET } from '../../../../host/core/index.js';
import type { Vector } from './mqtt-vectors.js';

interface Compiled {
  imports: { module: string; name: string; kind: string }[];
  exports: { name: string; kind: string }[];
  instantiate(): Record<string, unknown>;
}

// The DOM types, in which TypeScript describes WebAssembly, are not part of this project.
// biome-ignore lint/suspicious/noExplicitAny: see above
const { Module, Instance } = (globalThis as any).WebAssembly;

export type ModuleName = Parameters<typeof modulePath>[0];

export const moduleBytes = (name: ModuleName) => readFileSync(modulePath(name));

/** A module compiled by the engine directly, without the loader of host/core. */
export function compile(name: ModuleName): Compiled {
  const module = new Module(moduleBytes(name));
  return {
    imports: Module.imports(module),
    exports: Module.exports(module),
    instantiate: () => new Instance(module, {}).exports,
  };
}

/** The argument protocolVersion for a vector. */
const versionOf = ({ protocolVersion, strict }: Vector) => protocolVersion | (strict ? DecodeOption.STRICT : 0);

/** A separate instance of a release build of the core, without the TypeScript face of host/core. */
export class BareCore {
  readonly exports: CoreExports;
  readonly #record: number;

  constructor(name: ModuleName) {
    this.exports = compile(name).instantiate() as unknown as CoreExports;
    this.#record = (this.exports.heap_base() + 15) & ~15;
  }

  get #words(): Uint32Array {
    return new Uint32Array(this.exports.memory.buffer);
  }

  /** Puts the bytes after the record; `gap` moves them, so that every alignment occurs. */
  #put(bytes: Uint8Array, gap: number): number {
    const input = this.#record + 1024 + gap;
    new Uint8Array(this.exports.memory.buffer).set(bytes, input);
    return input;
  }

  /** Calls mqtt_decode; returns its result and two fields of the record. */
  decode(vector: Vector, gap = 0) {
    const packet = Buffer.from(vector.bytes, 'hex');
    const { result, word } = this.#decode(vector, this.#put(packet, gap), packet.length, 0);
    return { result, needed: word(PacketRecord.needed), errorOffset: word(PacketRecord.errorOffset) };
  }

  /**
   * Calls mqtt_decode with DecodeOption.HEADER for the first `length` bytes, at the very end of linear memory: reading one byte
   * more traps. Returns the result and the record, with addresses as offsets in the packet.
   */
  decodeHeader(vector: Vector, length: number) {
    const { byteLength } = this.exports.memory.buffer;
    const input = byteLength - length;
    new Uint8Array(this.exports.memory.buffer).set(Buffer.from(vector.bytes, 'hex').subarray(0, length), input);
    const { result, word } = this.#decode(vector, input, length, DecodeOption.HEADER);
    const record: Record<string, number> = {};
    for (const [name, field] of Object.entries(PacketRecord)) {
      if (name.endsWith('SIZE')) continue;
      const isAddress = ['topic', 'payload', 'properties'].includes(name) && word(field) !== 0;
      record[name] = word(field) - (isAddress ? input : 0);
    }
    return { result, record };
  }

  #decode(vector: Vector, input: number, length: number, option: number) {
    const { maximumPacketSize = LARGEST_PACKET } = vector;
    const version = versionOf(vector) | option;
    const result = this.exports.mqtt_decode(input, length, version, maximumPacketSize, this.#record);
    const words = this.#words;
    return { result, word: (field: number) => words[(this.#record + field) >> 2] };
  }

  /** Calls mqtt_decode_chunk with room for four packets; returns their number and the record Chunk. */
  decodeChunk(vector: Vector) {
    const packet = Buffer.from(vector.bytes, 'hex');
    const { maximumPacketSize = LARGEST_PACKET } = vector;
    const input = this.#put(packet, 0);
    const chunk = this.#record + 960;
    const { mqtt_decode_chunk } = this.exports;
    const version = versionOf(vector);
    const count = mqtt_decode_chunk(input, packet.length, version, maximumPacketSize, this.#record, 4, chunk);
    const word = (field: number) => this.#words[(chunk + field) >> 2];
    return {
      count,
      used: word(ChunkRecord.used),
      result: word(ChunkRecord.result) | 0,
      needed: word(ChunkRecord.needed),
      errorOffset: word(ChunkRecord.errorOffset),
    };
  }
}
