import { properties as table } from '../../build/abi/core.js';
import type { UserProperties } from './packet-types.js';

export type PropertyKind = 'boolean' | 'byte' | 'u16' | 'u32' | 'varint' | 'binary' | 'utf8' | 'pair';

export interface PropertyRule {
  id: number;
  /** Name of the property in a packet object of mqtt-packet. */
  name: string;
  /** Its name in a packet of the core. */
  coreName: string;
  kind: PropertyKind;
}

/** Names of mqtt-packet that differ from those of the standard. */
const names: Record<string, string> = {
  userProperty: 'userProperties',
  subscriptionIdentifierAvailable: 'subscriptionIdentifiersAvailable',
};

/** All one-byte properties but Maximum QoS are true or false. */
const kindOf = (name: string, type: string) => (type === 'byte' && name !== 'maximumQoS' ? 'boolean' : type);

export const rules: readonly PropertyRule[] = table.map(({ id, name, type }) => ({
  id,
  name: names[name] ?? name,
  coreName: name,
  kind: kindOf(name, type) as PropertyKind,
}));

export const ruleById = new Map(rules.map((rule) => [rule.id, rule]));
export const ruleByCoreName = new Map(rules.map((rule) => [rule.coreName, rule]));

/** Adds a User Property; a repeated name gets a list of values. No value is lost, not even an empty one. */
export function addUserProperty(target: UserProperties, name: string, value: string): void {
  const before = target[name];
  if (before === undefined) target[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else target[name] = [before, value];
}
