import { type ContextKey, LAST_INDEX, readContextKey } from '../decide/context-key.js';
import { keysOf, readTemplate } from '../decide/template.js';
import type { PlacedText } from '../document/policy-document.js';
import { meantKey } from '../explain/variable-mistakes.js';
import type { LintReport, StatementLint } from './lint-finding.js';

/** Variables that are none, or have no value where it matters. */
export const lintVariables: StatementLint = (one, report) => {
  const { statement, isDeny, hasVariables } = one;
  const texts = [...statement.resources, ...statement.conditions.flatMap(({ values }) => values)];
  for (const entry of texts) {
    lintText(entry, report);
    const keys = keysOf(readTemplate(entry.text, true));
    if (keys.length > 0 && !hasVariables) {
      report(
        'error',
        'version',
        entry.at,
        `\${${keys[0].text}} is plain text in a policy without Version 2012-10-17`,
        'write "Version": "2012-10-17"',
      );
      continue;
    }
    for (const key of keys) lintKey(key, entry, report);
  }
  if (!isDeny) return;
  for (const entry of texts) {
    const key = keysOf(readTemplate(entry.text, hasVariables)).find(
      ({ family }) => family === 'thing' || family === 'certificate',
    );
    if (!key || /\.isattached$/i.test(key.text)) continue;
    report(
      'warning',
      'deny-unresolved',
      entry.at,
      `where \${${key.text}} has no value, this Deny denies nothing`,
      'deny without a variable, or allow with it',
    );
  }
};

function lintKey(key: ContextKey, { at }: PlacedText, report: LintReport): void {
  const shown = `\${${key.text}}`;
  if (key.id === undefined) {
    const meant = meantKey(key.text);
    const isDefault = key.text.includes(',');
    const what = isDefault ? `the default in ${shown} is not documented for IoT` : `${shown} is not a variable`;
    report(
      'error',
      'unknown-variable',
      at,
      `${what}; it never matches`,
      meant === undefined ? 'remove it, or write one of docs/aws-policies.md' : `write \${${meant}}`,
    );
  } else if (key.family === 'connect') {
    report(
      'error',
      'condition-only',
      at,
      `${shown} is a key for Conditions, not a variable; it never matches`,
      'use it in a Condition of iot:Connect',
    );
  } else if (key.index === 'list') {
    report(
      'error',
      'list',
      at,
      `${shown} has no single value; it never matches`,
      'use it in a Condition, with ForAnyValue or ForAllValues',
    );
  } else if (key.index > LAST_INDEX) {
    report(
      'error',
      'index',
      at,
      `${shown} never has a value: only the first ${LAST_INDEX + 1} exist, and .1 is the second`,
      `use .${LAST_INDEX} at most`,
    );
  }
}

/** What is almost a variable. */
function lintText({ text, at }: PlacedText, report: LintReport): void {
  if (/\$\$\{/.test(text)) {
    report(
      'error',
      'escaped-variable',
      at,
      '$${ is left over from Terraform: the first $ is a character of the resource',
      'write ${',
    );
  } else if (/\$\{[^}]*$/.test(text)) {
    report('error', 'open-variable', at, 'a brace after $ is not closed, so that it is plain text', 'close it');
  }
  if (/\$\([*?$]\)/.test(text)) {
    report('error', 'parenthesis', at, '$(*) is plain text, though AWS’s guide has it', `write \${*}, \${?} or \${$}`);
  }
  const [, eaten] = /(?:^|[^$}])\{([\w:.]+)\}/.exec(text) ?? [];
  if (eaten !== undefined && (readContextKey(eaten).id ?? meantKey(eaten)) !== undefined) {
    report('error', 'missing-dollar', at, `{${eaten}} without $ is plain text`, `write \${${eaten}}`);
  }
}
