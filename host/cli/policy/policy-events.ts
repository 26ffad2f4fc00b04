import type { FileMistake, LintFinding, StatementPlace } from '../../broker/index.js';

/** What `wasmqtt policy` reports: with --json each event is one line of standard output. */
export type PolicyEvent =
  | {
      event: 'decision';
      action: string;
      resource: string;
      clientId?: string;
      allowed: boolean;
      statement?: StatementPlace;
      /** Why. */
      text: string;
      /** The entry of the policies that is nearest. */
      nearest?: string;
      /** What would allow it. */
      edit?: string;
      /** The name of a common mistake, as in docs/aws-policies.md. */
      mistake?: string;
      /** How often the trace has it, and where first. */
      count?: number;
      line?: number;
    }
  | ({ event: 'mistake' } & FileMistake)
  | ({ event: 'finding'; file: string } & LintFinding)
  /** Something of the trace that AWS does not do, whatever the policy. */
  | { event: 'warning'; text: string }
  | {
      event: 'summary';
      policies: number;
      statements: number;
      allowed: number;
      refused: number;
      errors: number;
      warnings: number;
    };

export type PolicyReport = (event: PolicyEvent) => void;
