import { isNegated, type Operator, readOperator } from '../document/operator-names.js';
import type { ConditionEntry } from '../document/policy-document.js';
import { type ContextKey, readContextKey } from './context-key.js';
import type { ContextValues } from './policy-context.js';
import { type ValueTest, valueTest } from './value-test.js';

/** One key of a Condition, ready to be asked (IAM user guide, conditions with several keys or values). */
export class ConditionTest {
  readonly entry: ConditionEntry;
  readonly operator: Operator;
  readonly key: ContextKey;
  readonly #tests: readonly ValueTest[];

  constructor(entry: ConditionEntry, variables: boolean) {
    this.entry = entry;
    const operator = readOperator(entry.operator.text);
    if (!operator) throw new TypeError(`${entry.operator.text} is not an operator; readPolicy refuses it`);
    this.operator = operator;
    this.key = readContextKey(entry.key.text);
    this.#tests = entry.values.map(({ text }) => valueTest(operator.name, text, variables));
  }

  holds(values: ContextValues): boolean {
    const { name, quantifier, ifExists } = this.operator;
    const all = values.list(this.key) ?? [];
    if (name === 'Null') {
      const isMissing = String(all.length === 0);
      return this.entry.values.some(({ text }) => text.toLowerCase() === isMissing);
    }
    if (all.length === 0) {
      if (quantifier) return quantifier === 'ForAllValues';
      return ifExists || isNegated(name);
    }
    const agrees = (value: string) => this.#agrees(value, values);
    return quantifier === 'ForAllValues' ? all.every(agrees) : all.some(agrees);
  }

  /** A variable without a value agrees with nothing, negated or not. */
  #agrees(value: string, values: ContextValues): boolean {
    const isNot = isNegated(this.operator.name);
    for (const test of this.#tests) {
      const same = test(value, values);
      if (isNot && same !== false) return false;
      if (!isNot && same) return true;
    }
    return isNot;
  }
}
