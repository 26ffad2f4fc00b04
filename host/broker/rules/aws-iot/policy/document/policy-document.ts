/** Where something stands in the text of a policy; both count from 1. */
export interface Place {
  readonly line: number;
  /** UTF-16 units. */
  readonly column: number;
}

/** A text of the document, and where it stands. */
export interface PlacedText {
  readonly text: string;
  readonly at: Place;
}

/** One key of one operator of a Condition block: its values are alternatives. */
export interface ConditionEntry {
  /** As written, such as `ForAllValues:StringEqualsIfExists`. */
  readonly operator: PlacedText;
  /** As written, such as `iot:Connection.Thing.IsAttached`. */
  readonly key: PlacedText;
  /** Booleans and numbers as their text. */
  readonly values: readonly PlacedText[];
}

export interface Statement {
  /** Counts from 1. */
  readonly index: number;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** The entries of Action, or of NotAction. */
  readonly actions: readonly PlacedText[];
  readonly isNotAction: boolean;
  /** The entries of Resource, or of NotResource. */
  readonly resources: readonly PlacedText[];
  readonly isNotResource: boolean;
  /** All must hold. */
  readonly conditions: readonly ConditionEntry[];
  readonly at: Place;
}

/** A policy document that AWS would take, under its name. */
export interface NamedPolicy {
  readonly name: string;
  /** Undefined when the document has none; with any but 2012-10-17 `${...}` is plain text. */
  readonly version: '2012-10-17' | '2008-10-17' | undefined;
  readonly statements: readonly Statement[];
  /** Characters without white space, of which AWS takes 2048. */
  readonly length: number;
}

/** Why AWS would refuse a document. */
export interface PolicyMistake extends Place {
  /** What is broken: the member or rule, such as `Effect`, `JSON` or `size`. */
  readonly rule: string;
  /** What is wrong and what to do, a sentence without a full stop. */
  readonly message: string;
}

/** Where a statement is: for logs and answers. */
export interface StatementPlace {
  readonly policy: string;
  /** Counts from 1. */
  readonly index: number;
  readonly sid?: string;
  readonly line: number;
}

/** The statement in words, such as `statement 2 "ReadAll" of policy device (line 9)`. */
export function statementName({ policy, index, sid, line }: StatementPlace): string {
  const name = sid === undefined ? '' : ` ${JSON.stringify(sid)}`;
  return `statement ${index}${name} of policy ${policy} (line ${line})`;
}
