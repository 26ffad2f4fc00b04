import { lintPolicies } from '../../broker/index.js';
import { coloursFor } from '../output/colours.js';
import { UserError } from '../process/user-error.js';
import { readPolicyFiles } from './policy-files.js';
import { policyReporter } from './policy-reporter.js';
import { homeOf, type SubjectFlags } from './policy-subject.js';

export interface PolicyLintFlags extends Pick<SubjectFlags, 'region' | 'account'> {
  json?: boolean;
}

/** `wasmqtt policy lint`. @throws UserError when there is an error; UsageError for policies that AWS would not take */
export function policyLintAction(files: string[], flags: PolicyLintFlags): void {
  const { stdout } = process;
  const report = policyReporter(stdout, coloursFor(stdout), flags.json);
  const policies = readPolicyFiles(files, report);
  const counts = { error: 0, warning: 0 };
  const fileOf = new Map([...policies].map(([file, { name }]) => [name, file]));
  for (const finding of lintPolicies([...policies.values()], homeOf(flags))) {
    counts[finding.severity]++;
    report({ event: 'finding', file: fileOf.get(finding.statement.policy)!, ...finding });
  }
  const statements = [...policies.values()].reduce((sum, policy) => sum + policy.statements.length, 0);
  const { error: errors, warning: warnings } = counts;
  report({ event: 'summary', policies: policies.size, statements, allowed: 0, refused: 0, errors, warnings });
  if (errors > 0) throw new UserError(`${errors === 1 ? 'one error' : `${errors} errors`}; fix what is reported above`);
}
