import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  lintPolicies,
  type NamedPolicy,
  readPolicy,
} from '../../../../../../host/broker/rules/aws-iot/policy/index.js';
import { CLEAN, LINT_CASES } from './lint-cases.js';
import type { StatementText } from './policy-cases.js';

function policyOf(statements: readonly StatementText[], version: string | null = '2012-10-17'): NamedPolicy {
  const document = { ...(version === null ? {} : { Version: version }), Statement: statements };
  const { policy, mistakes } = readPolicy('device', JSON.stringify(document, null, 1));
  expect(mistakes).toEqual([]);
  return policy!;
}

describe('lintPolicies', () => {
  it.each(LINT_CASES.map((one) => [one.rule, one.about, one] as const))('finds %s: %s', (rule, _about, one) => {
    const findings = lintPolicies([policyOf(one.statements, one.version)]);
    expect(findings.map((finding) => finding.rule)).toContain(rule);
    for (const { what, fix } of findings) {
      expect(what).not.toMatch(/\.$|undefined/);
      expect(fix).not.toMatch(/\.$|undefined|^$/);
    }
  });

  it.each(CLEAN)('finds nothing in $about', ({ statements }) => {
    expect(lintPolicies([policyOf(statements)])).toEqual([]);
  });

  it('has a case for each rule', () => {
    const folder = join(import.meta.dirname, '../../../../../../host/broker/rules/aws-iot/policy/lint');
    const sources = readdirSync(folder)
      .filter((file) => file.endsWith('-lints.ts'))
      .map((file) => readFileSync(join(folder, file), 'utf8'));
    // `report('error', 'rule'`, and both words of a conditional.
    const rules = sources.flatMap((text) =>
      [...text.matchAll(/\(\s*'(?:error|warning)',\s*(?:\w+ \? '([\w-]+)' : )?'([\w-]+)'/g)].flatMap(
        ([, one, other]) => [one, other],
      ),
    );
    const named = new Set(rules.filter((rule) => rule !== undefined));
    expect(named.size).toBeGreaterThan(30);
    expect([...named].sort()).toEqual([...new Set(LINT_CASES.map(({ rule }) => rule))].sort());
  });

  it('says where: policy, statement, line and column of the entry', () => {
    const text =
      '{"Version":"2012-10-17","Statement":[\n{"Sid":"Read","Effect":"Allow","Action":"iot:Publish",\n "Resource":["arn:aws:iot:*:*:topic/a",\n  "arn:aws:iot:*:*:topic/+"]}]}';
    const { policy } = readPolicy('pump', text);
    const [, { rule, severity, statement, line, column }] = lintPolicies([policy!]);
    expect({ rule, severity, statement, line, column }).toEqual({
      rule: 'mqtt-wildcard',
      severity: 'error',
      statement: { policy: 'pump', index: 1, sid: 'Read', line: 2 },
      line: 4,
      column: 3,
    });
  });

  it('takes several policies together', () => {
    const [one, other] = CLEAN[0].statements.map((statement) => policyOf([statement]));
    expect(lintPolicies([one, { ...other, name: 'second' }]).map(({ rule }) => rule)).toEqual(['receive-missing']);
  });
});
