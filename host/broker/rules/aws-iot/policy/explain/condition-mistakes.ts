import type { ConditionTest } from '../decide/condition-test.js';
import { statementName } from '../document/policy-document.js';
import type { DecidedCase, Diagnose } from './refused-case.js';
import { whyNoThing } from './variable-mistakes.js';

/** A statement would allow it if its Condition held. */
export const diagnoseCondition: Diagnose = (refused) => {
  const { statements, action, resource, values } = refused;
  for (const one of statements) {
    if (one.isDeny || !one.isAbout(action) || !one.covers(resource, values)) continue;
    const unmet = one.conditions.find((condition) => !condition.holds(values));
    if (!unmet) continue;
    const isThing = unmet.key.family === 'thing' && values.context.thing === undefined;
    const reason = isThing ? `; ${whyNoThing(refused)}` : '';
    return {
      mistake: isThing ? 'not-attached' : 'condition',
      why: `the Condition of ${statementName(one.place)} does not hold: ${wanted(unmet)}${had(unmet, refused)}${reason}`,
      advice: isThing
        ? 'connect with the name of a thing that is attached to the certificate as client id'
        : `fulfil the Condition, or change it in line ${unmet.entry.key.at.line}`,
    };
  }
  return undefined;
};

function wanted({ entry }: ConditionTest): string {
  const values = entry.values.map(({ text }) => JSON.stringify(text)).join(' or ');
  return `${entry.operator.text} of ${entry.key.text} names ${values || 'nothing'}`;
}

function had({ key, operator }: ConditionTest, { values, action }: DecidedCase): string {
  const list = values.list(key);
  if (operator.name === 'Null') return list?.length ? ', and it has a value' : ', and it has none';
  if (list?.length) return `, and it is ${list.map((value) => JSON.stringify(value)).join(', ')}`;
  if (key.id === undefined) return ', and there is no such key for devices';
  const isLate = key.family === 'connect' && action.toLowerCase() !== 'iot:connect';
  return `, and it has no value${isLate ? '; it has one at iot:Connect only' : ''}`;
}
