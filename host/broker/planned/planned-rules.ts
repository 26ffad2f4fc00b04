import type { AccessTables } from '../conf/check-files.js';
import type { BrokerPlan, SecurityPlan } from '../conf/plan.js';
import type { ReadPlan } from '../conf/read-plan.js';
import { type MosquittoAccess, MosquittoRules } from '../rules/mosquitto/mosquitto-rules.js';

/** The rules of each listener of a plan, in the order of the listeners. */
export class PlannedRules {
  readonly #rules: readonly MosquittoRules[];

  constructor(read: ReadPlan) {
    this.#rules = accesses(read).map((access) => new MosquittoRules(access));
  }

  /** @param listener its index in the plan */
  of(listener: number): MosquittoRules {
    return this.#rules[listener];
  }

  /** Takes what a plan with the same listeners says now. */
  replace(read: ReadPlan): void {
    for (const [at, access] of accesses(read).entries()) this.#rules[at].replace(access);
  }
}

function accesses({ plan, access }: Pick<ReadPlan, 'plan' | 'access'>): MosquittoAccess[] {
  return plan.listeners.map(({ security }) => accessOf(plan, security, access));
}

function accessOf({ behaviour }: BrokerPlan, security: SecurityPlan, tables: AccessTables): MosquittoAccess {
  const { allowAnonymous, certificateUser, userNameAsClientId, passwordFile, aclFile } = security;
  return {
    allowAnonymous,
    certificateUser,
    userNameAsClientId,
    passwords: passwordFile && tables.passwords.get(passwordFile.path),
    acl: aclFile && tables.acls.get(aclFile.path),
    clientIdPrefix: behaviour.clientIdPrefix,
  };
}
