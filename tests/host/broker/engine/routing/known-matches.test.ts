import { describe, expect, it } from 'vitest';
import type { SharedGroup } from '../../../../../host/broker/engine/routing/shared-group.js';
import { SubscriptionTree } from '../../../../../host/broker/engine/routing/subscription-tree.js';
import type { Work } from '../../../../../host/broker/engine/turns/work-queue.js';
import { World } from '../../world.js';

/** Counts the nodes that a search looks at. */
class Counter implements Work {
  readonly isSpent = false;
  spent = 0;

  spend(units: number): void {
    this.spent += units;
  }
}

/** What a search for this topic visits, and how many nodes it looks at for that. */
function search(tree: SubscriptionTree<string, number>, topic: string) {
  const found: string[] = [];
  const work = new Counter();
  tree.search(topic).run(work, {
    visit: (owner, value) => found.push(`${owner} ${value}`),
    visitGroup: (group: SharedGroup<string, number>) => found.push(group.filter),
  });
  return { found, nodes: work.spent };
}

/** Searched once already. */
function setUp(topic: string) {
  const tree = new SubscriptionTree<string, number>();
  tree.set('a/+', 'one', 1);
  tree.set('a/b', 'two', 2);
  tree.set('$share/s/a/#', 'three', 3);
  return { tree, first: search(tree, topic) };
}

describe('a topic that comes again', () => {
  it('is looked for once', () => {
    const { tree, first } = setUp('a/b');
    expect(first.found.sort()).toEqual(['$share/s/a/#', 'one 1', 'two 2']);
    const again = search(tree, 'a/b');
    expect(again.found.sort()).toEqual(first.found);
    expect([first.nodes, again.nodes]).toEqual([7, 3]);
  });

  it('is looked for again when a subscription came', () => {
    const { tree } = setUp('a/b');
    tree.set('#', 'four', 4);
    expect(search(tree, 'a/b').found).toContain('four 4');
  });

  it('is looked for again when a subscription got other options', () => {
    const { tree } = setUp('a/b');
    tree.set('a/+', 'one', 5);
    expect(search(tree, 'a/b').found).toContain('one 5');
  });

  it('is looked for again when a subscription went', () => {
    const { tree } = setUp('a/b');
    tree.delete('a/b', 'two');
    tree.delete('$share/s/a/#', 'three');
    expect(search(tree, 'a/b').found).toEqual(['one 1']);
  });

  it('is looked for again when a subscription came in the middle of the search', () => {
    const tree = new SubscriptionTree<string, number>();
    for (let n = 0; n < 4; n++) tree.set('a', `c${n}`, n);
    const visits: string[] = [];
    const findings = { visit: (owner: string) => visits.push(owner), visitGroup() {} };
    let rest = false;
    const work: Work = {
      get isSpent() {
        return rest;
      },
      spend: () => {
        rest = visits.length === 2;
      },
    };
    const begun = tree.search('a');
    expect(begun.run(work, findings)).toBe(false);
    tree.set('#', 'late', 9);
    rest = false;
    begun.run({ isSpent: false, spend() {} }, findings);
    expect(visits).toHaveLength(4);
    expect(search(tree, 'a').found).toContain('late 9');
  });

  it('is looked for each time when many have subscribed: then the search is the smaller part', () => {
    const tree = new SubscriptionTree<string, number>();
    for (let n = 0; n < 17; n++) tree.set('a', `c${n}`, n);
    expect(search(tree, 'a').nodes).toBe(search(tree, 'a').nodes);
    expect(search(tree, 'a').found).toHaveLength(17);
    tree.delete('a', 'c0');
    expect(search(tree, 'a').nodes - search(tree, 'a').nodes, 'sixteen are kept').toBeGreaterThan(0);
  });

  it('reaches its subscribers as before, whoever comes and goes', () => {
    const world = new World();
    const writer = world.connect({ clientId: 'writer' });
    const readers = ['one', 'two'].map((clientId) => world.connect({ clientId }));
    const publish = () => writer.publish('t', 'x');
    publish();
    readers[0].subscribe('t');
    publish();
    publish();
    readers[1].subscribe('+');
    publish();
    readers[0].disconnect();
    publish();
    expect(readers.map((reader) => reader.messages().length)).toEqual([3, 2]);
  });
});

describe('topics that are known', () => {
  it('are few: what they hold is bounded', () => {
    const tree = new SubscriptionTree<string, number>();
    tree.set('#', 'one', 1);
    const nodes = (topic: string) => [1, 2].map(() => search(tree, topic).nodes);
    expect(nodes('long'.repeat(64)), '256 characters').toEqual([3, 2]);
    expect(nodes('long'.repeat(64).concat('1')), '257 characters').toEqual([3, 3]);
    const first = search(tree, 'first').nodes;
    for (let n = 0; n < 1000; n++) search(tree, `t${n}`);
    expect(search(tree, 'first').nodes, 'forgotten').toBe(first);
  });
});
