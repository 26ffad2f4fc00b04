import type { CompiledStatement } from '../decide/compiled-statement.js';
import type { Place, StatementPlace } from '../document/policy-document.js';

/** Something that a policy does not do, or does besides. */
export interface LintFinding extends Place {
  /** The name of the kind, as in docs/aws-policies.md. */
  readonly rule: string;
  /** `error`: never does what it says. `warning`: probably is not what is meant. */
  readonly severity: 'error' | 'warning';
  /** The statement's index and Sid; its line is that of the finding. */
  readonly statement: StatementPlace;
  /** What is so, and why it matters: a sentence without a full stop. */
  readonly what: string;
  /** What to do. */
  readonly fix: string;
}

/** Reports about one statement. */
export type LintReport = (
  severity: LintFinding['severity'],
  rule: string,
  at: Place,
  what: string,
  fix: string,
) => void;

export type StatementLint = (statement: CompiledStatement, report: LintReport) => void;
export type SetLint = (
  statements: readonly CompiledStatement[],
  reportOf: (one: CompiledStatement) => LintReport,
) => void;
