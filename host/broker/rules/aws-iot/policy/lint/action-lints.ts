import { editDistance } from '../../../../../node/edit-distance.js';
import { type Glob, globMatches, RUN, readTemplate, type Template } from '../decide/template.js';
import { overlap } from '../decide/template-overlap.js';
import { ACTIONS, type ActionFact, actionFact } from '../document/action-names.js';
import type { StatementLint } from './lint-finding.js';

/** The known actions that a text names. */
export function actionsOf(text: string): ActionFact[] {
  const glob = readTemplate(text.toLowerCase(), false) as Glob;
  return ACTIONS.filter(({ name }) => globMatches(glob, name.toLowerCase()));
}

/** Names that do not exist, or are not written as AWS writes them; actions of REST calls. */
export const lintActions: StatementLint = ({ statement }, report) => {
  for (const { text, at } of statement.actions) {
    const facts = actionsOf(text);
    if (facts.length === 0) {
      const near = ACTIONS.find(({ name }) => editDistance(name.toLowerCase(), text.toLowerCase()) < 3);
      const isOurs = /^iot(jobsdata)?:/i.test(text);
      const what = isOurs
        ? `${text} is not an action`
        : `${text} is an action of another service, and means nothing in a policy for devices`;
      report(
        'error',
        isOurs ? 'unknown-action' : 'other-service',
        at,
        what,
        near ? `write ${near.name}` : 'remove it, or write one such as iot:Publish',
      );
      continue;
    }
    const [{ name }] = facts;
    if (facts.length === 1 && !/[*?]/.test(text) && text !== name) {
      report(
        'warning',
        'action-case',
        at,
        `${text} is ${name} in other capitals, which AWS's documents never write`,
        `write ${name}`,
      );
    }
    if (statement.effect === 'Allow' && facts.every(({ asked }) => asked === 'rest') && /shadow|job/i.test(name)) {
      report(
        'warning',
        'rest-action',
        at,
        `${name} is asked for REST calls only, and means nothing over MQTT`,
        `grant Publish, Subscribe and Receive on the topics below $aws/things/ for MQTT`,
      );
    }
  }
};

/** Resources of a type that none of the actions is asked about, and actions that have no resource. */
export const lintTypes: StatementLint = (one, report) => {
  const { statement, resources } = one;
  if (statement.isNotAction || statement.isNotResource) return;
  const facts = statement.actions.flatMap(({ text }) => actionsOf(text));
  if (facts.length === 0) return;
  const isFor = (template: Template, { types }: ActionFact) =>
    types.some((type) => type !== '*' && overlap(template, [`${type}/`, RUN]));
  let isClear = true;
  for (const [index, pattern] of resources.entries()) {
    if (pattern.isEverything || facts.some((fact) => isFor(pattern.resource, fact))) continue;
    isClear = false;
    const needed = [...new Set(facts.flatMap(({ types }) => types))]
      .map((type) => (type === '*' ? '"*"' : `${type}/`))
      .join(' or ');
    const text = pattern.shownWith();
    const stray = text.startsWith('/') ? ': a slash stands before the type' : '';
    report(
      'error',
      'resource-type',
      statement.resources[index].at,
      `${text} never matches${stray}: ${names(facts)} is asked on ${needed}`,
      `write ${needed} for ${text.replace(/^(\/?[^/]*\/?).*$/s, '$1')}`,
    );
  }
  if (!isClear) return;
  for (const { text, at } of statement.actions) {
    const fact = /[*?]/.test(text) ? undefined : actionFact(text);
    if (!fact || resources.some((pattern) => pattern.isEverything || isFor(pattern.resource, fact))) continue;
    report(
      'error',
      'action-without-resource',
      at,
      `${fact.name} has no resource here: it is asked on ${fact.types.join(' or ')}${fact.types[0] === '*' ? '' : '/'}, and none is listed`,
      `list one, or remove ${fact.name}`,
    );
  }
};

function names(facts: readonly ActionFact[]): string {
  const [first, ...rest] = [...new Set(facts.map(({ name }) => name))];
  return rest.length === 0 ? first : `${first} (and ${rest.length} more)`;
}
