import { expect, it } from 'vitest';
import { checkChunk, LARGEST_AT_ONCE } from '../../../../host/core/bytes/check-arguments.js';

it('a chunk may have 1.5 GiB with the bytes that wait for it, and is refused with one more', () => {
  const chunk = Buffer.alloc(100);
  expect(() => checkChunk(chunk, LARGEST_AT_ONCE - 100)).not.toThrow();
  expect(() => checkChunk(chunk, LARGEST_AT_ONCE - 99)).toThrow(
    new RangeError('chunk: 1610612737 bytes are too many at once, at most 1610612736: pass smaller chunks'),
  );
});
