import { expect, it, onTestFinished } from 'vitest';
import { ALLOW, createBroker, refuse } from '../../../../host/broker/index.js';
import { Client } from './client.js';
import { makePair } from './stream-pair.js';

it('what takes many turns goes on by itself: the one client has to go that new rules do not let in', async () => {
  let refused = '';
  const rules = { connect: ({ clientId }: { clientId: string }) => (clientId === refused ? refuse('no') : ALLOW) };
  const broker = await createBroker({ rules, limits: { workPerTurn: 100 } });
  onTestFinished(() => broker.close());
  const clients: Client[] = [];
  for (let n = 0; n < 20; n++) {
    const [ours, theirs] = makePair();
    broker.attach(theirs);
    const client = new Client(ours);
    await client.connect({ clientId: `c${n}` });
    clients.push(client);
  }
  refused = 'c19';
  broker.engine.reconsider();
  expect((await clients[19].next('disconnect')).reasonCode).toBe(0x87);
});
