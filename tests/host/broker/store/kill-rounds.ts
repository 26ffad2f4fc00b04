import { ModelClient } from '../engine/journal/model-client.js';
import { BrokerProcess, SocketLink } from './broker-process.js';

export interface KillResult {
  acknowledged: number;
  kills: number;
  /** Values that were acknowledged and did not come. */
  missing: string[];
  /** Values of QoS 2 that came twice. */
  doubled: string[];
}

/**
 * Publishers and subscribers of QoS 1 and 2 exchange messages through a broker that is killed again and again.
 *
 * @param messages that are published in each round; the broker is killed when about half of them are acknowledged
 */
export async function killRounds(directory: string, rounds: number, messages: number): Promise<KillResult> {
  const script = await BrokerProcess.script();
  const subscribers = [new ModelClient('s4', 4, '', 't/#'), new ModelClient('s5', 5, '', 't/#')];
  const publishers = [new ModelClient('p4', 4, 't/4'), new ModelClient('p5', 5, 't/5')];
  const clients = [...subscribers, ...publishers];
  for (const client of clients) client.window = 200;
  let count = 0;
  const acknowledged = () => publishers.reduce((sum, publisher) => sum + publisher.acknowledged.length, 0);
  for (let round = 0; round <= rounds; round++) {
    const isLast = round === rounds;
    const broker = new BrokerProcess(script, directory);
    const port = await broker.port;
    const end = count + (isLast ? 0 : messages);
    // Somewhere in the second half, another place in each round.
    const enough = acknowledged() + messages * (0.5 + (0.4 * (round % 7)) / 7);
    await new Promise<void>((resolve, reject) => {
      let isScheduled = false;
      const run = () => {
        isScheduled = false;
        for (const client of clients) {
          while (client.takeOne());
          while (client.deliverOne());
        }
        while (count < end && subscribers.every(({ isPromised }) => isPromised)) {
          const publisher = publishers[count % 2];
          if (!publisher.publish(String(count), count % 4 < 2 ? 1 : 2)) break;
          count++;
        }
        for (const client of clients) while (client.deliverOne());
        if (isLast ? clients.every(({ isIdle }) => isIdle) : acknowledged() >= enough) resolve();
      };
      const changed = () => {
        if (isScheduled) return;
        isScheduled = true;
        setImmediate(() => {
          try {
            run();
          } catch (error) {
            reject(error);
          }
        });
      };
      for (const client of clients) client.connect((options) => new SocketLink(port, options, changed));
    }).finally(() => broker.kill());
    for (const client of clients) client.drop();
  }
  const all = publishers.flatMap((publisher) => publisher.acknowledged);
  const seen = subscribers.map((subscriber) => subscriber.seen);
  return {
    acknowledged: all.length,
    kills: rounds,
    missing: seen.flatMap((some) => {
      const values = new Set(some.map(({ value }) => value));
      return all.filter((value) => !values.has(value));
    }),
    doubled: seen.flatMap((some) => {
      const exact = new Set<string>();
      return some
        .filter(({ value, qos }) => qos === 2 && exact.size === exact.add(value).size)
        .map(({ value }) => value);
    }),
  };
}
