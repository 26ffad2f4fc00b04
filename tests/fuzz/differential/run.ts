import fc, { type Parameters, type RunDetails } from 'fast-check';
import type { Subject } from './subject.js';

/** How often each outcome came. */
export type Seen = Map<string, number>;

/** Tries a subject and counts outcomes in `seen`. A difference that is not listed is a failure in the returned details. */
export async function check(
  subject: Subject,
  seen: Seen,
  parameters: Parameters<[unknown]>,
): Promise<RunDetails<[unknown]>> {
  const property = fc.asyncProperty(subject.arbitrary, async (input) => {
    const outcome = await subject.compare(input);
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
  });
  return fc.check(property, parameters);
}

/** What was found, in one text: the smallest input, and the seed that leads to it. */
export function failureOf(subject: Subject, details: RunDetails<[unknown]>): string | undefined {
  if (!details.failed) return undefined;
  const { errorInstance, interrupted, numRuns, seed, counterexamplePath } = details;
  if (!errorInstance)
    return `${subject.name}: ${interrupted ? `stopped after ${numRuns} inputs` : 'failed'}, seed ${seed}`;
  return `${(errorInstance as Error).message} (seed ${seed}, path ${counterexamplePath})`;
}
