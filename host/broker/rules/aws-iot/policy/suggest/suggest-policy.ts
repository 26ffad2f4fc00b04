import { arnOf } from '../decide/policy-context.js';
import { readTemplate } from '../decide/template.js';
import { covers } from '../decide/template-overlap.js';
import type { PolicyRequest } from '../policy-set.js';

export interface SuggestOptions {
  /** Default: `*`, which is as tight, since a policy is attached in one account and region. */
  readonly region?: string;
  readonly account?: string;
  /** Default `aws`. */
  readonly partition?: string;
  /** What stands for the client id where it is a part of a topic. Default `thing`: the name of the thing is the client id. */
  readonly identity?: 'thing' | 'client-id' | 'none';
}

export interface SuggestedPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Effect: 'Allow';
    readonly Action: string | string[];
    readonly Resource: string | string[];
  }[];
}

type Asked = PolicyRequest & { readonly clientId?: string };

const VARIABLES = {
  thing: `\${iot:Connection.Thing.ThingName}`,
  'client-id': `\${iot:ClientId}`,
  none: undefined,
} as const;
const ORDER = ['iot:Connect', 'iot:Publish', 'iot:RetainPublish', 'iot:Subscribe', 'iot:Receive'];

/**
 * The least policy that allows the requests. A subscription brings Receive on all topics of its filter: what it may get is part of what
 * the application does. Entries that another one covers are left out.
 *
 * @example
 * ```ts
 * import { readRunTrace, type SuggestOptions, suggestPolicy, type TracedRequest } from 'wasmqtt/broker';
 *
 * const trace = '{"event":"connected","clientId":"pump-7"}\n{"event":"published","topic":"sensor/1","payload":"","qos":1}\n';
 * const requests: readonly TracedRequest[] = readRunTrace(trace).requests;
 * requests.map(({ action }) => action); // => [ 'iot:Connect', 'iot:Publish' ]
 * const options: SuggestOptions = { region: 'eu-west-1', account: '123456789012', identity: 'client-id' };
 * suggestPolicy(requests, options).Statement.length; // => 2
 * ```
 */
export function suggestPolicy(requests: readonly Asked[], options: SuggestOptions = {}): SuggestedPolicy {
  const { partition = 'aws', region = '*', account = '*', identity = 'thing' } = options;
  const wanted = new Map<string, Set<string>>(ORDER.map((action) => [action, new Set()]));
  for (const { action, resource, clientId } of requests) {
    wanted.get(action)?.add(entryOf(resource, clientId, VARIABLES[identity]));
    if (action !== 'iot:Subscribe') continue;
    for (const topic of topicsOfFilter(resource.slice('topicfilter/'.length))) {
      wanted.get('iot:Receive')!.add(entryOf(topic, clientId, VARIABLES[identity], true));
    }
  }
  const statements = new Map<string, string[]>();
  for (const [action, entries] of wanted) {
    const needed = withoutCovered([...entries]).map((entry) => arnOf({ partition, region, account }, entry));
    if (needed.length === 0) continue;
    const key = JSON.stringify(needed);
    statements.set(key, [...(statements.get(key) ?? []), action]);
  }
  return {
    Version: '2012-10-17',
    Statement: [...statements].map(([key, actions]) => ({
      Effect: 'Allow',
      Action: alone(actions),
      Resource: alone(JSON.parse(key) as string[]),
    })),
  };
}

const alone = (texts: string[]) => (texts.length === 1 ? texts[0] : texts);

/** A shared subscription is granted on both forms: AWS's documents disagree on which one is asked. */
function topicsOfFilter(filter: string): string[] {
  const [, group, inner] = /^\$share\/([^/]*)\/(.*)$/s.exec(filter) ?? [];
  if (inner === undefined) return [`topic/${filter}`];
  return [`topic/${inner}`, `topic/$share/${group}/${inner}`];
}

/** @param isFilter `+` and `#` of the text become wildcards of the policy */
function entryOf(
  resource: string,
  clientId: string | undefined,
  variable: string | undefined,
  isFilter = false,
): string {
  const literal = (text: string) => {
    const quoted = text.replace(/[*?]|\$(?=\{)/g, (character) => `\${${character}}`);
    return isFilter ? quoted.replace(/[+#]/g, '*') : quoted;
  };
  if (variable === undefined || !clientId) return literal(resource);
  const slash = resource.indexOf('/') + 1;
  const pieces = resource.slice(slash).split(idExpression(clientId));
  return resource.slice(0, slash) + pieces.map((piece) => literal(piece)).join(variable);
}

/** The client id where it stands for itself: letters and digits beside it make it another word. */
function idExpression(clientId: string): RegExp {
  const quoted = clientId.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${quoted}(?![\\p{L}\\p{N}])`, 'v');
}

/** In their order, without those that an entry with wildcards covers. */
function withoutCovered(entries: string[]): string[] {
  const templates = new Map(entries.map((entry) => [entry, readTemplate(entry, true)]));
  return entries.filter((entry) =>
    [...templates].every(([other, wider]) => other === entry || !covers(wider, templates.get(entry)!)),
  );
}
