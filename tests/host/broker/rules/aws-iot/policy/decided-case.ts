import {
  type NamedPolicy,
  type PolicyChange,
  type PolicyDecision,
  PolicySet,
  readPolicy,
} from '../../../../../../host/broker/rules/aws-iot/policy/index.js';
import { arns, type PolicyCase, type StatementText } from './policy-cases.js';

/** The documents of a case by name, as their authors would write them. */
export function documentsOf({
  policy,
  version = '2012-10-17',
}: PolicyCase): Map<string, { Version?: string; Statement: StatementText[] }> {
  const documents = new Map<string, { Version?: string; Statement: StatementText[] }>();
  for (const entry of policy) {
    const { of = 'device', ...statement } =
      typeof entry === 'string' ? ({ Effect: 'Allow', Action: '*', Resource: arns(entry) } as StatementText) : entry;
    const document = documents.get(of) ?? { ...(version === null ? {} : { Version: version }), Statement: [] };
    document.Statement.push(statement);
    documents.set(of, document);
  }
  return documents;
}

/** @throws Error with the mistakes of a document that AWS would refuse */
export function policiesOf(documents: ReadonlyMap<string, object>): NamedPolicy[] {
  return [...documents].map(([name, document]) => {
    const { policy, mistakes } = readPolicy(name, JSON.stringify(document, null, 1));
    if (!policy)
      throw new Error(mistakes.map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`).join('\n'));
    return policy;
  });
}

const HOME = { region: 'us-west-2', account: '123456789012' };

export function decideCase(one: PolicyCase, documents: ReadonlyMap<string, object> = documentsOf(one)): PolicyDecision {
  const { action, resource, context = {} } = one;
  return PolicySet.of(policiesOf(documents), HOME).decide({ action, resource }, context);
}

/** The documents after the edit. */
export function edited(documents: ReturnType<typeof documentsOf>, change: PolicyChange): typeof documents {
  const copy: typeof documents = structuredClone(documents);
  const list = (value: string | readonly string[] = []) => (typeof value === 'string' ? [value] : [...value]);
  if (change.kind === 'set-version') copy.get(change.policy)!.Version = '2012-10-17';
  else if (change.kind === 'replace-placeholder') {
    const text = JSON.stringify(copy.get(change.policy)).replaceAll(change.from, change.to);
    copy.set(change.policy, JSON.parse(text));
  } else if (change.kind === 'add-statement') {
    copy.get(change.policy)!.Statement.push({ Effect: 'Allow', Action: change.action, Resource: change.resource });
  } else {
    const { policy, index } = change.statement;
    const { Statement } = copy.get(policy)!;
    const old = Statement[index - 1];
    if (change.kind === 'remove-statement') Statement.splice(index - 1, 1);
    else if (change.kind === 'add-action')
      Statement[index - 1] = { ...old, Action: [...list(old.Action), change.action] };
    else if (change.kind === 'add-resource')
      Statement[index - 1] = { ...old, Resource: [...list(old.Resource), change.resource] };
    else {
      const Resource = list(old.Resource).map((text) => (text === change.from ? change.to : text));
      Statement[index - 1] = { ...old, Resource };
    }
  }
  for (const [name, { Statement }] of copy) if (Statement.length === 0) copy.delete(name);
  return copy;
}
