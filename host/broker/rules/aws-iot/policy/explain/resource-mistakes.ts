import { arnOf } from '../decide/policy-context.js';
import { isProperField } from '../decide/resource-pattern.js';
import { type Glob, globMatches, ONE, RUN, resolve, type Template } from '../decide/template.js';
import { statementName } from '../document/policy-document.js';
import { type Candidate, candidates, type DecidedCase, type Diagnose, entryFor, typeAndName } from './refused-case.js';

/** An entry with this action is nearly the one: another account, type, case, slash, or MQTT's wildcards. */
export const diagnoseResource: Diagnose = (refused) => {
  const all = candidates(refused);
  for (const look of [
    ofAnotherHome,
    ofAnotherType,
    withMqttWildcards,
    ofTheLevelAbove,
    inAnotherCase,
    withOtherSlashes,
    csr,
    clientId,
  ]) {
    for (const candidate of all) {
      const found = look(refused, candidate);
      if (found) return found;
    }
  }
  return libraryFilter(refused);
};

function ofAnotherHome(
  { resource, values, home }: DecidedCase,
  { statement, pattern }: Candidate,
): ReturnType<Diagnose> {
  const isNamed = pattern.isResolved(values) ? matches(pattern.resource, resource, values) : pattern.fitsSome(resource);
  if (pattern.isAtHome || !isNamed) return undefined;
  const { place } = statement;
  const expected = { ...home, arn: 'arn', service: 'iot' };
  const [{ field, text }] = pattern.wrongFields;
  const never = `the resource of ${statementName(place)} never matches`;
  if ((field === 'region' || field === 'account') && !isProperField(field, text)) {
    return {
      mistake: 'placeholder',
      why: `${never}: ${JSON.stringify(text)} is left where the ${field} belongs${field === 'account' ? ', 12 digits' : ''}`,
      change: { kind: 'replace-placeholder', policy: place.policy, field, from: text, to: expected[field] },
    };
  }
  return {
    mistake: 'wrong-home',
    why: `${never}: its ${field} is ${JSON.stringify(text)}, and not ${expected[field]}`,
    change: {
      kind: 'replace-resource',
      statement: place,
      from: pattern.text,
      to: arnOf(home, pattern.shownWith()),
    },
  };
}

const TYPE_MISTAKES: Readonly<Record<string, readonly string[]>> = {
  topicfilter: ['topic', 'client'],
  topic: ['topicfilter', 'client'],
  client: ['topic', 'thing'],
};

function ofAnotherType(
  { action, resource, values, home }: DecidedCase,
  { statement, pattern }: Candidate,
): ReturnType<Diagnose> {
  const { type, name } = typeAndName(resource);
  const wrong = TYPE_MISTAKES[type]?.find((other) => pattern.matches(`${other}/${name}`, values));
  if (wrong === undefined || pattern.isEverything) return undefined;
  const to = pattern.withResource(pattern.shownWith().replace(/^[^/]*/, type), home);
  return {
    mistake:
      type === 'topicfilter' ? 'topic-for-topicfilter' : type === 'topic' ? 'topicfilter-for-topic' : 'resource-type',
    why: `${action} is asked on ${type}/, and ${statementName(statement.place)} has ${wrong}/`,
    change: { kind: 'replace-resource', statement: statement.place, from: pattern.text, to },
  };
}

