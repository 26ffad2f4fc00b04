import { expect, it } from 'vitest';
import { FieldReader } from '../../../../host/core/bytes/field-reader.js';

it('a reader lets go of over 64 KiB, and keeps fewer bytes', () => {
  const left = [65_535, 65_536, 65_537].map((length) => {
    const reader = new FieldReader().open(Buffer.alloc(length));
    reader.letGo();
    return reader.bytes.length;
  });
  expect(left).toEqual([65_535, 65_536, 0]);
});
