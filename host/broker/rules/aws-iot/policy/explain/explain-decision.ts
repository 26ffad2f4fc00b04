import { actionFact } from '../document/action-names.js';
import { statementName } from '../document/policy-document.js';
import { diagnoseAction } from './action-mistakes.js';
import { diagnoseCondition } from './condition-mistakes.js';
import { changeText, type PolicyChange } from './policy-change.js';
import { type Candidate, candidates, type DecidedCase, type Diagnosis, entryFor } from './refused-case.js';
import { diagnoseResource } from './resource-mistakes.js';
import { diagnoseVariable, unresolvedDeny } from './variable-mistakes.js';

/** Why something is allowed or refused. Texts are for people; they may hold what clients sent. */
export interface Explanation {
  /** One or two sentences. */
  readonly text: string;
  /** Of a refusal: the entry, with values in the place of variables, that is nearest to the resource. Such as `topic/a/*`. */
  readonly nearest?: string;
  /** What to change so that it is allowed. */
  readonly edit?: string;
  /** The edit, when it is one of the policies. */
  readonly change?: PolicyChange;
  /** Which of the common mistakes it is: a name of docs/aws-policies.md. */
  readonly mistake?: string;
}

/** Longest resource that is looked into, UTF-16 units: AWS takes topics of 256 bytes, and clients can send any. */
const LONGEST = 2048;

const DIAGNOSES = [diagnoseCondition, diagnoseVariable, diagnoseResource, diagnoseAction];

export function explainDecision(decided: DecidedCase): Explanation {
  const { statement, action, resource } = decided;
  const what = `${actionFact(action)?.name ?? action} on ${resource}`;
  if (!statement) return explainImplicit(decided, what);
  const name = statementName(statement.place);
  if (!statement.isDeny) {
    const note = unresolvedDeny(decided);
    return { text: `${name} allows ${what}${note ? `. ${note.why}` : ''}`, mistake: note?.mistake };
  }
  const change: PolicyChange = { kind: 'remove-statement', statement: statement.place };
  return {
    text: `${name} denies ${what}, and a Deny wins over every Allow`,
    nearest: nearestOf(decided)?.pattern.shownWith(decided.values),
    edit: changeText(change),
    change,
    mistake: 'deny-wins',
  };
}

function explainImplicit(refused: DecidedCase, what: string): Explanation {
  const nearest = nearestOf(refused);
  const { statements } = refused;
  if (statements.length === 0) {
    return {
      text: `no statement allows ${what}: no policy is attached`,
      edit: 'attach a policy, with "aws iot attach-policy", or with --policy here',
      mistake: 'no-policy',
    };
  }
  let found: Diagnosis | undefined;
  if (refused.resource.length <= LONGEST) for (const diagnose of DIAGNOSES) found ??= diagnose(refused);
  const change = found?.change ?? (found?.advice === undefined ? smallestAddition(refused, nearest) : undefined);
  const edits = [found?.advice, change && changeText(change)].filter((edit) => edit !== undefined);
  return {
    text: `no statement allows ${what}${found ? `: ${found.why}` : ''}`,
    nearest: nearest?.pattern.shownWith(refused.values),
    edit: edits.join(', or '),
    change,
    mistake: found?.mistake,
  };
}

/** The entry with this action that shares most with the resource, at its beginning and at its end. */
function nearestOf(refused: DecidedCase): Candidate | undefined {
  const { resource, values } = refused;
  if (resource.length > LONGEST) return undefined;
  let best: Candidate | undefined;
  let most = -1;
  for (const candidate of candidates(refused)) {
    const shared = sharedLength(resource, candidate.pattern.shownWith(values));
    if (shared > most) [best, most] = [candidate, shared];
  }
  return best;
}

function sharedLength(one: string, other: string): number {
  const shortest = Math.min(one.length, other.length);
  let start = 0;
  while (start < shortest && one[start] === other[start]) start++;
  let end = 0;
  while (end < shortest - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  return start + end;
}

/** One resource more where the action is granted already, else one statement more. */
function smallestAddition(refused: DecidedCase, nearest: Candidate | undefined): PolicyChange {
  const { resource, statements, action } = refused;
  if (nearest?.statement.conditions.every((condition) => condition.holds(refused.values))) {
    return {
      kind: 'add-resource',
      statement: nearest.statement.place,
      resource: entryFor(resource, refused, nearest.statement.hasVariables),
    };
  }
  const { place, hasVariables } = statements.at(-1)!;
  return {
    kind: 'add-statement',
    policy: place.policy,
    action: actionFact(action)?.name ?? action,
    resource: entryFor(resource, refused, hasVariables),
  };
}
