import { checkTopicFilter, describeResult, type QoS } from '../../core/index.js';
import type { SourceTopics } from '../../dojot/bridge/index.js';
import { UsageError } from '../process/user-error.js';

/** What to subscribe to. @throws UsageError */
export function filtersOf(from: readonly string[], share: string | undefined, qos: QoS): Map<string, QoS> {
  const filters = from.map((filter) => (share === undefined ? filter : `$share/${share}/${filter}`));
  for (const filter of filters) {
    const result = checkTopicFilter(filter);
    if (result !== 0) throw new UsageError(`--from ${JSON.stringify(filter)}: ${describeResult(result)}`);
  }
  return new Map(filters.map((filter) => [filter, qos]));
}

/** Topics to read: names, or one pattern between slashes. @throws UsageError */
export function topicsOf(names: readonly string[]): SourceTopics {
  const pattern = /^\/(.+)\/$/.exec(names[0])?.[1];
  if (pattern === undefined) return names;
  if (names.length > 1) throw new UsageError('--from-topic: a /pattern/ stands alone; "|" in it stands for "or"');
  try {
    return new RegExp(pattern);
  } catch (error) {
    throw new UsageError(`--from-topic ${names[0]} is not a pattern: ${(error as Error).message}`);
  }
}
