// engine: LMDB
import { describe, expect, it } from 'vitest';
import { ACCOUNT, ACCOUNT_SID } from '../cloud-rig.js';
import { AUTHORIZATION, expectProblem, HOST, openAttacked, SHORT } from './attack-rig.js';
import { RawClient } from './raw-client.js';

const POST = (length: number) => [
  'POST /v1/Configs HTTP/1.1',
  HOST,
  AUTHORIZATION,
  'Content-Type: application/x-www-form-urlencoded',
  `Content-Length: ${length}`,
  '',
];

describe('a connection ends in time, with 408 as JSON', () => {
  it.each([
    ['silent', (client: RawClient) => client],
    ['with a header that drips', (client: RawClient) => client.send('GET /v1/Configs HTTP/1.1', 'X-A: ').drip('a', 20)],
    ['with empty lines that drip', (client: RawClient) => client.drip('\r\n', 20)],
    ['with a body that drips', (client: RawClient) => client.send(...POST(1000), 'Key=k&Value=').drip('v', 20)],
    [
      'with a chunked body that drips',
      (client: RawClient) =>
        client
          .send(
            ...POST(0)
              .filter((line) => !line.startsWith('Content-Length'))
              .slice(0, -1),
            'Transfer-Encoding: chunked',
            '',
            '',
          )
          .drip('1\r\nv\r\n', 20),
    ],
  ])('%s', async (_, attack) => {
    const { port, values, othersAreServed } = await openAttacked({ limits: SHORT });
    const client = attack(await RawClient.open(port));
    const [answer] = await client.answers();
    expectProblem(answer, 408);
    await othersAreServed();
    expect(await values.list(ACCOUNT, 'configs')).toEqual([]);
  });

  it('without credentials, with a body that drips behind the refusal', async () => {
    const { port, othersAreServed } = await openAttacked({ limits: SHORT });
    const client = await RawClient.open(port);
    client.send(...POST(1000).filter((line) => line !== AUTHORIZATION), 'Key').drip('v', 20);
    expectProblem((await client.answers(1))[0], 401);
    await client.closed;
    await othersAreServed();
  });
});

it('a connection that stays silent after an answer ends', async () => {
  const { port, othersAreServed } = await openAttacked({ limits: { keepAliveTimeout: 1500 } });
  const client = await RawClient.open(port);
  client.send('GET /v1/Configs HTTP/1.1', HOST, AUTHORIZATION, '', '');
  expect(await client.answers()).toMatchObject([{ status: 200 }]);
  await othersAreServed();
});

it('a client that takes nothing of a long answer is let go', async () => {
  const { port, values, othersAreServed } = await openAttacked({ limits: { answerTimeout: 1500 } });
  await values.write(
    Array.from({ length: 1000 }, (_, n) => ({
      op: 'set' as const,
      scope: ACCOUNT,
      store: 'configs' as const,
      key: `k${n}`,
      value: '\u{1f600}'.repeat(4096),
    })),
  );
  const client = await RawClient.open(port);
  client.socket.pause();
  client.send('GET /v1/Configs?PageSize=1000 HTTP/1.1', HOST, AUTHORIZATION, '', '');
  const metrics = async () => {
    const scraper = await RawClient.open(port);
    scraper.send('GET /metrics HTTP/1.1', HOST, AUTHORIZATION, 'Connection: close', '', '');
    return (await scraper.answers())[0].body;
  };
  // The innocent one, and the one that asks.
  await expect.poll(metrics).toMatch(/^wasmqtt_cloud_connections 2$/m);
  await othersAreServed();
});

it('400 silent sockets take the places of each other, and nobody else’s', async () => {
  const { port, othersAreServed } = await openAttacked({ limits: { connections: 100 } });
  const silent = await Promise.all(Array.from({ length: 400 }, () => RawClient.open(port)));
  let ended = 0;
  for (const { closed } of silent) void closed.then(() => ended++);
  // Somebody new finds a place too.
  const late = await RawClient.open(port);
  late.send('GET /v1/Configs HTTP/1.1', HOST, AUTHORIZATION, '', '');
  expect(await late.answers(1)).toMatchObject([{ status: 200 }]);
  await expect.poll(() => ended).toBeGreaterThanOrEqual(350);
  await othersAreServed();
});

it('devices that wait for changes keep their places, however many silent sockets come', async () => {
  const { port, store, othersAreServed } = await openAttacked({ limits: { connections: 60 } });
  const keys = store.deviceKeys(ACCOUNT_SID);
  const waiting = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const sid = `UV${String(n).padStart(32, '0')}`;
      const { key } = await keys.create(sid);
      const device = await RawClient.open(port);
      const ask = (query: string) =>
        device.send(`GET /device/v1/wanted${query} HTTP/1.1`, HOST, `Authorization: Bearer ${key}`, '', '');
      const [{ status, body }] = await ask('').answers(1);
      expect(status).toBe(200);
      ask(`?known=${JSON.parse(body).version}`);
      return { sid, device };
    }),
  );
  const silent = await Promise.all(Array.from({ length: 200 }, () => RawClient.open(port)));
  await Promise.all(silent.slice(0, 100).map(({ closed }) => closed));
  for (const { sid, device } of waiting) {
    await store.devices(ACCOUNT_SID).update(sid, { restartApp: true });
    expect(await device.answers(2)).toMatchObject([{ status: 200 }, { status: 200 }]);
  }
  await othersAreServed();
});

it('connections on which somebody has logged in are refused more of, not ended, when all places are theirs', async () => {
  const { port, othersAreServed } = await openAttacked({ limits: { connections: 16, connectionsPerAddress: 4 } });
  const clients = [];
  for (let count = 0; count < 3; count++) {
    const client = await RawClient.open(port);
    client.send('GET /v1/Configs HTTP/1.1', HOST, AUTHORIZATION, '', '');
    await client.answers(1);
    clients.push(client);
  }
  const late = await RawClient.open(port);
  await late.closed;
  const elsewhere = await RawClient.open(port, { localAddress: '127.0.0.2' });
  elsewhere.send('GET /v1/Configs HTTP/1.1', HOST, AUTHORIZATION, '', '');
  expect(await elsewhere.answers(1)).toMatchObject([{ status: 200 }]);
  clients[0].send('GET /v1/Configs HTTP/1.1', HOST, AUTHORIZATION, '', '');
  expect(await clients[0].answers(2)).toHaveLength(2);
  await othersAreServed();
  const refused = await RawClient.open(port);
  refused.send('GET /v1/Configs HTTP/1.1', HOST, AUTHORIZATION, '', '');
  expect(await refused.answers()).toEqual([]);
});
