// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are the policies'
import { describe, expect, it } from 'vitest';
import {
  lintPolicies,
  PolicySet,
  readPolicy,
  readRunTrace,
  type SuggestedPolicy,
  suggestPolicy,
} from '../../../../../../host/broker/rules/aws-iot/policy/index.js';

const trace = (...events: object[]) => events.map((event) => JSON.stringify(event)).join('\n');
const published = (topic: string, more = {}) => ({ event: 'published', topic, payload: '{}', qos: 1, ...more });
const subscribed = (topic: string) => ({ event: 'subscribed', topic, reasonCode: 1 });
const connected = (clientId: string, more = {}) => ({ event: 'connected', clientId, ...more });
const requestsOf = (...events: object[]) => readRunTrace(trace(...events)).requests;

const DEVICE = [
  { event: 'connecting', broker: 'localhost:8883' },
  connected('UV1'),
  subscribed('command/device/UV1'),
  subscribed('command/device/all'),
  published('sensor/device/UV1'),
  published('sensor/device/UV1'),
  { event: 'message', topic: 'command/device/all', payload: '', qos: 1, retain: false },
];

describe('readRunTrace', () => {
  it('takes the requests of a device, each once, with how often it was made', () => {
    expect(requestsOf(...DEVICE).map(({ action, resource, count, line }) => [action, resource, count, line])).toEqual([
      ['iot:Connect', 'client/UV1', 1, 2],
      ['iot:Subscribe', 'topicfilter/command/device/UV1', 1, 3],
      ['iot:Subscribe', 'topicfilter/command/device/all', 1, 4],
      ['iot:Publish', 'topic/sensor/device/UV1', 2, 5],
      ['iot:Receive', 'topic/command/device/all', 1, 7],
    ]);
  });

  it('asks for RetainPublish besides Publish, for wills too', () => {
    const requests = requestsOf(
      connected('d1', { will: { topic: 'gone', retain: true } }),
      published('a', { retain: true }),
    );
    expect(requests.map(({ action, resource, isWill }) => [action, resource, isWill])).toEqual([
      ['iot:Connect', 'client/d1', undefined],
      ['iot:Publish', 'topic/gone', true],
      ['iot:RetainPublish', 'topic/gone', true],
      ['iot:Publish', 'topic/a', undefined],
      ['iot:RetainPublish', 'topic/a', undefined],
    ]);
  });

  it('gives each of several devices its own client id', () => {
    const requests = requestsOf(
      connected('d1', { device: 'UV1' }),
      connected('d2', { device: 'UV2' }),
      published('a', { device: 'UV1' }),
      published('a', { device: 'UV2' }),
    );
    expect(requests.map(({ clientId, resource }) => [clientId, resource])).toEqual([
      ['d1', 'client/d1'],
      ['d2', 'client/d2'],
      ['d1', 'topic/a'],
      ['d2', 'topic/a'],
    ]);
  });

  it.each([
    ['what is not JSON', 'connected to d1\n', 1, /not a JSON object/],
    ['a list', `${trace(connected('d1'))}\n[]`, 2, /not a JSON object/],
    ['nothing', '\n\n', 1, /let the application run/],
    ['other events alone', '{"event":"log","text":"a"}', 1, /let the application run/],
  ])('reports %s', (_about, text, line, message) => {
    expect(readRunTrace(text).mistakes).toEqual([{ line, message: expect.stringMatching(message) }]);
  });

  it('passes over events of other shapes', () => {
    const { requests, mistakes } = readRunTrace(
      trace(...DEVICE, { event: 7 }, { topic: 'a' }, { event: 'published', topic: 7 }, { event: 'connected' }),
    );
    expect({ count: requests.length, mistakes }).toEqual({ count: 5, mistakes: [] });
  });
});

