import type { Finding, Place } from '../conf/findings.js';
import type { BrokerPlan } from '../conf/plan.js';

/** What a plan asks for and this broker does not do: a warning for each, so that nobody relies on it. */
export function unserved({ limits, behaviour }: BrokerPlan): Finding[] {
  const found: Finding[] = [];
  const warn = (place: Place | undefined, message: string) => {
    const { file, line, column } = place ?? { file: 'configuration', line: 1, column: 1 };
    found.push({ severity: 'warning', file, line, column, message });
  };
  if (limits.inflightBytes !== undefined) {
    warn(undefined, 'max_inflight_bytes has no effect: messages in flight are counted; set max_inflight_messages');
  }
  if (behaviour.queueQoS0)
    warn(undefined, 'queue_qos0_messages has no effect: only messages of QoS 1 and 2 are queued');
  return found;
}
