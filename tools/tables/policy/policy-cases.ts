import { lintPolicies } from '../../../host/broker/rules/aws-iot/policy/index.js';
import { CONDITION_CASES } from '../../../tests/host/broker/rules/aws-iot/policy/condition-cases.js';
import { decideCase, documentsOf, policiesOf } from '../../../tests/host/broker/rules/aws-iot/policy/decided-case.js';
import { LINT_CASES } from '../../../tests/host/broker/rules/aws-iot/policy/lint-cases.js';
import { MISTAKE_CASES } from '../../../tests/host/broker/rules/aws-iot/policy/mistake-cases.js';
import { BASIC_CASES, type PolicyCase } from '../../../tests/host/broker/rules/aws-iot/policy/policy-cases.js';

const LONGEST = 60;
const GROUPS = [...BASIC_CASES, ...CONDITION_CASES, ...MISTAKE_CASES];

/** Every case of a policy with its verdict and explanation, for docs/aws-policies.md. */
export function policyCaseTable(): string {
  return GROUPS.map(({ group, cases }) =>
    [`### ${group}`, '', '| case | request | verdict | why |', '| --- | --- | --- | --- |', ...cases.map(caseRow)].join(
      '\n',
    ),
  ).join('\n\n');
}

function caseRow(one: PolicyCase): string {
  const { text, edit } = decideCase(one).explain();
  const why = edit ? `${text}. To allow it: ${edit}` : text;
  const { action, resource, allowed, about } = one;
  return `| ${cell(about)} | \`${shortened(action.replace('iot:', ''))} ${shortened(resource)}\` | ${allowed ? 'allowed' : '**refused**'} | ${cell(why)} |`;
}

/** Every rule of the lint with the cases in which it is found, for docs/aws-policies.md. */
export function policyLintTable(): string {
  const rows = [...new Set(LINT_CASES.map(({ rule }) => rule))].map((rule) => {
    const cases = LINT_CASES.filter((one) => one.rule === rule);
    const found = cases.map(({ statements, version }) => {
      const documents = documentsOf({
        policy: statements,
        version,
        about: '',
        action: '',
        resource: '',
        allowed: true,
      });
      return lintPolicies(policiesOf(documents)).find((finding) => finding.rule === rule)!;
    });
    const [{ severity, what, fix }] = found;
    return `| \`${rule}\` | ${severity} | ${cases.map(({ about }) => cell(about)).join('; ')} | ${cell(`${what}. Fix: ${fix}`)} |`;
  });
  return ['| rule | severity | found in | what it says of the first |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** Text without anything that a cell or Markdown would act on; what stands in backticks is as it is. */
function cell(text: string): string {
  const pieces = text.replace(/\S{61,}/g, shortened).split(/(`[^`]*`)/);
  return pieces.map((piece, at) => (at % 2 === 1 ? piece : piece.replace(/[\\*_|<>[\]#$]/g, '\\$&'))).join('');
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
