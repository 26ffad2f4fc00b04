import type { Properties, QoS } from '../core/index.js';

/** A message between two brokers, under its name on the side that it goes to. */
export interface CarriedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties?: Properties;
}

/** The properties that belong to the message (3.3.2.3), not to one delivery of it. */
export function forwardedProperties(properties: Properties | undefined): Properties | undefined {
  if (!properties) return undefined;
  const { topicAlias: _alias, subscriptionIdentifier: _identifier, ...forwarded } = properties;
  return forwarded;
}
