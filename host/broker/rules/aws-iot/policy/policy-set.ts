import { CompiledStatement } from './decide/compiled-statement.js';
import { ContextValues, type Home, type PolicyContext } from './decide/policy-context.js';
import { homeOf } from './decide/resource-pattern.js';
import type { NamedPolicy, StatementPlace } from './document/policy-document.js';
import { type Explanation, explainDecision } from './explain/explain-decision.js';

/** What somebody wants to do. */
export interface PolicyRequest {
  /** Such as `iot:Publish`, in any case. */
  readonly action: string;
  /** What follows the account in the ARN: `client/ID`, `topic/T`, `topicfilter/F`. */
  readonly resource: string;
}

export interface PolicyDecision {
  readonly allowed: boolean;
  /** The statement that allows or denies; undefined when none allows. */
  readonly statement?: StatementPlace;
  /** Why, and which edit of the policies would change a refusal. Costs only when it is asked. */
  explain(): Explanation;
}

/** Action names that are sorted once; more would be requests for nonsense. */
const MOST_ACTIONS = 64;

/**
 * The policies of a certificate or thing together: what any denies is denied, what none allows too (developer guide, iot-policies).
 * Compiled once; change a policy by making another set.
 *
 * @example
 * ```ts
 * import { type Explanation, type Home, type NamedPolicy, type PolicyContext, type PolicyDecision } from 'wasmqtt/broker';
 * import { type PolicyRequest, PolicySession, PolicySet, readPolicy, type StatementPlace, statementName } from 'wasmqtt/broker';
 *
 * const resource = 'arn:aws:iot:eu-west-1:123456789012:topic/sensor/*';
 * const statement = { Sid: 'Readings', Effect: 'Allow', Action: 'iot:Publish', Resource: resource };
 * const { policy } = readPolicy('device', JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
 * const policies: NamedPolicy[] = policy ? [policy] : [];
 * const home: Home = { partition: 'aws', region: 'eu-west-1', account: '123456789012' };
 * const set = PolicySet.of(policies, home);
 * const context: PolicyContext = { clientId: 'pump-7' };
 * const request: PolicyRequest = { action: 'iot:Publish', resource: 'topic/sensor/1' };
 * const decision: PolicyDecision = set.decide(request, context);
 * const place: StatementPlace | undefined = decision.statement;
 * [decision.allowed, place && statementName(place).includes('Readings')]; // => [ true, true ]
 * const refused = new PolicySession(set, context).decide('iot:Publish', 'topic/other');
 * const why: Explanation = refused.explain();
 * [refused.allowed, why.text.length > 0]; // => [ false, true ]
 * ```
 */
export class PolicySet {
  readonly policies: readonly NamedPolicy[];
  /** Partition, region and account of every resource: as given, else those that most ARNs of the policies name. */
  readonly home: Home;
  readonly #statements: readonly CompiledStatement[];
  readonly #byAction = new Map<string, readonly CompiledStatement[]>();

  private constructor(policies: readonly NamedPolicy[], home: Partial<Home>) {
    this.policies = policies;
    const all = policies.flatMap((policy) => policy.statements);
    this.home = homeOf(
      all.flatMap(({ resources }) => resources.map(({ text }) => text)),
      home,
    );
    const compiled = policies.flatMap((policy) =>
      policy.statements.map((statement) => new CompiledStatement(policy, statement, this.home)),
    );
    this.#statements = [...compiled.filter(({ isDeny }) => isDeny), ...compiled.filter(({ isDeny }) => !isDeny)];
  }

  /** @param home the fields of ARNs that are known; a resource of another region or account never matches */
  static of(policies: readonly NamedPolicy[], home: Partial<Home> = {}): PolicySet {
    return new PolicySet(policies, home);
  }

  /** Denied before allowed before not mentioned. Never throws, whatever the texts. */
  decide(request: PolicyRequest, context: PolicyContext): PolicyDecision {
    return this.decideFor(request, new ContextValues(context, this.home));
  }

  /** The same for values that are read already. */
  decideFor(request: PolicyRequest, values: ContextValues): PolicyDecision {
    const { action, resource } = request;
    for (const statement of this.#about(action)) {
      if (statement.covers(resource, values) && statement.isMet(values)) {
        return new Decision(!statement.isDeny, statement, this, request, values);
      }
    }
    return new Decision(false, undefined, this, request, values);
  }

  /** Those that deny come first. */
  get statements(): readonly CompiledStatement[] {
    return this.#statements;
  }

  #about(action: string): readonly CompiledStatement[] {
    const known = this.#byAction.get(action);
    if (known) return known;
    const statements = this.#statements.filter((statement) => statement.isAbout(action));
    if (this.#byAction.size < MOST_ACTIONS) this.#byAction.set(action, statements);
    return statements;
  }
}

class Decision implements PolicyDecision {
  readonly allowed: boolean;
  readonly #statement: CompiledStatement | undefined;
  readonly #set: PolicySet;
  readonly #request: PolicyRequest;
  readonly #values: ContextValues;

  constructor(
    allowed: boolean,
    statement: CompiledStatement | undefined,
    set: PolicySet,
    request: PolicyRequest,
    values: ContextValues,
  ) {
    this.allowed = allowed;
    this.#statement = statement;
    this.#set = set;
    this.#request = request;
    this.#values = values;
  }

  get statement(): StatementPlace | undefined {
    return this.#statement?.place;
  }

  explain(): Explanation {
    const { statements, home } = this.#set;
    return explainDecision({ ...this.#request, statement: this.#statement, statements, home, values: this.#values });
  }
}
