/** A shared subscription's filter in its parts (4.8.2). */
export interface SharedFilter {
  shareName: string;
  topicFilter: string;
}

const PREFIX = '$share/';

/** Whether a filter is meant as a shared one, valid or not. */
export function isShared(filter: string): boolean {
  return filter.startsWith(PREFIX);
}

/** The parts of a shared filter; undefined for one that is not shared, or not valid (4.8.2-1, -2). */
export function sharedFilter(filter: string): SharedFilter | undefined {
  if (!isShared(filter)) return undefined;
  const end = filter.indexOf('/', PREFIX.length);
  const shareName = filter.slice(PREFIX.length, end);
  const topicFilter = filter.slice(end + 1);
  if (end < 0 || shareName === '' || topicFilter === '' || /[+#]/.test(shareName)) return undefined;
  return { shareName, topicFilter };
}

/** The topic that `/#` at the end of a filter stands for besides those below it (4.7.1.2); undefined for other filters. */
export function parentOf(filter: string): string | undefined {
  const { topicFilter } = placeOf(filter);
  return topicFilter.endsWith('/#') ? topicFilter.slice(0, -2) : undefined;
}

/** Where a filter of either kind goes: its place in the tree, and its group if it is shared. */
export function placeOf(filter: string): { topicFilter: string; shareName?: string } {
  return sharedFilter(filter) ?? { topicFilter: filter };
}
