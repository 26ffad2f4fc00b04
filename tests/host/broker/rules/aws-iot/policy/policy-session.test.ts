// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are the policies'
import { describe, expect, it } from 'vitest';
import {
  type PolicyContext,
  PolicySession,
  PolicySet,
} from '../../../../../../host/broker/rules/aws-iot/policy/index.js';
import { policiesOf } from './decided-case.js';
import { allow, deny, type StatementText } from './policy-cases.js';

const setOf = (...statements: StatementText[]) =>
  PolicySet.of(policiesOf(new Map([['device', { Version: '2012-10-17', Statement: statements }]])), {
    region: 'us-west-2',
    account: '123456789012',
  });

describe('a PolicySession', () => {
  const context: PolicyContext = { clientId: 'd1' };

  it('remembers a decision, for each action by itself', () => {
    const session = new PolicySession(setOf(allow('iot:Publish', 'topic/${iot:ClientId}')), context);
    const decision = session.decide('iot:Publish', 'topic/d1');
    expect(decision.allowed).toBe(true);
    expect(session.decide('iot:Publish', 'topic/d1')).toBe(decision);
    expect(session.decide('iot:Receive', 'topic/d1').allowed).toBe(false);
  });

  it('forgets the oldest after 64 others, and decides it again as before', () => {
    const session = new PolicySession(setOf(allow('iot:Publish', 'topic/1')), context);
    const first = session.decide('iot:Publish', 'topic/1');
    for (let n = 2; n <= 64; n++) session.decide('iot:Publish', `topic/${n}`);
    expect(session.decide('iot:Publish', 'topic/1')).toBe(first);
    session.decide('iot:Publish', 'topic/65');
    expect(session.decide('iot:Publish', 'topic/1')).not.toBe(first);
    expect(session.decide('iot:Publish', 'topic/1').allowed).toBe(true);
  });

  it('does not keep topics that are longer than AWS takes', () => {
    const session = new PolicySession(setOf(allow('iot:Publish', 'topic/*')), context);
    const topic = `topic/${'a'.repeat(1000)}`;
    expect(session.decide('iot:Publish', topic)).not.toBe(session.decide('iot:Publish', topic));
  });
});

describe('an explanation', () => {
  const explain = (statements: readonly StatementText[], resource: string, context: PolicyContext = {}) =>
    setOf(...statements)
      .decide({ action: 'iot:Publish', resource }, context)
      .explain();

  it.each([
    [
      'the entry that shares most with the resource',
      ['topic/status/*', 'topic/sensors/device/d1'],
      'topic/sensor/device/d1',
      'topic/sensors/device/d1',
    ],
    [
      'by its end as well',
      ['topic/a/x', 'topic/b/device/temperature'],
      'topic/c/device/temperature',
      'topic/b/device/temperature',
    ],
    ['with values in the place of variables', ['topic/${iot:ClientId}/on'], 'topic/d2/on', 'topic/d1/on'],
  ])('names %s', (_about, entries, resource, nearest) => {
    expect(explain([allow('iot:Publish', entries)], resource, { clientId: 'd1' }).nearest).toBe(nearest);
  });

  it('names no entry when the action is granted nowhere', () => {
    expect(explain([allow('iot:Receive', 'topic/b')], 'topic/a').nearest).toBeUndefined();
  });

  it('of a Deny names the entry that would allow it', () => {
    expect(explain([allow('iot:Publish', 'topic/*'), deny('iot:Publish', 'topic/a')], 'topic/a')).toEqual({
      text: 'statement 2 of policy device (line 9) denies iot:Publish on topic/a, and a Deny wins over every Allow',
      nearest: 'topic/*',
      edit: 'remove statement 2 of policy device (line 9), or narrow it',
      change: { kind: 'remove-statement', statement: { policy: 'device', index: 2, line: 9 } },
      mistake: 'deny-wins',
    });
  });

  it('names the Sid of a statement', () => {
    expect(explain([allow('iot:Publish', 'topic/a', { Sid: 'Write' })], 'topic/a').text).toBe(
      'statement 1 "Write" of policy device (line 4) allows iot:Publish on topic/a',
    );
  });

  it('writes the variable for the name of the thing, and escapes what would be a wildcard', () => {
    const context = { clientId: 'd1', thing: { name: 'd1' } };
    expect(explain([allow('iot:Publish', 'topic/x')], 'topic/d1/*?', context).change).toEqual({
      kind: 'add-resource',
      statement: { policy: 'device', index: 1, line: 4 },
      resource: 'arn:aws:iot:us-west-2:123456789012:topic/${iot:Connection.Thing.ThingName}/${*}${?}',
    });
  });
});

describe('region and account', () => {
  const decide = (entries: string[], home = {}) => {
    const statement = { Effect: 'Allow' as const, Action: 'iot:Publish', Resource: entries };
    return PolicySet.of(policiesOf(new Map([['device', { Version: '2012-10-17', Statement: [statement] }]])), home);
  };
  const request = { action: 'iot:Publish', resource: 'topic/a' };

  it('are those that most ARNs name', () => {
    const set = decide([
      'arn:aws:iot:eu-west-1:111111111111:topic/b',
      'arn:aws-cn:iot:cn-north-1:222222222222:topic/a',
      'arn:aws-cn:iot:cn-north-1:222222222222:topic/c',
    ]);
    expect(set.home).toEqual({ partition: 'aws-cn', region: 'cn-north-1', account: '222222222222' });
    expect(set.decide(request, {}).allowed).toBe(true);
    expect(set.decide({ ...request, resource: 'topic/b' }, {}).allowed).toBe(false);
  });

  it('are those that are given', () => {
    const set = decide(['arn:aws:iot:eu-west-1:111111111111:topic/a'], { region: 'us-east-1' });
    expect(set.home).toEqual({ partition: 'aws', region: 'us-east-1', account: '111111111111' });
    expect(set.decide(request, {}).allowed).toBe(false);
  });
});
