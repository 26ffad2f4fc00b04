import { bytesOf } from '../listener-settings.js';

/** Most bytes of a topic name or filter (4.7.3-3). */
const LONGEST_TOPIC = 65_535;

/** A topic name of a client, as everybody else knows it. Undefined when it gets too long for MQTT. */
export function mountTopic(mountPoint: string, topic: string): string | undefined {
  return mountPoint === '' ? topic : fitting(mountPoint + topic);
}

/** A topic filter of a client; in a shared subscription the mount point goes behind the share name (4.8.2). */
export function mountFilter(mountPoint: string, filter: string): string | undefined {
  if (mountPoint === '') return filter;
  const share = /^\$share\/[^/]*\//.exec(filter)?.[0] ?? '';
  return fitting(share + mountPoint + filter.slice(share.length));
}

/** The topic name as this client knows it; undefined when it lies outside of its mount point. */
export function unmountTopic(mountPoint: string, topic: string): string | undefined {
  return topic.startsWith(mountPoint) ? topic.slice(mountPoint.length) : undefined;
}

function fitting(text: string): string | undefined {
  // No character has more than three bytes for each unit of UTF-16.
  return text.length * 3 <= LONGEST_TOPIC || bytesOf(text) <= LONGEST_TOPIC ? text : undefined;
}
