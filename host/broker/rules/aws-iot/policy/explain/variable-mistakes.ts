import type { CompiledStatement } from '../decide/compiled-statement.js';
import { CONTEXT_KEYS, type ContextKey, LAST_INDEX } from '../decide/context-key.js';
import type { ContextValues } from '../decide/policy-context.js';
import type { ResourcePattern } from '../decide/resource-pattern.js';
import { keysOf } from '../decide/template.js';
import { statementName } from '../document/policy-document.js';
import type { PolicyChange } from './policy-change.js';
import { candidates, type DecidedCase, type Diagnose, type Diagnosis } from './refused-case.js';

/** A statement would allow it if a variable had a value, or were one. */
export const diagnoseVariable: Diagnose = (refused) => {
  for (const { statement, pattern } of candidates(refused)) {
    const { place } = statement;
    const isPlain = !statement.hasVariables && pattern.text.includes('${');
    if (isPlain && statement.patternOf(pattern.text, true).fitsSome(refused.resource)) {
      return {
        mistake: 'version',
        why: `policy ${place.policy} has not the Version 2012-10-17, so \${...} in it is plain text`,
        change: { kind: 'set-version', policy: place.policy },
      };
    }
    const missing = missingKey(pattern, refused.values);
    if (!missing || !pattern.isAtHome || !pattern.fitsSome(refused.resource)) continue;
    const where = `${statementName(place)} would allow it if \${${missing.text}} had a value`;
    return { ...diagnoseKey(missing, refused, statement, pattern), why: `${where}; ${whyNoValue(missing, refused)}` };
  }
  return undefined;
};

/** A statement that would deny what is allowed, if its variable had a value. */
export function unresolvedDeny(decided: DecidedCase): Diagnosis | undefined {
  const { statements, action, resource, values } = decided;
  for (const one of statements) {
    if (!one.isDeny || !one.isAbout(action)) continue;
    for (const pattern of one.resources) {
      const missing = missingKey(pattern, values);
      if (!missing || !pattern.fitsSome(resource)) continue;
      const why = whyNoValue(missing, decided);
      return {
        mistake: 'deny-unresolved',
        why: `${statementName(one.place)} denies nothing, since \${${missing.text}} has no value: ${why}`,
      };
    }
  }
  return undefined;
}

function missingKey(pattern: ResourcePattern, values: ContextValues): ContextKey | undefined {
  return keysOf(pattern.resource).find((key) => values.text(key) === undefined);
}

function diagnoseKey(
  key: ContextKey,
  refused: DecidedCase,
  statement: CompiledStatement,
  pattern: ResourcePattern,
): Omit<Diagnosis, 'why'> {
  const meant = key.id === undefined ? meantKey(key.text) : undefined;
  if (meant !== undefined) {
    const to = pattern.text.replace(`\${${key.text}}`, `\${${meant}}`);
    const isIt = statement.patternOf(to).matches(refused.resource, refused.values);
    const change: PolicyChange = { kind: 'replace-resource', statement: statement.place, from: pattern.text, to };
    return { mistake: 'unknown-variable', change: isIt ? change : undefined };
  }
  if (key.family === 'thing' && refused.values.context.thing === undefined) {
    const names = refused.values.context.attachedThings ?? [];
    const whose = names.length > 0 ? `client id ${names.join(' or ')}` : 'the name of an attached thing as client id';
    return { mistake: 'not-attached', advice: `connect with ${whose}, or attach the thing to the certificate` };
  }
  if (key.family === 'thing') return { mistake: 'no-value', advice: 'set it for the thing in the registry' };
  if (key.family === 'certificate') {
    return { mistake: 'no-value', advice: 'use a certificate that has such a value, or another variable' };
  }
  return { mistake: key.id === undefined ? 'unknown-variable' : 'no-value' };
}

/** Why a variable stays as it is, a sentence without a full stop. */
export function whyNoValue(key: ContextKey, decided: DecidedCase): string {
  const { context } = decided.values;
  const { thing, certificate } = context;
  if (key.id === undefined) {
    const meant = meantKey(key.text);
    return `there is no variable of this name${meant === undefined ? '' : `; \${${meant}} is meant`}`;
  }
  if (key.index === 'list') return 'a list has no single value: it is for Conditions';
  if (key.family === 'thing' && !thing) return whyNoThing(decided);
  if (key.family === 'thing') return `thing ${thing?.name} has none; names of attributes are compared with their case`;
  if (key.family === 'connect') return 'it is a key for Conditions of iot:Connect';
  if (key.family !== 'certificate') return 'the connection has none';
  if (certificate === undefined) return 'the certificate is not known';
  if (key.index > LAST_INDEX)
    return `only the first ${LAST_INDEX + 1} values of a name exist, and the last index is .${LAST_INDEX}`;
  const value = decided.values.list(key)?.[0];
  if (value === undefined) return 'the certificate has none; .1 is the second value';
  return value.length > 1024
    ? 'its value has more than 1024 characters'
    : `its value ${JSON.stringify(value)} holds one of * $ + ? #`;
}

export function whyNoThing({ values }: DecidedCase): string {
  const { clientId, attachedThings = [] } = values.context;
  const things = attachedThings.length > 0 ? `; attached to it: ${attachedThings.join(', ')}` : '';
  if (clientId === undefined) return `no thing is known${things}`;
  return `client id ${JSON.stringify(clientId)} is not the name of a thing that is attached to the certificate${things}`;
}

/** Wrong names that AWS's own texts and users write. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  'iot:thing.thingname': 'iot:Connection.Thing.ThingName',
  'iot:thingname': 'iot:Connection.Thing.ThingName',
  'iot:connection.thing.name': 'iot:Connection.Thing.ThingName',
  'iot:certificate.commonname': 'iot:Certificate.Subject.CommonName',
};

/** The variable that is meant by a name that is not one. */
export function meantKey(text: string): string | undefined {
  const bare = text.replace(/\s/g, '').replace(/,.*/s, '').replace(/^!/, '').toLowerCase();
  const known = LOOK_ALIKES[bare] ?? CONTEXT_KEYS.find((name) => name.toLowerCase() === bare);
  return (
    known ??
    CONTEXT_KEYS.find((name) => name.toLowerCase() === `iot:${bare}` || name.toLowerCase().endsWith(`.${bare}`))
  );
}
