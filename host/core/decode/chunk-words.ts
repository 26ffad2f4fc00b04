import { ChunkRecord } from '../../../build/abi/core.js';
import { chunkAddress } from '../engine/scratch.js';

/** Places of the fields of the Chunk record, in words of 32 bits. */
export const USED = (chunkAddress + ChunkRecord.used) >> 2;
export const NEEDED = (chunkAddress + ChunkRecord.needed) >> 2;
export const RESULT = (chunkAddress + ChunkRecord.result) >> 2;
export const ERROR_OFFSET = (chunkAddress + ChunkRecord.errorOffset) >> 2;
export const FAILED_TYPE = (chunkAddress + ChunkRecord.type) >> 2;
export const NEXT_VERSION = (chunkAddress + ChunkRecord.protocolVersion) >> 2;
