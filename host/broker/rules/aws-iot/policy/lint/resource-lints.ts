import { isProperField } from '../decide/resource-pattern.js';
import { isKey, RUN } from '../decide/template.js';
import type { StatementLint } from './lint-finding.js';

/** Entries of Resource, each by itself. */
export const lintResources: StatementLint = (one, report) => {
  const { statement, resources, isDeny } = one;
  for (const [index, pattern] of resources.entries()) {
    const { at } = statement.resources[index];
    const text = pattern.shownWith();
    const [wrong] = pattern.wrongFields;
    if (wrong) {
      const isLeft = (wrong.field === 'region' || wrong.field === 'account') && !isProperField(wrong.field, wrong.text);
      report(
        'error',
        isLeft ? 'placeholder' : 'wrong-home',
        at,
        isLeft
          ? `${JSON.stringify(wrong.text)} is left where the ${wrong.field} belongs; it never matches`
          : `the ${wrong.field} ${JSON.stringify(wrong.text)} is not that of the other resources; it never matches`,
        `write ${wrong.field === 'account' ? 'the account, 12 digits' : wrong.field === 'service' ? 'iot' : `the right ${wrong.field}`}, or *`,
      );
    }
    if (/^topic\/.*[+#]/s.test(text)) {
      const wildcards = /\+/.test(text) ? (/#/.test(text) ? '+ and # are' : '+ is') : '# is';
      report(
        'error',
        'mqtt-wildcard',
        at,
        `${wildcards} plain in ${text}, and no topic holds one: it never matches`,
        `write ${text.replace(/[+#]/g, '*')}`,
      );
    }
    const first = pattern.resource[0];
    if (
      !pattern.isEverything &&
      typeof first === 'string' &&
      /^topic[^/f]?[^/]*$/.test(first) &&
      pattern.resource[1] === RUN
    ) {
      report(
        'warning',
        'open-type',
        at,
        `${text} covers topics and topic filters alike`,
        'write topic/* or topicfilter/*',
      );
    }
    if (/^topic(filter)?\/(\/|.*\/\/)/s.test(text) || /^topic(filter)?\/.*\/$/s.test(text)) {
      report(
        'warning',
        'slash',
        at,
        `a slash at the beginning or end, or two together, is an empty level in ${text}; most topics have none`,
        'remove the slash, unless the topic has it',
      );
    }
    if (/^[^/]*\/([^/]*\/){8}/s.test(text) && !text.includes('$aws/')) {
      report(
        'error',
        'too-deep',
        at,
        `${text} has more than 7 slashes, and AWS takes no such topic`,
        'take levels out of the topic',
      );
    }
    if (isDeny || statement.isNotResource) continue;
    const isOpen = one.conditions.length === 0;
    if (isOpen && pattern.isEverything && one.isAbout('iot:Publish') && one.isAbout('iot:Connect')) {
      report(
        'warning',
        'everything',
        at,
        'it lets every device do everything as every client',
        'name client/, topic/ and topicfilter/ with a variable',
      );
    } else if (isOpen && one.isAbout('iot:Connect') && /^client\/(\*|\$\{iot:clientid\})$/i.test(text)) {
      report(
        'warning',
        'any-client',
        at,
        `${text} lets a certificate connect as every client, and so end the connections of others`,
        `write client/\${iot:Connection.Thing.ThingName}, or add the Condition "Bool": {"iot:Connection.Thing.IsAttached": "true"}`,
      );
    }
    const prefix = pattern.resource.findIndex((part, place) => isKey(part) && pattern.resource[place + 1] === RUN);
    if (prefix >= 0) {
      report(
        'warning',
        'open-prefix',
        at,
        `${text} also covers those whose name only begins alike: dev1 writes for dev10`,
        `write ${text.replace('}*', '}/*')}`,
      );
    }
  }
};

/** What an Allow grants with Not. */
export const lintNot: StatementLint = ({ statement, isDeny }, report) => {
  if (isDeny) return;
  if (statement.isNotResource) {
    report(
      'warning',
      'allow-not',
      statement.resources[0].at,
      'Allow with NotResource grants the actions on every other resource, of every type',
      'list what is allowed in Resource, and the exceptions in a Deny',
    );
  }
  if (statement.isNotAction) {
    report(
      'warning',
      'allow-not',
      statement.actions[0].at,
      'Allow with NotAction grants every other action, also those that AWS adds later',
      'list what is allowed in Action',
    );
  }
};