function withMqttWildcards(
  { resource, values, home }: DecidedCase,
  { statement, pattern }: Candidate,
): ReturnType<Diagnose> {
  const { type } = typeAndName(resource);
  const text = pattern.shownWith();
  if (!/[+#]/.test(text) || !pattern.isAtHome) return undefined;
  const wider = pattern.resource.flatMap((part) => (typeof part === 'string' ? widened(part) : [part]));
  if (!matches(wider, resource, values)) return undefined;
  const to = pattern.withResource(text.replace(/[+#]/g, '*'), home);
  const isFilter = type === 'topicfilter';
  return {
    mistake: isFilter ? 'filter-is-literal' : 'mqtt-wildcard',
    why: isFilter
      ? `${text} of ${statementName(statement.place)} admits only a SUBSCRIBE with this very filter; + and # are plain characters in a policy, and * is the wildcard`
      : `+ and # are plain characters in ${text} of ${statementName(statement.place)}; * is the wildcard of policies`,
    change: { kind: 'replace-resource', statement: statement.place, from: pattern.text, to },
  };
}

function widened(text: string): Template {
  return text.split(/[+#]/).flatMap((piece, at) => (at === 0 ? [piece] : [RUN, piece]));
}

/** `a/*` needs the slash. */
function ofTheLevelAbove(refused: DecidedCase, { statement, pattern }: Candidate): ReturnType<Diagnose> {
  const { resource, values } = refused;
  if (!pattern.isAtHome || !matches(pattern.resource, `${resource}/`, values)) return undefined;
  return {
    mistake: 'level-above',
    why: `${pattern.shownWith(values)} of ${statementName(statement.place)} does not cover the level above: the slash must be there`,
    change: {
      kind: 'add-resource',
      statement: statement.place,
      resource: entryFor(resource, refused, statement.hasVariables),
    },
  };
}

function inAnotherCase({ resource, values }: DecidedCase, { statement, pattern }: Candidate): ReturnType<Diagnose> {
  const glob = pattern.isAtHome && resolve(pattern.resource, values);
  if (
    !glob ||
    !globMatches(
      mapped(glob, (text) => text.toLowerCase()),
      resource.toLowerCase(),
    )
  )
    return undefined;
  return {
    mistake: 'case',
    why: `${pattern.shownWith(values)} of ${statementName(statement.place)} differs in upper and lower case, which count in topics, client ids and resources`,
    advice: 'write both the same',
    change: undefined,
  };
}

function withOtherSlashes(refused: DecidedCase, { statement, pattern }: Candidate): ReturnType<Diagnose> {
  const { values, resource } = refused;
  const glob = pattern.isAtHome && resolve(pattern.resource, values);
  if (!glob) return undefined;
  const even = (text: string) => text.replace(/\/+/g, '/').replace(/^\/|\/$/g, '');
  const isAlike =
    even(pattern.shownWith(values)) === even(resource) ||
    globMatches(
      mapped(glob, (text) => text.replace(/\/+/g, '/')),
      even(resource),
    );
  if (!isAlike) return undefined;
  return {
    mistake: 'slash',
    why: `${pattern.shownWith(values)} of ${statementName(statement.place)} differs in a slash: one at the beginning or end, or two together, is a level of its own, and empty`,
    change: {
      kind: 'add-resource',
      statement: statement.place,
      resource: entryFor(resource, refused, statement.hasVariables),
    },
  };
}

/** A policy for claim certificates that has only one of the two ways to make a certificate. */
function csr(refused: DecidedCase, { statement, pattern }: Candidate): ReturnType<Diagnose> {
  const { resource, values, home } = refused;
  const other = resource.includes('$aws/certificates/create/')
    ? resource.replace('/create/', '/create-from-csr/')
    : resource.replace('/create-from-csr/', '/create/');
  if (other === resource || !pattern.matches(other, values)) return undefined;
  const [from, to] = resource.includes('/create/') ? ['create-from-csr', 'create'] : ['create', 'create-from-csr'];
  return {
    mistake: 'provisioning',
    why: `${statementName(statement.place)} allows it for $aws/certificates/${from}/ only; the two ways to make a certificate have topics of their own`,
    change: {
      kind: 'add-resource',
      statement: statement.place,
      resource: pattern.withResource(pattern.shownWith().replace(`/${from}/`, `/${to}/`), home),
    },
  };
}

function clientId({ resource, values }: DecidedCase, { statement, pattern }: Candidate): ReturnType<Diagnose> {
  const { type, name } = typeAndName(resource);
  const shown = pattern.shownWith(values);
  if (type !== 'client' || !shown.startsWith('client/') || !pattern.isAtHome || !pattern.isResolved(values))
    return undefined;
  return {
    mistake: 'client-id',
    why: `the client id is ${JSON.stringify(name)}, and ${statementName(statement.place)} lets ${shown} in; libraries make up a random id when none is set`,
    advice: `connect with a client id that ${shown} covers`,
  };
}

const BY_LIBRARIES = ['#', '$SYS/#', '$aws/#', '+/#'];

function libraryFilter({ resource }: DecidedCase): ReturnType<Diagnose> {
  const { type, name } = typeAndName(resource);
  if (type !== 'topicfilter' || !BY_LIBRARIES.includes(name)) return undefined;
  return {
    mistake: 'library-filter',
    why: `some programs, such as MQTT Explorer, subscribe to ${name} by themselves, and AWS then ends the connection`,
    advice: `take ${name} out of the subscriptions of the program`,
  };
}

function matches(template: Template, resource: string, values: DecidedCase['values']): boolean {
  const glob = resolve(template, values);
  return glob !== undefined && globMatches(glob, resource);
}

function mapped(glob: Glob, change: (text: string) => string): Glob {
  return glob.map((part) => (part === RUN || part === ONE ? part : change(part)));
}
