import { type LogPlan, readBrokerPlan } from '../../../broker/index.js';
import type { BrokerFlags } from '../broker-flags.js';

/** Where the lines of a profile's log go: standard error, with the time. */
export function profileLog({ verbose }: BrokerFlags): LogPlan {
  return readBrokerPlan(undefined, { verbose }).plan.log;
}
