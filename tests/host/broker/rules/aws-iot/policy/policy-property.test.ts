// alone: it measures the processor time of its process
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are the policies'
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PolicySession, PolicySet, readPolicy } from '../../../../../../host/broker/rules/aws-iot/policy/index.js';
import { runs, timeout } from '../../../../core/support/property-runs.js';
import { naivelyAllowed, type PlainStatement } from './naive-evaluator.js';

const ARN = 'arn:aws:iot:us-west-2:123456789012:';
const HOME = { region: 'us-west-2', account: '123456789012' };
const RUNS = 2000;

const level = fc.constantFrom('a', 'b', 'ab', 'd1', '+', '#', '', '😀', ':', '$aws', '${', '}', '.');
const patternLevel = fc.oneof(
  level,
  fc.constantFrom(
    '*',
    '?',
    'a*',
    '*b',
    '**',
    '?*',
    '${iot:ClientId}',
    '${IOT:clientid}',
    '${iot:Connection.Thing.ThingName}',
    '${iot:Nothing}',
    '${*}',
    '${?}',
    '${$}',
    'a${iot:ClientId}*',
  ),
);
const type = fc.constantFrom('topic', 'topicfilter', 'client');
const joined = (levels: fc.Arbitrary<string>) =>
  fc.array(levels, { minLength: 1, maxLength: 4 }).map((all) => all.join('/'));
const resource = fc.tuple(type, joined(level)).map(([of, name]) => `${of}/${name}`);
const pattern = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(fc.oneof(type, fc.constantFrom('topic*', '*')), joined(patternLevel))
      .map(([of, name]) => `${ARN}${of}/${name}`),
  },
  { weight: 1, arbitrary: fc.constant('*') },
);
const action = fc.constantFrom('iot:Connect', 'iot:Publish', 'iot:Subscribe', 'iot:Receive');
const actionPattern = fc.oneof(action, fc.constantFrom('iot:*', '*', 'iot:publish', 'iot:?u*', 'iot:Sub*', 's3:*'));
const operator = fc
  .tuple(
    fc.constantFrom('', 'ForAllValues:', 'ForAnyValue:'),
    fc.constantFrom('StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase', 'Bool'),
    fc.constantFrom('', 'IfExists'),
  )
  .map((parts) => parts.join(''));
const key = fc.constantFrom(
  'iot:ClientId',
  'iot:Connection.Thing.ThingName',
  'iot:Connection.Thing.IsAttached',
  'iot:ConnectAttributes',
  'iot:Nothing',
);
const value = fc.oneof(joined(patternLevel), fc.constantFrom('true', 'false', 'PersistentConnect', 'LastWill', 'd1'));
const condition = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.oneof({ weight: 5, arbitrary: operator }, { weight: 1, arbitrary: fc.constant('Null') }),
        key,
        fc.array(value, { maxLength: 2 }),
      )
      .map(([name, of, values]) => ({ [name]: { [of]: values } })),
  },
);
const some = (entries: fc.Arbitrary<string>) => fc.array(entries, { minLength: 1, maxLength: 3 });
const statement: fc.Arbitrary<PlainStatement> = fc
  .record({
    Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
    actions: some(actionPattern),
    resources: some(pattern),
    not: fc.constantFrom('', '', '', 'Action', 'Resource'),
    Condition: condition,
  })
  .map(({ Effect, actions, resources, not, Condition }) => ({
    Effect,
    [not === 'Action' ? 'NotAction' : 'Action']: actions,
    [not === 'Resource' ? 'NotResource' : 'Resource']: resources,
    ...(Condition && { Condition }),
  }));
const context = fc.record({
  clientId: fc.option(fc.oneof(joined(level), fc.constantFrom('d1', '*', '${iot:Nothing}')), { nil: undefined }),
  thing: fc.option(fc.record({ name: fc.constantFrom('d1', 'a', '*', 'a/b') }), { nil: undefined }),
  connectAttributes: fc.option(fc.subarray(['PersistentConnect', 'LastWill'] as const), { nil: undefined }),
});

describe('decisions about arbitrary policies', { timeout }, () => {
  it('are those of a second evaluator, are explained, and are the same when they are remembered', () => {
    const verdicts = { allowed: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1, maxLength: 4 }),
        action,
        resource,
        context,
        (statements, asked, what, who) => {
          const { policy, mistakes } = readPolicy(
            'device',
            JSON.stringify({ Version: '2012-10-17', Statement: statements }),
          );
          fc.pre(mistakes.every(({ rule }) => rule === 'size'));
          if (!policy) return;
          const set = PolicySet.of([policy], HOME);
          const decision = set.decide({ action: asked, resource: what }, who);
          expect(decision.allowed).toBe(naivelyAllowed(statements, asked, ARN + what, who));
          expect(decision.explain().text).toContain(what);
          const session = new PolicySession(set, who);
          expect(session.decide(asked, what).allowed).toBe(decision.allowed);
          expect(session.decide(asked, what)).toBe(session.decide(asked, what));
          verdicts[decision.allowed ? 'allowed' : 'refused']++;
        },
      ),
      runs(RUNS),
    );
    expect(Math.min(verdicts.allowed, verdicts.refused)).toBeGreaterThan(RUNS / 20);
  });

  it('never throw, whatever the texts', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('${', '${}', '${${}}', '*'.repeat(300), 'arn:', ':'.repeat(9)),
    );
    fc.assert(
      fc.property(anything, anything, anything, anything, (one, other, asked, what) => {
        const text = JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Action: 'iot:*',
            Resource: `arn:${one}`,
            Condition: { StringLike: { [other]: one }, IpAddress: { 'aws:SourceIp': other }, DateLessThan: { x: one } },
          },
        });
        const { policy } = readPolicy('device', text);
        if (!policy) return;
        const decision = PolicySet.of([policy]).decide(
          { action: asked, resource: what },
          { clientId: one, sourceIp: other, values: { [other]: one, x: other } },
        );
        expect(typeof decision.explain().text).toBe('string');
      }),
      runs(RUNS),
    );
  });

  it('of a long topic and many wildcards come at once', () => {
    const { policy } = readPolicy(
      'device',
      JSON.stringify({ Statement: { Effect: 'Allow', Action: 'iot:*', Resource: `${ARN}topic/${'*a'.repeat(900)}` } }),
    );
    const set = PolicySet.of([policy!]);
    const before = process.cpuUsage().user;
    expect(set.decide({ action: 'iot:Publish', resource: `topic/${'a'.repeat(60_000)}b` }, {}).allowed).toBe(false);
    expect(process.cpuUsage().user - before).toBeLessThan(1_000_000);
  });

  it('are explained at once, however long the topic and the policies', () => {
    const entries = Array.from({ length: 36 }, (_, n) => `arn:aws:iot:*:*:topic/*a*/+/${n}/*`);
    const statement = { Effect: 'Allow', Action: 'iot:Publish', Resource: entries };
    const { policy } = readPolicy('device', JSON.stringify({ Statement: statement }));
    const set = PolicySet.of(Array.from({ length: 10 }, () => policy!));
    const before = process.cpuUsage().user;
    for (const topic of [`topic/${'a/'.repeat(120)}`, `topic/${'a/'.repeat(30_000)}`]) {
      expect(set.decide({ action: 'iot:Publish', resource: topic }, {}).explain().edit).toMatch(/^add /);
    }
    expect(process.cpuUsage().user - before).toBeLessThan(500_000);
  });
});
