/** Levels in a topic name or filter (4.7.1.1). */
export function levelsOf(topic: string): number {
  let levels = 1;
  for (let at = topic.indexOf('/'); at >= 0; at = topic.indexOf('/', at + 1)) levels++;
  return levels;
}

/** Bytes that a node of a topic tree takes besides the text of its level: measured, with the map that its parent has it in. */
const NODE_BYTES = 200;

/** Bytes that the node of this level counts for. */
export function levelBytes(level: string): number {
  return NODE_BYTES + level.length;
}

/** Bytes that the nodes of a topic or filter count for when it shares none of them. */
export function topicBytes(topic: string): number {
  return levelsOf(topic) * NODE_BYTES + topic.length;
}
