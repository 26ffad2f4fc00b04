/**
 * Where bridges of other brokers say whether they are connected: the one topic under `$SYS` that clients publish to
 * (mosquitto.conf(5), `notifications`).
 */
const BRIDGE_STATE = /^\$SYS\/broker\/connection\/[^/]+\/state$/;

/** Whether what is retained here holds for this run of the broker alone: Mosquitto does not save it either. */
export function isOfThisRun(topic: string): boolean {
  return topic.startsWith('$SYS');
}

/** Whether a topic name belongs to the broker: clients get what is published there, and do not publish there themselves (4.7.2-1). */
export function isReservedTopic(topic: string): boolean {
  if (topic[0] !== '$') return false;
  return (topic.startsWith('$SYS') && !BRIDGE_STATE.test(topic)) || topic.startsWith('$share');
}
