// alone: it measures the processor time of its process
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are the policies'
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../../../../../host/broker/rules/aws-iot/policy/index.js';

const GOOD = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}}';
const statement = (text: string) => `{"Version":"2012-10-17",\n "Statement":[{${text}}]}`;
const REST = '"Action":"iot:Connect","Resource":"*"';

/** What is wrong, the document, what stands where it is found, the rule that it breaks, and words of the answer. */
const REFUSED: readonly [string, string, string, string, RegExp][] = [
  ['nothing', '', '', 'JSON', /it is empty/],
  ['no JSON', 'policy', 'policy', 'JSON', /unexpected "p"/],
  ['a comma too many', statement(`"Effect":"Allow",${REST},`), '}]}', 'JSON', /remove the comma before }/],
  ['a comma that is missing', statement(`"Effect":"Allow" ${REST}`), '"Action"', 'JSON', /comma or colon is missing/],
  ['a comment', `// mine\n${GOOD}`, '// mine', 'JSON', /no comments/],
  ['quotes of a word processor', statement('“Effect”:"Allow"'), '“Effect', 'JSON', /write " for “/],
  ['an end that is missing', GOOD.slice(0, -2), '', 'JSON', /ends too early/],
  [
    'a misplaced brace',
    statement(`"Effect":"Allow","Action":"iot:Connect"},"Resource":"*"`),
    ':"*"',
    'JSON',
    /unexpected ":"/,
  ],
  ['a byte order mark', `\ufeff${GOOD}`, '\ufeff{', 'JSON', /byte order mark/],
  ['a line break in a text', GOOD.replace('iot:Connect', 'iot:\nConnect'), '"iot:', 'JSON', /line break/],
  ['a hundred thousand brackets', '['.repeat(100_000), '[[[', 'JSON', /deeper than 64/],
  ['a list', '[]', '[]', 'document', /this is a list/],
  ['a text', '"Allow"', '"Allow"', 'document', /this is a text/],
  [
    'an answer of the command line',
    '{"policyName":"p","policyDocument":"{}"}',
    '"policyDocument"',
    'document',
    /jq -r .policyDocument/,
  ],
  [
    'an old version out of an answer',
    '{"policyDocument":"{}","isDefaultVersion":false}',
    '"policyDocument"',
    'document',
    /not the default one/,
  ],
  [
    'a Version that does not exist',
    GOOD.replace('2012-10-17', '2012-10-18'),
    '"2012-10-18"',
    'Version',
    /"2012-10-17"/,
  ],
  ['a member that does not exist', GOOD.replace('"Version"', '"version"'), '"version"', 'version', /write Version/],
  [
    'Statements for Statement',
    GOOD.replace('"Statement"', '"Statements"'),
    '{"Version"',
    'Statement',
    /has no Statement/,
  ],
  ['no statement', '{"Version":"2012-10-17","Statement":[]}', '[]}', 'Statement', /is empty/],
  ['a statement that is a text', '{"Statement":["Allow"]}', '"Allow"', 'Statement', /statement 1 is a text/],
  ['no Effect', statement(REST), '{"Action"', 'Effect', /statement 1 has no Effect/],
  ['an Effect in small letters', statement(`"Effect":"allow",${REST}`), '"allow"', 'Effect', /with these capitals/],
  ['an Effect that is true', statement(`"Effect":true,${REST}`), 'true', 'Effect', /"Allow" or "Deny"/],
  ['no Action', statement('"Effect":"Allow","Resource":"*"'), '{"Effect"', 'Action', /neither Action nor NotAction/],
  [
    'Action and NotAction',
    statement(`"Effect":"Allow",${REST},"NotAction":"iot:Publish"`),
    '"NotAction"',
    'NotAction',
    /keep one/,
  ],
  [
    'an Action without a service',
    statement('"Effect":"Allow","Action":"Connect","Resource":"*"'),
    '"Connect"',
    'Action',
    /write "iot:Connect"/,
  ],
  [
    'an Action that is a number',
    statement('"Effect":"Allow","Action":7,"Resource":"*"'),
    '7',
    'Action',
    /this is a number/,
  ],
  ['no Action in the list', statement('"Effect":"Allow","Action":[],"Resource":"*"'), '[]', 'Action', /is empty/],
  [
    'no Resource',
    statement('"Effect":"Allow","Action":"iot:Connect"'),
    '{"Effect"',
    'Resource',
    /neither Resource nor NotResource/,
  ],
  [
    'a Resource that is not an ARN',
    statement('"Effect":"Allow","Action":"iot:Connect","Resource":"client/a"'),
    '"client/a"',
    'Resource',
    /neither "\*" nor an ARN/,
  ],
  [
    'a Resource that is an object',
    statement('"Effect":"Allow","Action":"iot:Connect","Resource":[{}]'),
    '{}',
    'Resource',
    /this is an object/,
  ],
  [
    'Resource and NotResource',
    statement(`"Effect":"Allow",${REST},"NotResource":"*"`),
    '"NotResource"',
    'NotResource',
    /keep one/,
  ],
  [
    'a member twice',
    statement(`"Effect":"Allow",${REST},"Action":"iot:Publish"`),
    '"Action":"iot:Publish"',
    'Action',
    /twice/,
  ],
  [
    'a Principal',
    statement(`"Effect":"Allow","Principal":"*",${REST}`),
    '"Principal"',
    'Principal',
    /for whom it is attached to/,
  ],
  [
    'Resources for Resource',
    statement('"Effect":"Allow","Action":"iot:Connect","Resources":"*"'),
    '{"Effect"',
    'Resource',
    /neither/,
  ],
  ['a Sid that is a number', statement(`"Sid":1,"Effect":"Allow",${REST}`), '1,', 'Sid', /this is a number/],
  [
    'a Condition that is a text',
    statement(`"Effect":"Allow",${REST},"Condition":"x"`),
    '"x"',
    'Condition',
    /this is a text/,
  ],
  [
    'an operator that does not exist',
    statement(`"Effect":"Allow",${REST},"Condition":{"StringEqual":{"iot:ClientId":"a"}}`),
    '"StringEqual"',
    'Condition',
    /one such as StringEquals/,
  ],
  [
    'an operator in small letters',
    statement(`"Effect":"Allow",${REST},"Condition":{"stringequals":{"iot:ClientId":"a"}}`),
    '"stringequals"',
    'Condition',
    /write StringEquals/,
  ],
  [
    'NullIfExists',
    statement(`"Effect":"Allow",${REST},"Condition":{"NullIfExists":{"iot:ClientId":"a"}}`),
    '"NullIfExists"',
    'Condition',
    /Null takes nothing/,
  ],
  [
    'an operator without keys',
    statement(`"Effect":"Allow",${REST},"Condition":{"Bool":"true"}`),
    '"true"',
    'Condition',
    /object of keys/,
  ],
  [
    'a value that is an object',
    statement(`"Effect":"Allow",${REST},"Condition":{"Bool":{"iot:ClientId":{}}}`),
    '{}',
    'Condition',
    /this is an object/,
  ],
  [
    'a value that is null',
    statement(`"Effect":"Allow",${REST},"Condition":{"Bool":{"iot:ClientId":[null]}}`),
    'null',
    'Condition',
    /this is null/,
  ],
];

