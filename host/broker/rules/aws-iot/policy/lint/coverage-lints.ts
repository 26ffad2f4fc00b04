import type { CompiledStatement } from '../decide/compiled-statement.js';
import type { ResourcePattern } from '../decide/resource-pattern.js';
import { RUN, type Template } from '../decide/template.js';
import { covers, overlap, topicsOf } from '../decide/template-overlap.js';
import type { PlacedText } from '../document/policy-document.js';
import type { SetLint } from './lint-finding.js';

interface Entry {
  readonly one: CompiledStatement;
  readonly pattern: ResourcePattern;
  readonly at: PlacedText['at'];
}

/** The entries of statements about an action; those with NotResource are left out. */
function entriesOf(statements: readonly CompiledStatement[], action: string, isDeny: boolean): Entry[] {
  return statements
    .filter((one) => one.isDeny === isDeny && one.isAbout(action) && !one.statement.isNotResource)
    .flatMap((one) => one.resources.map((pattern, index) => ({ one, pattern, at: one.statement.resources[index].at })));
}

/** What follows `topicfilter/`, as a pattern of topics; undefined for an entry that names no filters. */
function filterTopics({ pattern }: Entry): Template | undefined {
  const [first, ...rest] = pattern.resource;
  if (first === RUN) return [RUN];
  if (typeof first !== 'string' || !first.startsWith('topicfilter/')) return undefined;
  return topicsOf([`topic/${first.slice('topicfilter/'.length)}`, ...rest]);
}

/** A subscription whose messages nothing lets through. */
export const lintReceive: SetLint = (statements, reportOf) => {
  const hasOpenReceive = statements.some(
    (one) => !one.isDeny && one.isAbout('iot:Receive') && one.statement.isNotResource,
  );
  const receives = entriesOf(statements, 'iot:Receive', false);
  for (const entry of entriesOf(statements, 'iot:Subscribe', false)) {
    const topics = filterTopics(entry);
    if (!topics || hasOpenReceive) continue;
    const text = entry.pattern.shownWith();
    const [, shared] = /^topicfilter\/\$share\/[^/]+\/(.*)$/s.exec(text) ?? [];
    const wanted: Template[] =
      shared === undefined ? [topics] : [topics, topicsOf([`topic/${shared.split('*')[0]}`, RUN])];
    const missing = wanted.filter((one) => !receives.some(({ pattern }) => overlap(pattern.resource, one)));
    if (missing.length === 0) continue;
    const report = reportOf(entry.one);
    if (shared !== undefined && missing.length < wanted.length) {
      report(
        'warning',
        'shared-receive',
        entry.at,
        `AWS’s documents disagree whether iot:Receive is asked on topic/${shared} or on topic/$share/.../${shared}`,
        'grant iot:Receive on both',
      );
    } else {
      report(
        'error',
        'receive-missing',
        entry.at,
        `${text} may be subscribed to, but no message of it is let through: nothing grants iot:Receive on its topics`,
        `allow iot:Receive on ${text.replace(/^topicfilter\//, 'topic/').replace(/[+#]/g, '*')}`,
      );
    }
  }
};

/** A Deny of a filter is evaded by a wider one. */
export const lintDeniedFilters: SetLint = (statements, reportOf) => {
  const allowed = entriesOf(statements, 'iot:Subscribe', false);
  const closed = entriesOf(statements, 'iot:Receive', true);
  for (const entry of entriesOf(statements, 'iot:Subscribe', true)) {
    const topics = filterTopics(entry);
    if (!topics || entry.pattern.resource[0] === RUN || closed.some(({ pattern }) => overlap(pattern.resource, topics)))
      continue;
    if (!allowed.some(({ pattern }) => !covers(entry.pattern.resource, pattern.resource))) continue;
    reportOf(entry.one)(
      'warning',
      'denied-filter',
      entry.at,
      `a client gets the messages of ${entry.pattern.shownWith()} by subscribing to a wider filter`,
      'deny iot:Receive on the topics too',
    );
  }
};

/** An Allow that a Deny takes away whole. */
export const lintDenied: SetLint = (statements, reportOf) => {
  const denying = statements.filter((one) => one.isDeny && one.conditions.length === 0 && !one.statement.isNotResource);
  for (const one of statements) {
    if (one.isDeny || one.statement.isNotAction) continue;
    for (const [index, pattern] of one.resources.entries()) {
      const by = denying.find(
        (deny) =>
          one.statement.actions.every(({ text }) => deny.isAbout(text)) &&
          deny.resources.some(({ resource }) => covers(resource, pattern.resource)),
      );
      if (!by || one.statement.isNotResource) continue;
      reportOf(one)(
        'error',
        'always-denied',
        one.statement.resources[index].at,
        `${pattern.shownWith()} is allowed here and denied in line ${by.place.line} of policy ${by.place.policy}; a Deny wins`,
        'narrow the Deny, or remove one of them',
      );
    }
  }
};

/** Permissions that are of no use without another. */
export const lintCompany: SetLint = (statements, reportOf) => {
  const allows = (action: string) => statements.find((one) => !one.isDeny && one.isAbout(action));
  const [first] = statements.filter(({ isDeny }) => !isDeny);
  if (first && !allows('iot:Connect')) {
    reportOf(first)(
      'warning',
      'no-connect',
      first.statement.at,
      'nothing allows iot:Connect: without another policy no device gets in',
      `allow iot:Connect on client/\${iot:Connection.Thing.ThingName}`,
    );
  }
  const receive = allows('iot:Receive');
  if (receive && !allows('iot:Subscribe')) {
    reportOf(receive)(
      'warning',
      'no-subscribe',
      receive.statement.at,
      'iot:Receive is of no use without iot:Subscribe',
      'allow iot:Subscribe on topicfilter/',
    );
  }
  const subscribes = entriesOf(statements, 'iot:Subscribe', false);
  const publishes = entriesOf(statements, 'iot:Publish', false);
  for (const { one, pattern, at } of publishes) {
    const text = pattern.shownWith();
    const isShadow = /^topic\/\$aws\/things\/.*\/shadow\//.test(text);
    if (
      isShadow &&
      !subscribes.some((entry) => overlap(filterTopics(entry) ?? [], ['topic/$aws/things/', RUN, '/shadow/', RUN]))
    ) {
      reportOf(one)(
        'warning',
        'shadow-answers',
        at,
        'the answers of the shadow (accepted, rejected, delta) may not be subscribed to: requests are carried out unseen',
        'allow iot:Subscribe and iot:Receive on them',
      );
    }
    const hasCsr = publishes.some((entry) =>
      overlap(entry.pattern.resource, ['topic/$aws/certificates/create-from-csr/', RUN]),
    );
    if (text.startsWith('topic/$aws/certificates/create/') && !hasCsr) {
      reportOf(one)(
        'warning',
        'provisioning',
        at,
        'devices that bring a key of their own use $aws/certificates/create-from-csr/, which is not granted',
        'add it, unless all keys are made by AWS',
      );
    }
  }
};

/** Names of statements are there once. */
export const lintSids: SetLint = (statements, reportOf) => {
  const seen = new Set<string>();
  for (const one of [...statements].sort((a, b) => a.place.line - b.place.line)) {
    const { sid, at } = one.statement;
    if (sid === undefined) continue;
    const name = `${one.place.policy} ${sid}`;
    if (seen.has(name))
      reportOf(one)(
        'warning',
        'sid',
        at,
        `the Sid ${JSON.stringify(sid)} is there twice`,
        'give each statement a Sid of its own',
      );
    seen.add(name);
  }
};
