import { type StatementPlace, statementName } from '../document/policy-document.js';

/** An edit of a policy, small enough to be made by hand. */
export type PolicyChange =
  | { readonly kind: 'add-resource'; readonly statement: StatementPlace; readonly resource: string }
  | {
      readonly kind: 'replace-resource';
      readonly statement: StatementPlace;
      readonly from: string;
      readonly to: string;
    }
  /** A placeholder, wherever it stands. */
  | {
      readonly kind: 'replace-placeholder';
      readonly policy: string;
      readonly field: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly kind: 'add-action'; readonly statement: StatementPlace; readonly action: string }
  | { readonly kind: 'remove-statement'; readonly statement: StatementPlace }
  | { readonly kind: 'add-statement'; readonly policy: string; readonly action: string; readonly resource: string }
  | { readonly kind: 'set-version'; readonly policy: string };

/** The edit in words, an imperative without a full stop. */
export function changeText(change: PolicyChange): string {
  switch (change.kind) {
    case 'add-resource':
      return `add ${quoted(change.resource)} to Resource of ${statementName(change.statement)}`;
    case 'replace-resource':
      return `write ${quoted(change.to)} for ${quoted(change.from)} in ${statementName(change.statement)}`;
    case 'replace-placeholder': {
      const { field, to, from, policy } = change;
      return `write your ${field}, such as ${to}, for ${quoted(from)} throughout policy ${policy}`;
    }
    case 'add-action':
      return `add ${quoted(change.action)} to Action of ${statementName(change.statement)}`;
    case 'remove-statement':
      return `remove ${statementName(change.statement)}, or narrow it`;
    case 'set-version':
      return `write "Version": "2012-10-17" in policy ${change.policy}`;
    case 'add-statement': {
      const statement = { Effect: 'Allow', Action: change.action, Resource: change.resource };
      return `add the statement ${JSON.stringify(statement)} to policy ${change.policy}`;
    }
  }
}

const quoted = (text: string) => JSON.stringify(text);
