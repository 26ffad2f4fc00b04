export { type CertificateNames, certificateNames } from './decide/certificate-names.js';
export type { Home, PolicyContext, PolicyThing } from './decide/policy-context.js';
export { ACTIONS, type ActionFact, actionFact, type IotAction } from './document/action-names.js';
export {
  type NamedPolicy,
  type PolicyMistake,
  type StatementPlace,
  statementName,
} from './document/policy-document.js';
export { readPolicy } from './document/read-policy.js';
export type { Explanation } from './explain/explain-decision.js';
export type { PolicyChange } from './explain/policy-change.js';
export type { LintFinding } from './lint/lint-finding.js';
export { lintPolicies } from './lint/lint-policies.js';
export { PolicySession } from './policy-session.js';
export { type PolicyDecision, type PolicyRequest, PolicySet } from './policy-set.js';
export { type RunTrace, readRunTrace, type TracedRequest } from './suggest/run-trace.js';
export { type SuggestedPolicy, type SuggestOptions, suggestPolicy } from './suggest/suggest-policy.js';
