import type { CompiledStatement } from '../decide/compiled-statement.js';
import { arnOf, type ContextValues, type Home } from '../decide/policy-context.js';
import type { ResourcePattern } from '../decide/resource-pattern.js';
import type { PolicyChange } from './policy-change.js';

/** A request, and what was there to decide it by. */
export interface DecidedCase {
  readonly action: string;
  /** Such as `topic/a`. */
  readonly resource: string;
  /** The one that allows or denies. */
  readonly statement?: CompiledStatement;
  readonly statements: readonly CompiledStatement[];
  readonly home: Home;
  readonly values: ContextValues;
}

/** What was found out about a refusal. */
export interface Diagnosis {
  /** Which mistake it is; the names are those of docs/aws-policies.md. */
  readonly mistake: string;
  /** Why, a sentence without a full stop. */
  readonly why: string;
  readonly change?: PolicyChange;
  /** What to do, when it is not an edit of the policy, or not only. */
  readonly advice?: string;
}

/** Looks for one mistake. */
export type Diagnose = (refused: DecidedCase) => Diagnosis | undefined;

/** An entry of an Allow statement with the statement. */
export interface Candidate {
  readonly statement: CompiledStatement;
  readonly pattern: ResourcePattern;
}

/** The entries of Resource of all statements that allow something, or that allow this action. */
export function candidates({ statements, action }: DecidedCase, isForAction = true): Candidate[] {
  return statements
    .filter((one) => !one.isDeny && !one.statement.isNotResource && (!isForAction || one.isAbout(action)))
    .flatMap((statement) => statement.resources.map((pattern) => ({ statement, pattern })));
}

/** What stands before and behind the first slash: `topic/a/b` is of type `topic`. */
export function typeAndName(resource: string): { type: string; name: string } {
  const slash = resource.indexOf('/');
  if (slash < 0) return { type: resource, name: '' };
  return { type: resource.slice(0, slash), name: resource.slice(slash + 1) };
}

/** The resource as an entry of a policy: wildcards escaped, thing name and client id as variables where they are a level. */
export function entryFor(resource: string, { values, home }: DecidedCase, variables: boolean): string {
  if (!variables) return arnOf(home, resource);
  const { type, name } = typeAndName(resource);
  const { thing, clientId } = values.context;
  const levels = name.split('/').map((level) => {
    if (level !== '' && level === thing?.name) return `\${iot:Connection.Thing.ThingName}`;
    if (level !== '' && level === clientId) return `\${iot:ClientId}`;
    return level.replace(/[*?]|\$(?=\{)/g, (character) => `\${${character}}`);
  });
  return arnOf(home, `${type}/${levels.join('/')}`);
}
