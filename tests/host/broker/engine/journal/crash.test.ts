import { describe, expect, it } from 'vitest';
import { makeRandom } from '../robustness/random.js';
import { DurableWorld } from './durable-world.js';
import { ModelClient } from './model-client.js';

const STEPS = 600;
const ROUNDS = 60;

/** Publishers and subscribers that exchange messages at random while the broker crashes, commits late and has no room. */
class Exchange {
  world = new DurableWorld();
  readonly subscribers = [new ModelClient('s4', 4, '', 't/#'), new ModelClient('s5', 5, '', 't/#')];
  readonly publishers = [new ModelClient('p4', 4, 't/4'), new ModelClient('p5', 5, 't/5')];
  readonly clients = [...this.subscribers, ...this.publishers];
  readonly #random: ReturnType<typeof makeRandom>;
  #count = 0;

  constructor(seed: number) {
    this.#random = makeRandom(seed);
  }

  run(): void {
    this.settle();
    for (let step = 0; step < STEPS; step++) this.#step();
    this.settle();
  }

  #step(): void {
    const { below, pick } = this.#random;
    const action = below(100);
    if (action < 30) pick(this.clients).takeOne();
    else if (action < 60) pick(this.clients).deliverOne();
    else if (action < 75) this.world.store.commit(below(this.world.store.pending + 1));
    else if (action < 86) this.#publish();
    else if (action < 94) this.#connect(pick(this.clients));
    else if (action < 96) pick(this.clients).drop();
    else if (action < 97) this.world.store.fail();
    else if (action < 98) this.crash();
  }

  #connect(client: ModelClient): void {
    client.connect((options) => this.world.begin(options));
  }

  #publish(): void {
    if (!this.subscribers.every(({ isPromised }) => isPromised)) return;
    const { below, flip, pick } = this.#random;
    pick(this.publishers).publish(String(++this.#count), (1 + below(2)) as 1 | 2, flip());
  }

  crash(): void {
    this.world = this.world.crash();
    for (const client of this.clients) client.lose();
  }

  /** Room, no more crashes, and time for everybody to finish. */
  settle(): void {
    for (let turn = 0; turn < 2000; turn++) {
      this.world.store.commit();
      for (const client of this.clients) {
        this.#connect(client);
        client.takeOne();
        client.deliverOne();
      }
      if (this.clients.every(({ isIdle }) => isIdle) && this.world.store.pending === 0) return;
    }
    throw new Error('the exchange does not come to an end');
  }
}

describe('a broker that crashes after any commit, with clients that keep to the standard', () => {
  const seeds = Array.from({ length: ROUNDS }, (_, index) => 1000 + index);

  it.each(seeds)('loses nothing that it acknowledged and doubles nothing of QoS 2 (seed %i)', (seed) => {
    const exchange = new Exchange(seed);
    exchange.run();
    const acknowledged = exchange.publishers.flatMap((publisher) => publisher.acknowledged);
    for (const { seen, name } of exchange.subscribers) {
      const values = seen.map(({ value }) => value);
      expect(
        acknowledged.filter((value) => !values.includes(value)),
        `missing at ${name}`,
      ).toEqual([]);
      const exact = seen.filter(({ qos }) => qos === 2).map(({ value }) => value);
      expect(
        exact.filter((value, index) => exact.indexOf(value) < index),
        `doubled at ${name}`,
      ).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThan(0);
  });

  it.each(seeds.slice(0, 10))('leaves nothing behind once all is acknowledged (seed %i)', (seed) => {
    const exchange = new Exchange(seed);
    exchange.run();
    exchange.crash();
    exchange.settle();
    const left = [...exchange.world.store.load()].filter(({ kind }) => kind !== 'retained').map(({ kind }) => kind);
    expect(left.sort()).toEqual([...Array(4).fill('session'), 'subscription', 'subscription']);
  });
});
