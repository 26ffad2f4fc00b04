// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are the policies'
import type { PolicyContext } from '../../../../../../host/broker/rules/aws-iot/policy/index.js';

/** A request, the policies that it is judged by, and what comes out: data for the tests and for docs/aws-policies.md. */
export interface PolicyCase {
  /** What it is about, in the words of the table. */
  readonly about: string;
  /** Statements, each of a policy of its own when the list is nested. A text is a Resource that is allowed every action. */
  readonly policy: readonly (string | StatementText)[];
  readonly version?: string | null;
  readonly action: string;
  readonly resource: string;
  readonly context?: PolicyContext;
  readonly allowed: boolean;
  /** Part of the explanation: `mistake` of docs/aws-policies.md, or words of the text. */
  readonly mistake?: string;
  readonly says?: RegExp;
}

export interface StatementText {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: object;
  /** Default: the policy `device`. */
  readonly of?: string;
}

const ARN = 'arn:aws:iot:us-west-2:123456789012:';
export const arn = (resource: string) => (resource === '*' ? resource : `${ARN}${resource}`);
export const arns = (resources: string | readonly string[]) =>
  typeof resources === 'string' ? arn(resources) : resources.map(arn);

export const allow = (
  action: string | readonly string[],
  resource: string | readonly string[],
  more = {},
): StatementText => ({
  Effect: 'Allow',
  Action: action,
  Resource: arns(resource),
  ...more,
});
export const deny = (
  action: string | readonly string[],
  resource: string | readonly string[],
  more = {},
): StatementText => ({
  ...allow(action, resource, more),
  Effect: 'Deny',
});

const ACTION_OF: Readonly<Record<string, string>> = {
  topic: 'iot:Publish',
  topicfilter: 'iot:Subscribe',
  client: 'iot:Connect',
};

/** One pattern after the account against one resource. */
const match = (pattern: string, resource: string, allowed: boolean, mistake?: string): PolicyCase => ({
  about: `\`${pattern}\` and \`${resource}\``,
  policy: [pattern],
  action: ACTION_OF[resource.split('/')[0]],
  resource,
  allowed,
  mistake,
});

const MATCHES: readonly PolicyCase[] = [
  match('topic/a/*', 'topic/a/', true),
  match('topic/a/*', 'topic/a/b', true),
  match('topic/a/*', 'topic/a/b/c', true),
  match('topic/a/*', 'topic/a', false, 'level-above'),
  match('topic/a?c', 'topic/abc', true),
  match('topic/a?c', 'topic/a/c', true),
  match('topic/a?c', 'topic/ac', false),
  match('topic/a?c', 'topic/a😀c', true),
  match('topic/*', 'topic/a/b/c/d', true),
  match('topic/*', 'topic/$aws/x', true),
  match('topicfilter/a/*', 'topicfilter/a/#', true),
  match('topicfilter/a/*', 'topicfilter/a/+/b', true),
  match('topicfilter/a/*', 'topicfilter/a', false, 'level-above'),
  match('topicfilter/a/+', 'topicfilter/a/+', true),
  match('topicfilter/a/+', 'topicfilter/a/b', false, 'filter-is-literal'),
  match('topicfilter/a/#', 'topicfilter/a/#', true),
  match('topicfilter/a/#', 'topicfilter/a/b', false, 'filter-is-literal'),
  match('topic/a/${*}', 'topic/a/*', true),
  match('topic/a/${*}', 'topic/a/b', false),
  match('topic/a${?}${$}{x}', 'topic/a?${x}', true),
  match('*', 'topic/a', true),
  match('*', 'client/a', true),
  match('*', 'topicfilter/#', true),
  match('client/*', 'topic/a', false),
  match('topic*', 'topic/a', true),
  match('topic*', 'topicfilter/a', true),
  match('topic/tenant:device/attrs', 'topic/tenant:device/attrs', true),
  match('topic/a*b*c', 'topic/a1b2b3c', true),
  match('topic/a*b*c', 'topic/a1c2b', false),
  match('topic/Sensor', 'topic/sensor', false, 'case'),
  match('topicfilter/a', 'topicfilter/$share/g/a', false),
  match('topicfilter/*', 'topicfilter/$share/g/a', true),
  match('topicfilter/$share/*/a', 'topicfilter/$share/g/a', true),
];

const D1: PolicyContext = {
  clientId: 'd1',
  sourceIp: '192.0.2.7',
  domainName: 'iot.example.com',
  certificateId: 'ab'.repeat(32),
  thing: { name: 'd1', typeName: 'pump', attributes: { k: 'v', Site: 'north/1' } },
  certificate: new Map<string, readonly string[]>([
    ['iot:certificate.subject.commonname', ['x', 'y']],
    ['iot:certificate.subject.organization', ['A\\, Inc.']],
    ['iot:certificate.subject.title', ['a+b']],
    ['iot:certificate.subject.surname', ['a*']],
    ['iot:certificate.subject.state', ['l'.repeat(1025)]],
    ['iot:certificate.subject.country', ['l'.repeat(1024)]],
    ['iot:certificate.subject.alternativename.dnsname', ['one.example.com', 'two.example.com']],
    ['iot:certificate.serialnumber', ['0A']],
  ]),
};

