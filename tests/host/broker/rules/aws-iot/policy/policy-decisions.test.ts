import { describe, expect, it } from 'vitest';
import { CONDITION_CASES } from './condition-cases.js';
import { decideCase, documentsOf, edited } from './decided-case.js';
import { MISTAKE_CASES } from './mistake-cases.js';
import { BASIC_CASES } from './policy-cases.js';

const GROUPS = [...BASIC_CASES, ...CONDITION_CASES, ...MISTAKE_CASES];

describe.each(GROUPS)('policy cases: $group', ({ cases }) => {
  it.each(
    cases.map(
      (one) =>
        [
          `${one.about}: ${one.action} on ${one.resource.slice(0, 60)} is ${one.allowed ? 'allowed' : 'refused'}`,
          one,
        ] as const,
    ),
  )('%s', (_title, one) => {
    const decision = decideCase(one);
    const { text, edit, nearest, mistake } = decision.explain();
    expect({ allowed: decision.allowed, mistake: one.mistake === undefined ? undefined : mistake, text }).toEqual({
      allowed: one.allowed,
      mistake: one.mistake,
      text: expect.stringMatching(one.says ?? /./),
    });
    expect(text).toContain(one.resource);
    expect(text).toMatch(one.allowed ? /allows/ : decision.statement ? /denies/ : /^no statement allows/);
    if (one.allowed) expect({ edit, nearest }).toEqual({});
    else expect(edit).not.toBe('');
  });
});

const refused = GROUPS.flatMap(({ cases }) => cases).filter(({ allowed }) => !allowed);

/** Several statements may be in the way. */
const MOST_EDITS = 4;

describe('the edits that refusals name', () => {
  it.each(refused.map((one) => [one.about, one] as const))('allow it in the end: %s', (_title, one) => {
    let documents = documentsOf(one);
    for (let round = 0; round < MOST_EDITS; round++) {
      const decision = decideCase(one, documents);
      if (decision.allowed) return;
      const { change, edit } = decision.explain();
      if (!change) return expect(edit).toMatch(/^(connect|attach|fulfil|take|set|use|write both)/);
      documents = edited(documents, change);
    }
    expect(decideCase(one, documents).allowed).toBe(true);
  });
});
