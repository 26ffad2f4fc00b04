import { BrokerProcess, type Persistence } from './broker-process.js';
import { LiveExchange, type Outcome } from './live-exchange.js';

/**
 * Publishers and subscribers of QoS 1 and 2 exchange messages through a broker that is killed again and again.
 *
 * @param messages that are published in each round; the broker is killed when half of them or more are acknowledged, in the middle
 * of the others
 */
export async function killRounds(
  directory: string,
  rounds: number,
  messages: number,
  persistence: Persistence = 'sync',
): Promise<Outcome> {
  const script = await BrokerProcess.script();
  const exchange = new LiveExchange();
  for (let round = 0; round <= rounds; round++) {
    const broker = new BrokerProcess(script, directory, persistence);
    const isLast = round === rounds;
    // Somewhere in the second half, another place in each round.
    const enough = exchange.acknowledged + messages * (0.5 + (0.4 * (round % 7)) / 7);
    const isEnough = () => (isLast ? exchange.isIdle : exchange.acknowledged >= enough);
    await exchange
      .run(await broker.port, exchange.count + (isLast ? 0 : messages), isEnough)
      .finally(() => broker.kill());
    exchange.drop();
  }
  return exchange.outcome();
}
