import type { NamedPolicy, Statement, StatementPlace } from '../document/policy-document.js';
import { ConditionTest } from './condition-test.js';
import type { ContextValues, Home } from './policy-context.js';
import { ResourcePattern } from './resource-pattern.js';
import { type Glob, globMatches, readTemplate } from './template.js';

/** A statement, ready to be asked. */
export class CompiledStatement {
  readonly statement: Statement;
  readonly place: StatementPlace;
  readonly resources: readonly ResourcePattern[];
  readonly conditions: readonly ConditionTest[];
  /** Whether `${...}` in it are variables. */
  readonly hasVariables: boolean;
  readonly #actions: readonly Glob[];
  readonly #home: Home;

  constructor(policy: NamedPolicy, statement: Statement, home: Home) {
    const variables = hasVariables(policy);
    this.hasVariables = variables;
    this.#home = home;
    this.statement = statement;
    const { index, sid, at } = statement;
    this.place = { policy: policy.name, index, sid, line: at.line };
    this.resources = statement.resources.map(({ text }) => new ResourcePattern(text, variables, home));
    this.conditions = statement.conditions.map((entry) => new ConditionTest(entry, variables));
    this.#actions = statement.actions.map(({ text }) => readTemplate(text.toLowerCase(), false) as Glob);
  }

  get isDeny(): boolean {
    return this.statement.effect === 'Deny';
  }

  /** Names of actions are compared without case. */
  isAbout(action: string): boolean {
    const lower = action.toLowerCase();
    return this.#actions.some((glob) => globMatches(glob, lower)) !== this.statement.isNotAction;
  }

  /** A variable without a value never makes a statement match: in NotResource it does not apply at all. */
  covers(resource: string, values: ContextValues): boolean {
    const isListed = this.resources.some((pattern) => pattern.matches(resource, values));
    if (!this.statement.isNotResource) return isListed;
    return !isListed && this.resources.every((pattern) => pattern.isResolved(values));
  }

  /** What an entry would be in this statement. */
  patternOf(text: string, variables = this.hasVariables): ResourcePattern {
    return new ResourcePattern(text, variables, this.#home);
  }

  isMet(values: ContextValues): boolean {
    return this.conditions.every((condition) => condition.holds(values));
  }
}

/** Whether `${...}` are variables: only in the newer language (IAM user guide, Version). */
export function hasVariables({ version }: NamedPolicy): boolean {
  return version === '2012-10-17';
}
