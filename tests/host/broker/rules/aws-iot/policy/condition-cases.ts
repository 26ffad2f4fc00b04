// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are the policies'
import type { PolicyContext } from '../../../../../../host/broker/rules/aws-iot/policy/index.js';
import { allow, arn, deny, type PolicyCase, type StatementText, THING_CONTEXT } from './policy-cases.js';

const withCondition = (Condition: object) => [allow('iot:Publish', 'topic/a', { Condition })];

/** A Condition of the only statement. */
const condition = (
  about: string,
  Condition: object,
  allowed: boolean,
  context: PolicyContext = {},
  mistake?: string,
): PolicyCase => ({
  about,
  policy: withCondition(Condition),
  action: 'iot:Publish',
  resource: 'topic/a',
  context: { ...THING_CONTEXT, ...context },
  allowed,
  mistake: mistake ?? (allowed ? undefined : 'condition'),
});

/** An operator whose key has the value, another, and none; `missing` is what it says of none. */
const operator = (name: string, key: string, same: string, other: string, missing: boolean): PolicyCase[] => [
  condition(`${name} with the same`, { [name]: { [key]: same } }, !name.includes('Not')),
  condition(`${name} with another`, { [name]: { [key]: other } }, name.includes('Not')),
  condition(`${name} of a key without a value`, { [name]: { 'iot:Certificate.Subject.Initials': same } }, missing),
  condition(
    `${name}IfExists of a key without a value`,
    { [`${name}IfExists`]: { 'iot:Certificate.Subject.Initials': same } },
    true,
  ),
];

const NUMBER = { values: { n: '5', day: '2026-11-30T00:00:00Z' } };
const number = (name: string, than: string, allowed: boolean) =>
  condition(`5 and ${name} ${than}`, { [name]: { n: than } }, allowed, NUMBER);
const date = (name: string, than: string, allowed: boolean) =>
  condition(`2026-11-30 and ${name} ${than}`, { [name]: { day: than } }, allowed, NUMBER);
const address = (sourceIp: string, network: string, allowed: boolean) =>
  condition(`${sourceIp} and IpAddress ${network}`, { IpAddress: { 'aws:SourceIp': network } }, allowed, { sourceIp });
const attached = (value: unknown, isAttached: boolean, allowed: boolean) =>
  condition(
    `IsAttached ${isAttached} and Bool ${JSON.stringify(value)}`,
    { Bool: { 'iot:Connection.Thing.IsAttached': value } },
    allowed,
    isAttached ? {} : { thing: undefined },
    allowed || isAttached ? undefined : 'not-attached',
  );

const OPERATORS: readonly PolicyCase[] = [
  ...operator('StringEquals', 'iot:ClientId', 'd1', 'd2', false),
  ...operator('StringNotEquals', 'iot:ClientId', 'd1', 'd2', true),
  ...operator('StringEqualsIgnoreCase', 'iot:ClientId', 'D1', 'D2', false),
  ...operator('StringNotEqualsIgnoreCase', 'iot:ClientId', 'D1', 'D2', true),
  ...operator('StringLike', 'iot:ClientId', 'd*', 'e*', false),
  ...operator('StringNotLike', 'iot:ClientId', 'd?', 'e?', true),
  ...operator('IpAddress', 'aws:SourceIp', '192.0.2.0/24', '198.51.100.0/24', false),
  ...operator('NotIpAddress', 'aws:SourceIp', '192.0.2.0/24', '198.51.100.0/24', true),
  condition('StringEquals knows no wildcards', { StringEquals: { 'iot:ClientId': 'd*' } }, false),
  number('NumericEquals', '5.0', true),
  number('NumericNotEquals', '5', false),
  number('NumericLessThan', '5', false),
  number('NumericLessThanEquals', '5', true),
  number('NumericGreaterThan', '4', true),
  number('NumericGreaterThanEquals', '6', false),
  number('NumericEquals', 'five', false),
  date('DateEquals', '2026-11-30T01:00:00+01:00', true),
  date('DateNotEquals', '2026-11-30', false),
  date('DateLessThan', '2026-12-01', true),
  date('DateGreaterThan', '1764547200', true),
  date('DateLessThanEquals', 'tomorrow', false),
  condition('BinaryEquals with the bytes in base64', { BinaryEquals: { 'iot:ClientId': 'ZDE=' } }, true),
  address('192.0.2.7', '192.0.2.7', true),
  address('2001:db8::7', '2001:db8::/32', true),
  address('2001:db8::7', '192.0.2.0/24', false),
  address('192.0.2.7', '192.0.2.0/33', false),
  address('::ffff:192.0.2.7', '192.0.2.0/24', true),
  attached(true, true, true),
  attached('true', true, true),
  attached(['true'], true, true),
  attached('TRUE', true, true),
  attached('true', false, false),
  attached('false', false, true),
  condition('Null true of a key without a value', { Null: { 'iot:Certificate.Subject.Initials': 'true' } }, true),
  condition('Null true of a key with a value', { Null: { 'iot:ClientId': 'true' } }, false),
  condition('Null false of a key with a value', { Null: { 'iot:ClientId': false } }, true),
  condition(
    'two keys, of which both hold',
    { StringEquals: { 'iot:ClientId': 'd1', 'iot:DomainName': 'iot.example.com' } },
    true,
  ),
  condition(
    'two keys, of which one holds',
    { StringEquals: { 'iot:ClientId': 'd1', 'iot:DomainName': 'other' } },
    false,
  ),
  condition(
    'two operators, of which one holds',
    { StringEquals: { 'iot:ClientId': 'd1' }, Bool: { 'iot:Connection.Thing.IsAttached': false } },
    false,
  ),
  condition('two values, of which one agrees', { StringEquals: { 'iot:ClientId': ['d0', 'd1'] } }, true),
  condition(
    'StringNotEquals with two values, of which one agrees',
    { StringNotEquals: { 'iot:ClientId': ['d0', 'd1'] } },
    false,
  ),
  condition('the name of a key in another case', { StringEquals: { 'IOT:CLIENTID': 'd1' } }, true),
  condition('a variable as value', { StringEquals: { 'iot:ClientId': '${iot:Connection.Thing.ThingName}' } }, true),
  condition('a value with a variable that has none', { StringEquals: { 'iot:ClientId': '${iot:ThingName}' } }, false),
  condition(
    'StringNotEquals, a value with a variable that has none',
    { StringNotEquals: { 'iot:ClientId': '${iot:ThingName}' } },
    false,
  ),
  condition(
    'ForAnyValue with one of several common names',
    { 'ForAnyValue:StringEquals': { 'iot:Certificate.Subject.CommonName.List': ['y', 'z'] } },
    true,
  ),
  condition(
    'ForAllValues with one of several common names',
    { 'ForAllValues:StringEquals': { 'iot:Certificate.Subject.CommonName.List': ['y', 'z'] } },
    false,
  ),
  condition(
    'ForAllValues with all common names',
    { 'ForAllValues:StringEquals': { 'iot:Certificate.Subject.CommonName.List': ['y', 'x'] } },
    true,
  ),
  condition(
    'ForAllValues of a key without a value',
    { 'ForAllValues:StringEquals': { 'iot:Certificate.Subject.Initials.List': 'y' } },
    true,
  ),
  condition(
    'ForAnyValue of a key without a value',
    { 'ForAnyValue:StringEquals': { 'iot:Certificate.Subject.Initials.List': 'y' } },
    false,
  ),
  condition(
    'ForAnyValue with IfExists of a key without a value',
    { 'ForAnyValue:StringEqualsIfExists': { 'iot:Certificate.Subject.Initials.List': 'y' } },
    false,
  ),
  condition('a key of the control plane', { StringEquals: { 'aws:RequestTag/owner': 'me' } }, false),
];