/** A pattern with a variable, against what should come out of it. */
const variable = (
  name: string,
  value: string,
  allowed: boolean,
  context: PolicyContext = {},
  mistake?: string,
): PolicyCase => ({
  about: `\`\${${name}}\` ${allowed ? 'is' : 'is not'} \`${value.length > 40 ? `${value.slice(0, 4)}…` : value}\``,
  policy: [`topic/t/\${${name}}`],
  action: 'iot:Publish',
  resource: `topic/t/${value}`,
  context: { ...D1, ...context },
  allowed,
  mistake,
});

const THING = 'iot:Connection.Thing';
const SUBJECT = 'iot:Certificate.Subject';

const VARIABLES: readonly PolicyCase[] = [
  variable('iot:ClientId', 'd1', true),
  variable('iot:clientid', 'd1', true),
  variable('iot:ClientId', 'd2', false),
  variable('iot:ClientId', '+', true, { clientId: '+' }),
  variable('iot:ClientId', '*', true, { clientId: '*' }),
  variable('iot:ClientId', 'anything', false, { clientId: '*' }),
  variable('iot:ClientId', 'd/1', true, { clientId: 'd/1' }),
  variable('aws:SourceIp', '192.0.2.7', true),
  variable('aws:SourceIp', '192.0.2.7', true, { sourceIp: '::ffff:192.0.2.7' }),
  variable('iot:DomainName', 'iot.example.com', true),
  variable('iot:DomainName', '192.0.2.1', false, { domainName: undefined }, 'no-value'),
  variable('iot:CertificateId', 'ab'.repeat(32), true),
  variable(`${THING}.ThingName`, 'd1', true),
  variable(`${THING}.ThingName`, 'd2', false),
  variable(
    `${THING}.ThingName`,
    'd2',
    false,
    { clientId: 'd2', thing: undefined, attachedThings: ['d1'] },
    'not-attached',
  ),
  variable(`${THING}.ThingName`, 'd1', true, { clientId: 'zz' }),
  variable(`${THING}.ThingTypeName`, 'pump', true),
  variable(`${THING}.ThingTypeName`, 'pump', false, { thing: { name: 'd1' } }, 'no-value'),
  variable(`${THING}.Attributes[k]`, 'v', true),
  variable(`${THING}.Attributes[K]`, 'v', false, {}, 'no-value'),
  variable(`${THING}.Attributes[Site]`, 'north/1', true),
  variable(`${THING}.IsAttached`, 'true', true),
  variable(`${THING}.IsAttached`, 'false', true, { thing: undefined }),
  variable(`${SUBJECT}.CommonName`, 'x', true),
  variable(`${SUBJECT}.CommonName`, 'y', false),
  variable(`${SUBJECT}.CommonName.1`, 'y', true),
  variable(`${SUBJECT}.CommonName.2`, 'z', false, {}, 'no-value'),
  variable(`${SUBJECT}.CommonName.5`, 'z', false, {}, 'no-value'),
  variable(`${SUBJECT}.CommonName.List`, 'x', false),
  variable(`${SUBJECT}.Organization`, 'A\\, Inc.', true),
  variable(`${SUBJECT}.Title`, 'a+b', false, {}, 'no-value'),
  variable(`${SUBJECT}.Surname`, 'a*', false, {}, 'no-value'),
  variable(`${SUBJECT}.State`, 'l'.repeat(1025), false, {}, 'no-value'),
  variable(`${SUBJECT}.Country`, 'l'.repeat(1024), true),
  variable(`${SUBJECT}.AlternativeName.DNSName.1`, 'two.example.com', true),
  variable('iot:Certificate.SerialNumber', '0A', true),
  variable(`${SUBJECT}.Locality`, 'x', false, {}, 'unknown-variable'),
  variable('cognito-identity.amazonaws.com:sub', 'me', true, {
    values: { 'cognito-identity.amazonaws.com:sub': 'me' },
  }),
  variable('iot:Thing.ThingName', 'd1', false, {}, 'unknown-variable'),
  variable('iot:ThingName', 'd1', false, {}, 'unknown-variable'),
  variable(' iot:ClientId ', 'd1', false, {}, 'unknown-variable'),
  variable("iot:ClientId, 'x'", 'd1', false, {}, 'unknown-variable'),
  {
    ...variable('iot:ThingName', '${iot:ThingName}', false),
    about: 'a topic that is called like a variable that does not exist',
  },
  {
    ...variable('iot:ClientId', 'd1', false, {}, 'version'),
    about: 'Version 2008-10-17 has no variables',
    version: '2008-10-17',
  },
  { ...variable('iot:ClientId', 'd1', false, {}, 'version'), about: 'no Version, no variables', version: null },
  {
    ...variable('iot:ClientId', '${iot:ClientId}', true),
    about: 'Version 2008-10-17 has the text itself',
    version: '2008-10-17',
  },
];

export const BASIC_CASES: readonly { group: string; cases: readonly PolicyCase[] }[] = [
  { group: 'Patterns', cases: MATCHES },
  { group: 'Variables', cases: VARIABLES },
];

export { D1 as THING_CONTEXT };
