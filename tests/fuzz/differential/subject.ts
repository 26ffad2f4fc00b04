import type { Arbitrary } from 'fast-check';
import differences from './differences.json' with { type: 'json' };

/** What both sides made of an input, perhaps with how or why; `listed: ID` names the entry of the list under which they may differ. */
export type Outcome =
  | 'both accept'
  | 'both refuse'
  | `both ${'accept' | 'refuse'}: ${string}`
  | 'the peer throws'
  | `listed: ${string}`;

/** One boundary of the product, and a peer that reads or writes the same. */
export interface Subject<T = unknown> {
  name: string;
  peer: string;
  /** How many inputs npm test tries. */
  runs: number;
  /** Outcomes that this many runs must show; without them the inputs would prove little. */
  expects: readonly string[];
  arbitrary: Arbitrary<T>;
  /** Throws a Difference that is not listed. */
  compare(input: T): Outcome | Promise<Outcome>;
}

export class Difference extends Error {}

export interface Entry {
  id: string;
  subjects: string[];
  /** Result code with which we refuse, or "accepts", with a note of what is special about the input. */
  ours: string;
  /** "accepts", or a part of what the peer's refusal says. */
  peer: string;
  reason: string;
}

export const entries: readonly Entry[] = differences;

/** The verdict of one side: undefined when it accepts, otherwise the name of its refusal. */
export type Verdict = string | undefined;

/**
 * The outcome of two verdicts on one input. A difference must be on the list. `note` says, in the words of the list, what is special
 * about an input that we accept.
 */
export function judge(subject: string, ours: Verdict, peer: Verdict, input: Uint8Array, note?: string): Outcome {
  if (ours === undefined && peer === undefined) return 'both accept';
  if (ours !== undefined && peer !== undefined) return 'both refuse';
  const said = ours ?? (note ? `accepts: ${note}` : 'accepts');
  const entry = entries.find(
    (listed) =>
      listed.subjects.includes(subject) &&
      listed.ours === said &&
      (peer === undefined ? listed.peer === 'accepts' : listed.peer !== 'accepts' && peer.includes(listed.peer)),
  );
  if (entry) return `listed: ${entry.id}`;
  const hex = Buffer.from(input).toString('hex');
  throw new Difference(`${subject}: ours ${said}, the peer ${peer ?? 'accepts'}: ${hex}`);
}

/** The verdict of a function that throws when it refuses. Node keeps OpenSSL's reasons in opensslErrorStack. */
export function verdictOf(read: () => unknown): Verdict {
  try {
    read();
  } catch (error) {
    const { codeName, code, message, opensslErrorStack = [] } = error as Partial<Refusal>;
    return codeName ?? [code ?? message, ...opensslErrorStack].join(' ');
  }
  return undefined;
}

interface Refusal extends Error {
  codeName: string;
  code: string;
  opensslErrorStack: string[];
}
