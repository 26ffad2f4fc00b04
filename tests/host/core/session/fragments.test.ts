import { expect, it } from 'vitest';
import { Fragments } from '../../../../host/core/session/fragments.js';

it('fragments count the bytes that wait for the rest of their packet', () => {
  const fragments = new Fragments();
  fragments.keep(Buffer.alloc(3), 10);
  expect([fragments.length, fragments.add(Buffer.alloc(4)), fragments.length]).toEqual([3, undefined, 7]);
  fragments.clear();
  expect(fragments.length).toBe(0);
});
