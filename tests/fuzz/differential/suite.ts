import { describe, expect, it } from 'vitest';
import { runs, timeout } from '../../host/core/support/property-runs.js';
import { check, failureOf, type Seen } from './run.js';
import { judge, type Subject } from './subject.js';

/** The tests of some subjects: they agree with their peers, and one that does not is found. */
export function testSubjects(subjects: readonly Subject[]): void {
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

  describe('a peer that says the opposite', () => {
    it.each(subjects)('of $peer is found ($name)', async (subject) => {
      const lying = {
        ...subject,
        compare: async (input: unknown) => {
          const outcome = await subject.compare(input);
          const [ours, peer] = outcome.startsWith('both accept') ? [undefined, 'no'] : ['PACKET_TRUNCATED', undefined];
          return outcome.startsWith('both') ? judge(subject.name, ours, peer, Buffer.alloc(0)) : outcome;
        },
      };
      const details = await check(lying, new Map(), { ...runs(20), numRuns: 20 });
      expect(failureOf(lying, details)).toContain(subject.name);
    });
  });
}
