// needs: openssl, cryptography-vectors
import { describe, expect, it } from 'vitest';
import { results } from '../../../build/abi/core.js';
import { structures, subjects } from './index.js';
import { Difference, entries, judge } from './subject.js';
import { testSubjects } from './suite.js';

testSubjects(structures);

describe('the list of differences', () => {
  const codes = new Set(Object.values(results).map(({ name }) => name));

  it('gives each its reason, a name of its own and subjects that there are', () => {
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    for (const { ours, reason, subjects: names } of entries) {
      expect(reason.length).toBeGreaterThan(30);
      expect(ours.startsWith('accepts: ') || codes.has(ours), ours).toBe(true);
      for (const name of names) expect(subjects.map((subject) => subject.name)).toContain(name);
    }
  });

  it('lets nothing through that is not on it', () => {
    const input = Buffer.of(0x30);
    expect(judge('key', undefined, undefined, input)).toBe('both accept');
    expect(judge('key', 'KEY_VERSION', undefined, input)).toBe('listed: key-version');
    for (const [ours, peer, note] of [
      ['KEY_VERSION_OTHER', undefined],
      ['CSR_VERSION', undefined], // of another subject
      [undefined, 'ERR_OSSL_UNSUPPORTED'],
      [undefined, 'ERR_OSSL_UNSUPPORTED: wrong tag', 'known algorithm'],
    ])
      expect(() => judge('key', ours, peer, input, note)).toThrow(Difference);
  });
});