describe('suggestPolicy', () => {
  const resourceOf = ({ Statement }: SuggestedPolicy, action: string) =>
    Statement.filter(({ Action }) => [Action].flat().includes(action)).flatMap(({ Resource }) => Resource);
  const bare = (policy: SuggestedPolicy, action: string) =>
    resourceOf(policy, action).map((text) => text.replace('arn:aws:iot:*:*:', ''));

  it('is the policy of the document for what its application does', () => {
    expect(suggestPolicy(requestsOf(...DEVICE), { region: 'us-west-2', account: '123456789012' })).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'iot:Connect',
          Resource: 'arn:aws:iot:us-west-2:123456789012:client/${iot:Connection.Thing.ThingName}',
        },
        {
          Effect: 'Allow',
          Action: 'iot:Publish',
          Resource: 'arn:aws:iot:us-west-2:123456789012:topic/sensor/device/${iot:Connection.Thing.ThingName}',
        },
        {
          Effect: 'Allow',
          Action: 'iot:Subscribe',
          Resource: [
            'arn:aws:iot:us-west-2:123456789012:topicfilter/command/device/${iot:Connection.Thing.ThingName}',
            'arn:aws:iot:us-west-2:123456789012:topicfilter/command/device/all',
          ],
        },
        {
          Effect: 'Allow',
          Action: 'iot:Receive',
          Resource: [
            'arn:aws:iot:us-west-2:123456789012:topic/command/device/${iot:Connection.Thing.ThingName}',
            'arn:aws:iot:us-west-2:123456789012:topic/command/device/all',
          ],
        },
      ],
    });
  });

  it.each([
    ['a level', 'a/d1/b', 'a/${iot:Connection.Thing.ThingName}/b'],
    ['a part of a level', 'a/pump-d1', 'a/pump-${iot:Connection.Thing.ThingName}'],
    ['twice', 'd1/d1', '${iot:Connection.Thing.ThingName}/${iot:Connection.Thing.ThingName}'],
    ['a part of another word', 'a/d10', 'a/d10'],
    ['wildcards of policies as characters', 'a/*?${x}', 'a/${*}${?}${$}{x}'],
  ])('puts the variable in for the client id: %s', (_about, topic, entry) => {
    expect(bare(suggestPolicy(requestsOf(connected('d1'), published(topic))), 'iot:Publish')).toEqual([
      `topic/${entry}`,
    ]);
  });

  it.each([...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'])('takes %s in a client id for itself', (character) => {
    const id = `pump${character}7`;
    expect(bare(suggestPolicy(requestsOf(connected(id), published(`a/${id}`))), 'iot:Publish')).toEqual([
      'topic/a/${iot:Connection.Thing.ThingName}',
    ]);
  });

  it.each([
    ['client-id', ['client/${iot:ClientId}']],
    ['none', ['client/d1']],
  ] as const)('writes the identity as %s', (identity, entries) => {
    expect(bare(suggestPolicy(requestsOf(connected('d1')), { identity }), 'iot:Connect')).toEqual(entries);
  });

  it('lets through what a filter may bring, and leaves out what is covered', () => {
    const policy = suggestPolicy(
      requestsOf(connected('d1'), subscribed('a/+/c'), subscribed('b/#'), { event: 'message', topic: 'b/1' }),
    );
    expect(bare(policy, 'iot:Subscribe')).toEqual(['topicfilter/a/+/c', 'topicfilter/b/#']);
    expect(bare(policy, 'iot:Receive')).toEqual(['topic/a/*/c', 'topic/b/*']);
  });

  it('grants a shared subscription in both forms', () => {
    const policy = suggestPolicy(requestsOf(connected('d1'), subscribed('$share/g/a/+')));
    expect(bare(policy, 'iot:Receive')).toEqual(['topic/a/*', 'topic/$share/g/a/*']);
  });

  const BUSY = [
    ...DEVICE,
    subscribed('$share/g/x/+'),
    subscribed('fleet/#'),
    published('up/UV1/a', { retain: true }),
    published('*'),
  ];

  it('allows all of the trace, and has nothing to lint', () => {
    const policy = read(suggestPolicy(requestsOf(...BUSY)));
    const set = PolicySet.of([policy]);
    const refused = requestsOf(...BUSY).filter(
      (one) => !set.decide(one, { clientId: 'UV1', thing: { name: 'UV1' } }).allowed,
    );
    expect(refused).toEqual([]);
    expect(lintPolicies([policy])).toEqual([]);
  });

  it('is the least: without any of its entries something is refused', () => {
    const requests = requestsOf(
      ...DEVICE,
      { event: 'message', topic: 'command/device/UV1' },
      published('a', { retain: true }),
    );
    const { Statement, Version } = suggestPolicy(requests);
    for (const [index, one] of Statement.entries()) {
      for (const entry of [one.Resource].flat()) {
        const rest = [one.Resource].flat().filter((other) => other !== entry);
        const changed =
          rest.length > 0 ? Statement.with(index, { ...one, Resource: rest }) : Statement.toSpliced(index, 1);
        const set = PolicySet.of([read({ Version, Statement: changed })]);
        expect(requests.some((asked) => !set.decide(asked, { clientId: 'UV1', thing: { name: 'UV1' } }).allowed)).toBe(
          true,
        );
      }
    }
  });

  function read(document: SuggestedPolicy) {
    const { policy, mistakes } = readPolicy('suggested', JSON.stringify(document));
    expect(mistakes).toEqual([]);
    return policy!;
  }
});
