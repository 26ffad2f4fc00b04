// needs: openssl, cryptography-vectors
import { describe, expect, it } from 'vitest';
import { results } from '../../../build/abi/core.js';
import { runs, timeout } from '../../host/core/property-runs.js';
import { subjects } from './index.js';
import { check, failureOf, type Seen } from './run.js';
import { Difference, entries, judge } from './subject.js';

describe('arbitrary and changed inputs', () => {
  it.each(subjects)(
    '$name: the same verdict and meaning as $peer, or a difference on the list',
    async (subject) => {
      const seen: Seen = new Map();
      const details = await check(subject, seen, runs(subject.runs));
      console.log(
        `differential: ${subject.name}: ${[...seen].map(([outcome, count]) => `${count} ${outcome}`).join(', ')}`,
      );
      expect(failureOf(subject, details)).toBeUndefined();
      const outcomes = [...seen.keys()];
      for (const expected of subject.expects)
        expect(
          outcomes.some((outcome) => outcome.startsWith(expected)),
          expected,
        ).toBe(true);
    },
    timeout,
  );
});

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

  it.each(subjects)('a peer that says the opposite of $peer is found ($name)', async (subject) => {
    const lying = {
      ...subject,
      compare: async (input: unknown) => {
        const outcome = await subject.compare(input);
        const [ours, peer] = outcome === 'both accept' ? [undefined, 'no'] : ['PACKET_TRUNCATED', undefined];
        return outcome.startsWith('both') ? judge(subject.name, ours, peer, Buffer.alloc(0)) : outcome;
      },
    };
    const details = await check(lying, new Map(), { ...runs(20), numRuns: 20 });
    expect(failureOf(lying, details)).toContain(subject.name);
  });
});
