import { expect, it } from 'vitest';
import { createBroker } from '../../../../host/broker/index.js';
import { serveShadows } from '../../../../host/broker/profiles/shadow-client.js';

/** A broker that keeps so many retained messages, and a client that asks for shadows. */
async function open(retainedMessages: number) {
  const broker = await createBroker({ limits: { retainedMessages } });
  const errors: unknown[] = [];
  await serveShadows(broker, Date.now, (error) => errors.push(error));
  const client = await broker.local.connect();
  let answered: (answer: [topic: string, body: object]) => void;
  const take = ({ topic, payload }: { topic: string; payload: Uint8Array }) =>
    answered([topic.split('/shadow/')[1], JSON.parse(new TextDecoder().decode(payload))]);
  for (const answer of ['accepted', 'rejected']) await client.subscribe(`$aws/things/+/shadow/+/${answer}`, {}, take);
  const ask = (thing: string, action: string, body: object = {}) =>
    new Promise<[topic: string, body: object]>((resolve, reject) => {
      answered = resolve;
      client.publish(`$aws/things/${thing}/shadow/${action}`, JSON.stringify(body)).catch(reject);
    });
  return { broker, errors, ask };
}

it('a shadow for which the broker has no room is refused, and as it was', async () => {
  const { broker, errors, ask } = await open(1);
  expect(await ask('a', 'update', { state: {} })).toMatchObject(['update/accepted', { version: 1 }]);
  const answer = await ask('b', 'update', { state: {}, clientToken: 't' });
  expect(answer).toMatchObject(['update/rejected', { code: 500, clientToken: 't' }]);
  expect(await ask('b', 'get')).toMatchObject(['get/rejected', { code: 404 }]);
  expect(errors).toHaveLength(1);
  expect(await ask('a', 'update', { state: {} })).toMatchObject(['update/accepted', { version: 2 }]);
  await broker.close();
});
