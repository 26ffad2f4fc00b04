// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are the policies'
import { allow, deny, type StatementText } from './policy-cases.js';

/** A policy in which the lint finds something: the rule, what it is about, the statements. */
export interface LintCase {
  readonly rule: string;
  readonly about: string;
  readonly statements: readonly StatementText[];
  readonly version?: string | null;
}

const THING = '${iot:Connection.Thing.ThingName}';
/** What makes the other lints silent. */
const WHOLE = [
  allow('iot:Connect', `client/${THING}`),
  allow('iot:Subscribe', 'topicfilter/c'),
  allow('iot:Receive', 'topic/c'),
];
const found = (rule: string, about: string, ...statements: StatementText[]): LintCase => ({
  rule,
  about,
  statements: [...WHOLE, ...statements],
});
const when = (Condition: object, action: string | string[] = 'iot:Publish') =>
  allow(action, action === 'iot:Connect' ? 'client/a' : 'topic/a', { Condition });
const at = (Resource: string) => ({ ...allow('iot:Publish', 'topic/a'), Resource });

export const LINT_CASES: readonly LintCase[] = [
  found('unknown-action', 'an action with a slip of the finger', allow('iot:Pubish', 'topic/a')),
  found('unknown-action', 'an action that does not exist', allow('iot:Unsubscribe', 'topicfilter/a')),
  found('other-service', 'an action of another service', allow('s3:GetObject', 'topic/a')),
  found('action-case', 'an action in small letters', allow('iot:publish', 'topic/a')),
  found('rest-action', 'REST actions for a shadow', allow('iot:UpdateThingShadow', 'thing/d1')),
  found('resource-type', 'Subscribe on topic/', allow('iot:Subscribe', 'topic/c')),
  found('resource-type', 'Publish on topicfilter/', allow('iot:Publish', 'topicfilter/a')),
  found('resource-type', 'Publish on client/', allow('iot:Publish', 'client/a')),
  found('resource-type', 'a type that does not exist', allow('iot:Publish', 'topics/a')),
  found('resource-type', 'a stray slash before the type', allow('iot:GetThingShadow', '/thing/d1')),
  found(
    'resource-type',
    'job actions on topic/, as in AWS’s basic jobs example',
    allow('iot:DescribeJobExecution', 'topic/$aws/things/d1/jobs/get'),
  ),
  found(
    'action-without-resource',
    'Subscribe and Receive on topic/ alone',
    allow(['iot:Publish', 'iot:Subscribe'], 'topic/a'),
  ),
  found('mqtt-wildcard', '+ in a topic', allow('iot:Publish', 'topic/a/+')),
  found('mqtt-wildcard', '# in a topic', allow('iot:Receive', 'topic/c/#')),
  found('placeholder', '--ID-- is left in', at('arn:aws:iot:us-west-2:--ID--:topic/a')),
  found('placeholder', 'REGION is left in', at('arn:aws:iot:REGION:123456789012:topic/a')),
  found('wrong-home', 'another region', at('arn:aws:iot:eu-west-1:123456789012:topic/a')),
  found('wrong-home', 'another service', at('arn:aws:sns:us-west-2:123456789012:topic/a')),
  found('open-type', 'topic*', allow('iot:Publish', 'topic*')),
  found('slash', 'a slash at the beginning', allow('iot:Publish', 'topic//a')),
  found('slash', 'a slash at the end', allow('iot:Publish', 'topic/a/')),
  found('too-deep', 'nine levels', allow('iot:Publish', 'topic/1/2/3/4/5/6/7/8/9')),
  found('everything', 'everything for everybody', allow('iot:*', '*')),
  found('any-client', 'client/*', allow('iot:Connect', 'client/*')),
  found('any-client', 'client/${iot:ClientId}', allow('iot:Connect', 'client/${iot:ClientId}')),
  found('open-prefix', 'a variable before a wildcard', allow('iot:Publish', 'topic/${iot:ClientId}*')),
  found('allow-not', 'Allow with NotResource', {
    Effect: 'Allow',
    Action: 'iot:Receive',
    NotResource: allow('', 'topic/a').Resource,
  }),
  found('allow-not', 'Allow with NotAction', { Effect: 'Allow', NotAction: 'iot:Receive', Resource: '*' }),
  found(
    'unknown-variable',
    'iot:Thing.ThingName, as in AWS’s guide',
    allow('iot:Publish', 'topic/${iot:Thing.ThingName}'),
  ),
  found('unknown-variable', 'spaces in the braces', allow('iot:Publish', 'topic/${ iot:ClientId }')),
  found('unknown-variable', 'a default', allow('iot:Publish', "topic/${iot:ClientId, 'x'}")),
  found('unknown-variable', 'CloudFormation’s ${!', allow('iot:Publish', 'topic/${!iot:ClientId}')),
  found('condition-only', 'a key for Conditions as variable', allow('iot:Publish', 'topic/${iot:LastWillTopic}')),
  found('list', 'a list as variable', allow('iot:Publish', 'topic/${iot:Certificate.Subject.CommonName.List}')),
  found('index', 'an index past the end', allow('iot:Publish', 'topic/${iot:Certificate.Subject.CommonName.5}')),
  found('escaped-variable', 'Terraform’s $${', allow('iot:Publish', 'topic/$${iot:ClientId}')),
  found('open-variable', 'a brace that is not closed', allow('iot:Publish', 'topic/${iot:ClientId')),
  found('parenthesis', '$(*), as in AWS’s guide', allow('iot:Publish', 'topic/a$(*)')),
  found('missing-dollar', 'a variable without $', allow('iot:Publish', 'topic/{iot:ClientId}')),
  { ...found('version', 'variables without Version'), version: null },
  found(
    'deny-unresolved',
    'a Deny with a variable of the certificate',
    allow('iot:Publish', 'topic/*'),
    deny('iot:Publish', 'topic/${iot:Certificate.Subject.CommonName}'),
  ),
  found('unknown-key', 'a key that does not exist', when({ StringEquals: { 'iot:ClientID2': 'a' } })),
  found('control-plane', 'a key of the control plane', when({ StringEquals: { 'aws:RequestTag/owner': 'a' } })),
  found(
    'connect-only',
    'ConnectAttributes for Publish',
    when({ 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': 'LastWill' } }),
  ),
  found(
    'set-operator',
    'ConnectAttributes as a single value',
    when({ StringEquals: { 'iot:ConnectAttributes': 'LastWill' } }, 'iot:Connect'),
  ),
  found('arn-operator', 'LastWillTopic as a text', when({ StringLike: { 'iot:LastWillTopic': '*a' } }, 'iot:Connect')),
  found(
    'will-alone',
    'LastWillTopic without ConnectAttributes',
    when({ ArnEquals: { 'iot:LastWillTopic': 'arn:aws:iot:*:*:topic/a' } }, 'iot:Connect'),
  ),
  found(
    'for-all',
    'ForAllValues of a key that may be missing',
    when({ 'ForAllValues:StringEquals': { 'iot:Certificate.Subject.CommonName.List': 'a' } }),
  ),
  found(
    'if-exists',
    'ForAnyValue with IfExists',
    when({ 'ForAnyValue:StringEqualsIfExists': { 'iot:Certificate.Subject.CommonName.List': 'a' } }),
  ),
  found('plain-wildcard', 'StringEquals with a wildcard', when({ StringEquals: { 'iot:ClientId': 'a*' } })),
  found('network', 'a network that is none', when({ IpAddress: { 'aws:SourceIp': '192.0.2.0/33' } })),
  found('boolean', 'Bool with yes', when({ Bool: { 'iot:Connection.Thing.IsAttached': 'yes' } })),
  { rule: 'receive-missing', about: 'Subscribe without Receive', statements: [WHOLE[0], WHOLE[1]] },
  found('receive-missing', 'Receive on other topics', allow('iot:Subscribe', 'topicfilter/d/+')),
  found(
    'shared-receive',
    'a shared subscription with one of two Receives',
    allow('iot:Subscribe', 'topicfilter/$share/g/c'),
  ),
  found(
    'denied-filter',
    'a denied filter',
    allow('iot:Subscribe', 'topicfilter/*'),
    allow('iot:Receive', 'topic/*'),
    deny('iot:Subscribe', 'topicfilter/c/secret/*'),
  ),
  found('always-denied', 'a Deny of all actions', allow('iot:Publish', 'topic/x'), deny('iot:*', 'topic/x')),
  { rule: 'no-connect', about: 'nobody connects', statements: WHOLE.slice(1) },
  { rule: 'no-subscribe', about: 'Receive without Subscribe', statements: [WHOLE[0], WHOLE[2]] },
  found(
    'shadow-answers',
    'a shadow without its answers',
    allow('iot:Publish', `topic/$aws/things/${THING}/shadow/update`),
  ),
  found('provisioning', 'claims without create-from-csr', allow('iot:Publish', 'topic/$aws/certificates/create/*')),
  found(
    'sid',
    'a Sid twice',
    allow('iot:Publish', 'topic/a', { Sid: 'S' }),
    allow('iot:Publish', 'topic/b', { Sid: 'S' }),
  ),
];

/** Policies with nothing to find. */
export const CLEAN: readonly { about: string; statements: readonly StatementText[] }[] = [
  { about: 'the least for a device', statements: WHOLE },
  {
    about: 'wildcards of MQTT in a filter, and Receive on its topics',
    statements: [
      WHOLE[0],
      allow('iot:Subscribe', ['topicfilter/a/+/b', 'topicfilter/c/#']),
      allow('iot:Receive', ['topic/a/*/b', 'topic/c/*']),
    ],
  },
  {
    about: 'a shadow with its answers',
    statements: [
      WHOLE[0],
      allow(['iot:Publish', 'iot:Receive'], `topic/$aws/things/${THING}/shadow/*`),
      allow('iot:Subscribe', `topicfilter/$aws/things/${THING}/shadow/*`),
    ],
  },
  {
    about: 'a shared subscription with both Receives',
    statements: [
      WHOLE[0],
      allow('iot:Subscribe', 'topicfilter/$share/g/c'),
      allow('iot:Receive', ['topic/c', 'topic/$share/g/c']),
    ],
  },
  {
    about: 'client/${iot:ClientId} with IsAttached',
    statements: [
      ...WHOLE,
      allow('iot:Connect', 'client/${iot:ClientId}', {
        Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
      }),
    ],
  },
  {
    about: 'a Deny of a corner',
    statements: [...WHOLE, allow('iot:Publish', 'topic/a/*'), deny('iot:Publish', 'topic/a/secret')],
  },
];