const SETS: Readonly<Record<string, NonNullable<PolicyContext['connectAttributes']>>> = {
  '{}': [],
  P: ['PersistentConnect'],
  L: ['LastWill'],
  PL: ['PersistentConnect', 'LastWill'],
};
const P = 'PersistentConnect';
const L = 'LastWill';
const attributes = (operator: string, values: readonly string[]) => ({
  Condition: { [operator]: { 'iot:ConnectAttributes': values } },
});
const all = (values: readonly string[]) => attributes('ForAllValues:StringEquals', values);
const any = (values: readonly string[]) => attributes('ForAnyValue:StringEquals', values);
const allowing = (more: object = {}) => allow('iot:Connect', '*', more);
const denying = (more: object) => deny('iot:Connect', '*', more);
const willOn = (topic: string) => ({ Condition: { ArnEquals: { 'iot:LastWillTopic': arn(`topic/${topic}`) } } });

/** What CONNECT asks for, against a policy: for nothing, a session that stays (P), a will (L), both. Developer guide, connect-policy. */
const CONNECT: readonly [string, readonly StatementText[], string][] = [
  ['Allow, no Condition', [allowing()], 'yyyy'],
  ['Allow ForAll:StringEquals [P]', [allowing(all([P]))], 'yynn'],
  ['Allow ForAll:StringNotEquals [P]', [allowing(attributes('ForAllValues:StringNotEquals', [P]))], 'ynyn'],
  ['Allow; Deny ForAny:StringEquals [P]', [allowing(), denying(any([P]))], 'ynyn'],
  ['Allow ForAll:StringEquals [P, L]', [allowing(all([P, L]))], 'yyyy'],
  ['Allow ForAll:StringEquals [L]', [allowing(all([L]))], 'ynyn'],
  ['Allow ForAll:StringEquals []', [allowing(all([]))], 'ynnn'],
  ['Allow ForAny:StringEquals [P]', [allowing(any([P]))], 'nyny'],
  [
    'Allow ForAll [P, L]; Deny ForAll [P], [L], []',
    [allowing(all([P, L])), denying(all([P])), denying(all([L])), denying(all([]))],
    'nnny',
  ],
  ['Allow ArnEquals LastWillTopic, the will’s', [allowing(willOn('t'))], 'nnyy'],
  ['the same; Deny ForAny [P]', [allowing(willOn('t')), denying(any([P]))], 'nnyn'],
  ['Allow ArnEquals LastWillTopic, another; Deny ForAny [P]', [allowing(willOn('other')), denying(any([P]))], 'nnnn'],
];

const CONNECTS: readonly PolicyCase[] = CONNECT.flatMap(([about, policy, verdicts]) =>
  Object.entries(SETS).map(
    ([asked, connectAttributes], index): PolicyCase => ({
      about: `CONNECT ${asked}: ${about}`,
      policy,
      action: 'iot:Connect',
      resource: 'client/d1',
      context: { clientId: 'd1', connectAttributes, lastWillTopic: asked.includes('L') ? 't' : undefined },
      allowed: verdicts[index] === 'y',
    }),
  ),
);

export const CONDITION_CASES: readonly { group: string; cases: readonly PolicyCase[] }[] = [
  { group: 'Conditions', cases: OPERATORS },
  { group: 'What CONNECT asks for', cases: CONNECTS },
];