describe('readPolicy refuses what AWS refuses, with line, column and rule', () => {
  it.each(REFUSED)('%s', (_about, text, there, rule, message) => {
    const { policy, mistakes } = readPolicy('device', text);
    expect(policy).toBeUndefined();
    const found = mistakes.map(({ line, column, ...one }) => ({
      rule: one.rule,
      message: one.message,
      there: text
        .split('\n')
        [line - 1].slice(column - 1)
        .slice(0, there.length),
    }));
    expect(found).toContainEqual({ rule, message: expect.stringMatching(message), there });
  });

  it.each([
    ['of a text that does not end', `"${'\\"'.repeat(200_000)}`],
    ['of open brackets in texts', `["${'['.repeat(100_000)}"`],
    ['of members', `{${'"a":1,'.repeat(50_000)}`],
  ])('at once, hundreds of kilobytes %s', (_about, text) => {
    const before = process.cpuUsage().user;
    expect(readPolicy('device', text).policy).toBeUndefined();
    expect(process.cpuUsage().user - before).toBeLessThan(3_000_000);
  });

  it('all mistakes at once, in their order', () => {
    const { mistakes } = readPolicy('device', statement('"Effect":"allow","Action":"Connect","Resource":"a"'));
    expect(mistakes.map(({ rule }) => rule)).toEqual(['Effect', 'Action', 'Resource']);
  });

  it.each([
    ['an empty name', ''],
    ['a space', 'my policy'],
    ['129 characters', 'p'.repeat(129)],
  ])('a name with %s', (_about, name) => {
    expect(readPolicy(name, GOOD).mistakes.map(({ rule }) => rule)).toEqual(['name']);
  });
});

describe('the size of a document is that without white space', () => {
  const ofLength = (length: number) => {
    const text = GOOD.replace('"*"', '"arn:aws:iot:us-west-2:123456789012:client/"');
    return text.replace('client/', `client/${'a'.repeat(length - text.length)}`);
  };

  it.each([
    [2048, '', true],
    [2049, '', false],
    [2048, ' \n\t'.repeat(1000), true],
    [2049, ' ', false],
  ])('%i characters and white space', (length, space, taken) => {
    const { policy, mistakes } = readPolicy('device', ofLength(length) + space);
    expect({ length: policy?.length, rules: mistakes.map(({ rule }) => rule) }).toEqual(
      taken ? { length, rules: [] } : { length: undefined, rules: ['size'] },
    );
  });
});

describe('readPolicy takes what AWS takes', () => {
  it.each([
    ['one statement without a list', GOOD],
    ['white space between its parts', JSON.stringify(JSON.parse(GOOD), null, 7)],
    ['no Version', '{"Statement":{"Effect":"Deny","NotAction":["iot:*"],"NotResource":["*"]}}'],
    ['an Id and a Sid', '{"Id":"me","Statement":[{"Sid":"one","Effect":"Deny","Action":"*","Resource":"*"}]}'],
    ['an empty Condition', GOOD.replace('"*"', '"*","Condition":{}')],
    [
      'a value that is true, and a list of none',
      GOOD.replace(
        '"*"',
        '"*","Condition":{"Bool":{"iot:Connection.Thing.IsAttached":true},"ForAllValues:StringEquals":{"iot:ConnectAttributes":[]}}',
      ),
    ],
    ['a resource of a type that does not fit', GOOD.replace('"*"', '"arn:aws:iot:us-west-2:123456789012:topic/a"')],
    [
      'a variable that does not exist',
      GOOD.replace('"*"', '"arn:aws:iot:us-west-2:123456789012:client/${iot:Thing.ThingName}"'),
    ],
  ])('%s', (_about, text) => {
    const { policy, mistakes } = readPolicy('device', text);
    expect(mistakes).toEqual([]);
    expect(policy?.statements).toHaveLength(1);
  });
});
