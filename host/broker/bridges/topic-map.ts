import { topicMatches } from '../../core/index.js';
import type { BridgeTopic } from './bridge-setup.js';

/** Renames the topics of one direction. */
export class TopicMap {
  readonly topics: readonly BridgeTopic[];

  constructor(topics: readonly BridgeTopic[], direction: 'in' | 'out') {
    this.topics = topics.filter((topic) => topic.direction === direction);
  }

  /** The name on the other side; undefined when no topic matches, as those of an earlier configuration do not. */
  rename(topic: string): string | undefined {
    const entry = this.topics.find(({ filter }) => topicMatches(filter, topic));
    if (!entry) return undefined;
    const renamed = `${entry.addPrefix}${topic.slice(entry.removePrefix.length)}`;
    return renamed === '' ? undefined : renamed;
  }

  /** Each filter once, with the highest QoS of its entries. */
  filters(): Map<string, 0 | 1 | 2> {
    const filters = new Map<string, 0 | 1 | 2>();
    for (const { filter, qos } of this.topics)
      filters.set(filter, Math.max(qos, filters.get(filter) ?? 0) as 0 | 1 | 2);
    return filters;
  }
}
