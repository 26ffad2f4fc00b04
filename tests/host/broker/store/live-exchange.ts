import { ModelClient } from '../engine/journal/model-client.js';
import { SocketLink } from './broker-process.js';

export interface Outcome {
  acknowledged: number;
  /** Values that were acknowledged and did not come, for each subscriber. */
  missing: string[];
  /** Values of QoS 2 that came twice, for each subscriber. */
  doubled: string[];
}

/** Publishers and subscribers of QoS 1 and 2, of 3.1.1 and 5, that go on over one broker after the other. */
export class LiveExchange {
  readonly subscribers = [new ModelClient('s4', 4, '', 't/#'), new ModelClient('s5', 5, '', 't/#')];
  readonly publishers = [new ModelClient('p4', 4, 't/4'), new ModelClient('p5', 5, 't/5')];
  readonly clients = [...this.subscribers, ...this.publishers];
  /** Messages that were published. */
  count = 0;
  #look = () => {};

  constructor() {
    for (const client of this.clients) client.window = 200;
  }

  get acknowledged(): number {
    return this.publishers.reduce((sum, publisher) => sum + publisher.acknowledged.length, 0);
  }

  get isIdle(): boolean {
    return this.clients.every(({ isIdle }) => isIdle);
  }

  /** Something has happened elsewhere: looks whether it is enough. */
  readonly look = (): void => this.#look();

  /**
   * Connects clients to the broker at this port, all if none are named, and exchanges messages until it is enough.
   *
   * @param end messages that are published at most, since the beginning
   * @param isEnough asked after each step
   * @throws Error for what a client must never see
   */
  run(port: number, end: number, isEnough: () => boolean, clients = this.clients): Promise<void> {
    return new Promise((resolve, reject) => {
      let isScheduled = false;
      const step = () => {
        isScheduled = false;
        try {
          this.#step(end);
          if (isEnough()) resolve();
        } catch (error) {
          reject(error);
        }
      };
      this.#look = () => {
        if (isScheduled) return;
        isScheduled = true;
        setImmediate(step);
      };
      for (const client of clients) client.connect((options) => new SocketLink(port, options, this.look));
      this.look();
    });
  }

  drop(): void {
    this.#look = () => {};
    for (const client of this.clients) client.drop();
  }

  outcome(): Outcome {
    const all = this.publishers.flatMap((publisher) => publisher.acknowledged);
    const seen = this.subscribers.map((subscriber) => subscriber.seen);
    const missing = seen.flatMap((some) => {
      const values = new Set(some.map(({ value }) => value));
      return all.filter((value) => !values.has(value));
    });
    const doubled = seen.flatMap((some) => {
      const exact = new Set<string>();
      return some
        .filter(({ value, qos }) => qos === 2 && exact.size === exact.add(value).size)
        .map(({ value }) => value);
    });
    return { acknowledged: all.length, missing, doubled };
  }

  #step(end: number): void {
    for (const client of this.clients) {
      while (client.takeOne());
      while (client.deliverOne());
    }
    while (this.count < end && this.subscribers.every(({ isPromised }) => isPromised)) {
      const publisher = this.publishers[this.count % 2];
      if (!publisher.publish(String(this.count), this.count % 4 < 2 ? 1 : 2)) break;
      this.count++;
    }
    for (const client of this.clients) while (client.deliverOne());
  }
}
