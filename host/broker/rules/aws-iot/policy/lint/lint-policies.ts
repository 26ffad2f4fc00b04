import type { CompiledStatement } from '../decide/compiled-statement.js';
import type { Home } from '../decide/policy-context.js';
import type { NamedPolicy } from '../document/policy-document.js';
import { PolicySet } from '../policy-set.js';
import { lintActions, lintTypes } from './action-lints.js';
import { lintConditions } from './condition-lints.js';
import { lintCompany, lintDenied, lintDeniedFilters, lintReceive, lintSids } from './coverage-lints.js';
import type { LintFinding, LintReport, SetLint, StatementLint } from './lint-finding.js';
import { lintNot, lintResources } from './resource-lints.js';
import { lintVariables } from './variable-lints.js';

const STATEMENT_LINTS: readonly StatementLint[] = [
  lintActions,
  lintTypes,
  lintResources,
  lintNot,
  lintVariables,
  lintConditions,
];
const SET_LINTS: readonly SetLint[] = [lintReceive, lintDenied, lintDeniedFilters, lintCompany, lintSids];

/**
 * What AWS takes, but does not do as it says. The policies are taken together, as if attached to one certificate.
 *
 * @param home the region and account that are known; without them those that most ARNs name
 * @returns in the order of policies and lines
 *
 * @example
 * ```ts
 * import { type LintFinding, lintPolicies, readPolicy } from 'wasmqtt/broker';
 *
 * const statement = { Effect: 'Allow', Action: 'iot:*', Resource: '*' };
 * const { policy } = readPolicy('device', JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
 * const findings: LintFinding[] = lintPolicies(policy ? [policy] : []);
 * findings.length > 0; // => true
 * ```
 */
export function lintPolicies(policies: readonly NamedPolicy[], home: Partial<Home> = {}): LintFinding[] {
  const { statements } = PolicySet.of(policies, home);
  const findings: LintFinding[] = [];
  const reportOf =
    (one: CompiledStatement): LintReport =>
    (severity, rule, at, what, fix) => {
      findings.push({ rule, severity, statement: one.place, ...at, what, fix });
    };
  for (const one of statements) for (const lint of STATEMENT_LINTS) lint(one, reportOf(one));
  for (const lint of SET_LINTS) lint(statements, reportOf);
  const order = policies.map(({ name }) => name);
  return findings.sort(
    (one, other) =>
      order.indexOf(one.statement.policy) - order.indexOf(other.statement.policy) ||
      one.line - other.line ||
      one.column - other.column,
  );
}
