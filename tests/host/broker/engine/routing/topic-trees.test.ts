import { describe, expect, it } from 'vitest';
import { makeMessage } from '../../../../../host/broker/engine/message.js';
import { RetainedStore } from '../../../../../host/broker/engine/routing/retained-store.js';
import { RetainedWalk } from '../../../../../host/broker/engine/routing/retained-walk.js';
import { SubscriptionTree } from '../../../../../host/broker/engine/routing/subscription-tree.js';
import { levelBytes } from '../../../../../host/broker/engine/routing/topic-levels.js';
import { topicMatches } from '../../../../../host/core/index.js';

/** A small generator with a fixed seed: a failing case comes again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

const pick = random(20_260);
const some = (words: string[], most: number) => Array.from({ length: 1 + pick(most) }, () => words[pick(words.length)]);

function randomTopic(): string {
  const topic = some(['a', 'b', '$x', '', 'c'], 4).join('/');
  return topic === '' ? 'a' : topic;
}

function randomFilter(): string {
  const levels = some(['a', 'b', '$x', '', '+', 'c'], 4);
  if (pick(3) === 0) levels.push('#');
  const filter = levels.join('/');
  return filter === '' ? '#' : filter;
}

const filters = [...new Set(['#', ...Array.from({ length: 400 }, randomFilter)])];
const topics = [...new Set(Array.from({ length: 400 }, randomTopic))];

describe('the subscription tree', () => {
  it('finds exactly the filters that match by 4.7, after any additions and removals', () => {
    const tree = new SubscriptionTree<string, string>();
    for (const filter of filters) tree.set(filter, 'owner', filter);
    const removed = filters.filter((_, index) => index % 3 === 0);
    for (const filter of removed) expect(tree.delete(filter, 'owner')).toBe(true);
    const left = filters.filter((_, index) => index % 3 !== 0);
    expect(tree.size).toBe(left.length);
    for (const topic of topics) {
      const found: string[] = [];
      tree.match(topic, (_, filter) => found.push(filter));
      expect(found.sort(), topic).toEqual(left.filter((filter) => topicMatches(filter, topic)).sort());
    }
  });

  it('keeps one entry for each owner and filter, the latest', () => {
    const tree = new SubscriptionTree<string, number>();
    expect(tree.set('a/+', 'one', 1)).toBe(true);
    expect(tree.set('a/+', 'one', 2)).toBe(false);
    expect(tree.set('a/+', 'two', 3)).toBe(true);
    const found: [string, number][] = [];
    tree.match('a/b', (owner, value) => found.push([owner, value]));
    expect(found).toEqual([
      ['one', 2],
      ['two', 3],
    ]);
  });

  it('reports what it did not hold, and is empty once everything is removed', () => {
    const tree = new SubscriptionTree<string, number>();
    tree.set('a/b/c', 'one', 1);
    expect(tree.delete('a/b', 'one')).toBe(false);
    expect(tree.delete('a/b/c', 'two')).toBe(false);
    expect(tree.delete('a/b/c/d', 'one')).toBe(false);
    expect(tree.delete('a/b/c', 'one')).toBe(true);
    expect(tree.size).toBe(0);
    tree.match('a/b/c', () => expect.unreachable());
  });

  it('accepts the longest possible topic', () => {
    const tree = new SubscriptionTree<string, number>();
    const topic = '/'.repeat(65_535);
    tree.set(topic, 'one', 1);
    tree.set('+/+/#', 'one', 2);
    const found: number[] = [];
    tree.match(topic, (_, value) => found.push(value));
    expect(found.sort()).toEqual([1, 2]);
    expect(tree.delete(topic, 'one')).toBe(true);
  });
});

describe('the retained store', () => {
  const message = (topic: string, payload = 'x', properties = {}) =>
    makeMessage({ payload: Buffer.from(payload), qos: 0, retain: true, properties }, topic, 0);

  it('finds exactly the topics that match by 4.7', () => {
    const store = new RetainedStore(1000, 1_000_000);
    for (const topic of topics) store.set(message(topic), 0);
    for (const topic of topics.filter((_, index) => index % 3 === 0)) store.delete(topic);
    const left = topics.filter((_, index) => index % 3 !== 0);
    expect(store.size).toBe(left.length);
    for (const filter of filters) {
      const found = store.match(filter, 0).map(({ topic }) => topic);
      expect(found.sort(), filter).toEqual(left.filter((topic) => topicMatches(filter, topic)).sort());
    }
  });

  it('is walked to its end, no node twice, while topics come and go', () => {
    for (let round = 0; round < 200; round++) {
      const store = new RetainedStore(1000, 1_000_000);
      const stayed = new Set(Array.from({ length: 1 + pick(6) }, randomTopic));
      for (const topic of stayed) store.set(message(topic), 0);
      const walk = new RetainedWalk(store.root, '#');
      const visited: string[] = [];
      while (!walk.isDone) {
        let left = 1 + pick(3);
        const work = { isSpent: false, spend: () => (work.isSpent = --left === 0) };
        const node = walk.next(work, 0);
        if (node) visited.push(node.message!.topic);
        const topic = randomTopic();
        if (pick(2) === 0) store.set(message(topic), 0);
        else {
          store.delete(topic);
          stayed.delete(topic);
        }
      }
      const wanted = [...stayed].filter((topic) => !topic.startsWith('$'));
      expect(visited.filter((topic) => stayed.has(topic)).sort()).toEqual(wanted.sort());
    }
  });

  it('refuses a message over its limits and stays as it was', () => {
    // 20 bytes, and two nodes of one character.
    const store = new RetainedStore(2, 20 + 2 * levelBytes('a'));
    expect(store.set(message('a', '123456'), 0)).toBe(true);
    expect(store.set(message('b', '123456'), 0)).toBe(true);
    expect(store.set(message('c', '1'), 0), 'a third message').toBe(false);
    expect(store.set(message('a', '123456789012345'), 0), 'too many bytes').toBe(false);
    expect(store.match('#', 0).map(({ payload }) => payload.length)).toEqual([6, 6]);
    store.delete('b');
    expect(store.set(message('a', '123456789012345'), 0)).toBe(true);
  });

  it('discards expired messages before it refuses new ones', () => {
    const store = new RetainedStore(1, 1000);
    store.set(message('a', 'x', { messageExpiryInterval: 1 }), 0);
    expect(store.set(message('b'), 999)).toBe(false);
    expect(store.set(message('b'), 1000)).toBe(true);
    expect(store.match('#', 1000).map(({ topic }) => topic)).toEqual(['b']);
  });
});
