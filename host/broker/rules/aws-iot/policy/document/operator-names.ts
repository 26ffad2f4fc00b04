/** Operators of a Condition by what they compare (IAM user guide, condition operators). */
export const OPERATORS = {
  StringEquals: 'string',
  StringNotEquals: 'string',
  StringEqualsIgnoreCase: 'string',
  StringNotEqualsIgnoreCase: 'string',
  StringLike: 'string',
  StringNotLike: 'string',
  NumericEquals: 'number',
  NumericNotEquals: 'number',
  NumericLessThan: 'number',
  NumericLessThanEquals: 'number',
  NumericGreaterThan: 'number',
  NumericGreaterThanEquals: 'number',
  DateEquals: 'date',
  DateNotEquals: 'date',
  DateLessThan: 'date',
  DateLessThanEquals: 'date',
  DateGreaterThan: 'date',
  DateGreaterThanEquals: 'date',
  Bool: 'boolean',
  BinaryEquals: 'binary',
  IpAddress: 'address',
  NotIpAddress: 'address',
  ArnEquals: 'arn',
  ArnLike: 'arn',
  ArnNotEquals: 'arn',
  ArnNotLike: 'arn',
  Null: 'null',
} as const;

export type OperatorName = keyof typeof OPERATORS;

/** An operator with what stands before and behind it. */
export interface Operator {
  readonly name: OperatorName;
  readonly quantifier?: 'ForAllValues' | 'ForAnyValue';
  readonly ifExists: boolean;
}

/** Undefined for one that does not exist. */
export function readOperator(text: string): Operator | undefined {
  const [, quantifier, rest] = /^(?:(ForAllValues|ForAnyValue):)?(.*)$/s.exec(text)!;
  const ifExists = rest.endsWith('IfExists');
  const name = ifExists ? rest.slice(0, -'IfExists'.length) : rest;
  if (!Object.hasOwn(OPERATORS, name) || (name === 'Null' && (ifExists || quantifier))) return undefined;
  return { name: name as OperatorName, quantifier: quantifier as Operator['quantifier'], ifExists };
}

/** Whether the listed values are those that must not be. */
export function isNegated(name: OperatorName): boolean {
  return name.includes('Not');
}
