import { ContextValues, type PolicyContext } from './decide/policy-context.js';
import type { PolicyDecision, PolicySet } from './policy-set.js';

/** Decisions that are remembered. */
const MOST = 64;
/** Longest resource that is, UTF-16 units: AWS takes topics of 256 bytes. */
const LONGEST = 512;

/**
 * The policies as they hold for one connection: values are read once, and the decisions on the topics that it used last are remembered.
 * When policies, things or the client's context change, make another. A CONNECT, whose context has more keys, is decided by `PolicySet`.
 */
export class PolicySession {
  readonly #set: PolicySet;
  readonly #values: ContextValues;
  readonly #decided = new Map<string, PolicyDecision>();

  constructor(set: PolicySet, context: PolicyContext) {
    this.#set = set;
    this.#values = new ContextValues(context, set.home);
  }

  /** @param resource as in `PolicyRequest` */
  decide(action: string, resource: string): PolicyDecision {
    const key = `${action} ${resource}`;
    const known = this.#decided.get(key);
    if (known) return known;
    const decision = this.#set.decideFor({ action, resource }, this.#values);
    if (resource.length > LONGEST) return decision;
    // The oldest goes: a map keeps the order of its entries.
    if (this.#decided.size >= MOST) this.#decided.delete(this.#decided.keys().next().value!);
    this.#decided.set(key, decision);
    return decision;
  }
}
