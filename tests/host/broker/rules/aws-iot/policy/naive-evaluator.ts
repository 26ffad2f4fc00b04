import type { PolicyContext } from '../../../../../../host/broker/rules/aws-iot/policy/index.js';

/** A statement as the property test makes it: texts and lists only. */
export interface PlainStatement {
  Effect: 'Allow' | 'Deny';
  Action?: string[];
  NotAction?: string[];
  Resource?: string[];
  NotResource?: string[];
  Condition?: Record<string, Record<string, string[]>>;
}

/** A second opinion: slow, by regular expressions and recursion, without anything of ours. */
export function naivelyAllowed(
  statements: readonly PlainStatement[],
  action: string,
  arn: string,
  context: PolicyContext,
): boolean {
  const applying = statements.filter((one) => applies(one, action, arn, context));
  return applying.length > 0 && applying.every(({ Effect }) => Effect === 'Allow');
}

function applies(one: PlainStatement, action: string, arn: string, context: PolicyContext): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = one;
  const isAction = (pattern: string) => toExpression(pattern, 'i').test(action);
  if (Action ? !Action.some(isAction) : NotAction!.some(isAction)) return false;
  const verdicts = (Resource ?? NotResource!).map((pattern) => isResource(pattern, arn, context));
  if (Resource && !verdicts.includes(true)) return false;
  if (NotResource && verdicts.some((verdict) => verdict !== false)) return false;
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => isFulfilled(operator, valuesOf(key, context), values, context)),
  );
}

const quoted = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function toExpression(pattern: string, flags = ''): RegExp {
  const source = pattern.replace(/[*?]|[^*?]+/g, (piece) =>
    piece === '*' ? '.*' : piece === '?' ? '.' : quoted(piece),
  );
  return new RegExp(`^${source}$`, `${flags}su`);
}

/** Undefined when a variable has no value. */
function isResource(pattern: string, arn: string, context: PolicyContext): boolean | undefined {
  if (pattern === '*') return true;
  let unresolved = false;
  const source = pattern.replace(/\$\{([^}]*)\}|\*|\?|[^$*?]+|\$/gs, (piece, name: string | undefined) => {
    if (piece === '*') return '.*';
    if (piece === '?') return '.';
    if (name === undefined || ['*', '?', '$'].includes(name)) return quoted(name ?? piece);
    const value = valuesOf(name, context)?.[0];
    unresolved ||= value === undefined;
    return quoted(value ?? '');
  });
  return unresolved ? undefined : new RegExp(`^${source}$`, 'su').test(arn);
}

function valuesOf(name: string, context: PolicyContext): readonly string[] | undefined {
  const { clientId, thing } = context;
  switch (name.toLowerCase()) {
    case 'iot:clientid':
      return clientId === undefined ? undefined : [clientId];
    case 'iot:connection.thing.thingname':
      return thing ? [thing.name] : undefined;
    case 'iot:connection.thing.isattached':
      return [thing ? 'true' : 'false'];
    case 'iot:connectattributes':
      return context.connectAttributes;
    default:
      return undefined;
  }
}

function isFulfilled(
  operator: string,
  actual: readonly string[] | undefined,
  listed: readonly string[],
  context: PolicyContext,
): boolean {
  const [, quantifier, bare, ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator)!;
  if (bare === 'Null') return listed.includes(actual?.length ? 'false' : 'true');
  const isNot = bare.includes('Not');
  if (!actual?.length) return quantifier ? quantifier === 'ForAllValues' : ifExists !== undefined || isNot;
  const single = (value: string) => {
    const verdicts = listed.map((one) => agrees(bare.replace('Not', ''), value, one, context));
    return isNot ? verdicts.every((verdict) => verdict === false) : verdicts.includes(true);
  };
  return quantifier === 'ForAllValues' ? actual.every(single) : actual.some(single);
}

function agrees(operator: string, value: string, listed: string, context: PolicyContext): boolean | undefined {
  if (operator === 'StringLike') return isResource(listed === '*' ? '**' : listed, value, context);
  const text = listed.replace(/\$\{([^}]*)\}/g, (_all, name) =>
    ['*', '?', '$'].includes(name) ? name : (valuesOf(name, context)?.[0] ?? '\0'),
  );
  if (text.includes('\0')) return undefined;
  return operator === 'StringEqualsIgnoreCase' ? text.toLowerCase() === value.toLowerCase() : text === value;
}
