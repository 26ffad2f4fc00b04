// engine: LMDB
import { describe, expect, it } from 'vitest';
import { LogInAttempts } from '../../../../host/http/log-ins/log-in-attempts.js';
import { ACCOUNT_SID } from '../cloud-rig.js';
import { AUTHORIZATION, expectProblem, HOST, openAttacked } from './attack-rig.js';
import { type RawAnswer, RawClient } from './raw-client.js';

const GET = ['GET /v1/Configs HTTP/1.1', HOST, 'Connection: close'];

async function ask(port: number, authorization: string, localAddress = '127.0.0.1'): Promise<RawAnswer> {
  const client = await RawClient.open(port, { localAddress });
  client.send(...GET, authorization, '', '');
  return (await client.answers())[0];
}

const guess = (n: number, user = ACCOUNT_SID) => `Authorization: Basic ${btoa(`${user}:guess${n}`)}`;

describe('guesses of credentials', () => {
  it('are slow after ten, and who is right is served, from there and from elsewhere', async () => {
    const { port, othersAreServed } = await openAttacked({ limits: { logInRate: 0.001 } });
    const statuses = (await Promise.all(Array.from({ length: 100 }, (_, n) => ask(port, guess(n))))).map(
      ({ status }) => status,
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    const refused = await ask(port, guess(100));
    expectProblem(refused, 429);
    expect(JSON.parse(refused.body).code).toBe(20429);
    expect(refused.head).toMatch(/^retry-after: \d+$/im);
    // The innocent client of the rig has logged in from this address with the same account before.
    expect((await ask(port, AUTHORIZATION)).status).toBe(200);
    expect((await ask(port, AUTHORIZATION, '127.0.0.2')).status).toBe(200);
    await othersAreServed();
  });

  it('are slow for an address, whatever accounts it tries', async () => {
    const { port } = await openAttacked({ limits: { logInRate: 0.001 } });
    const asked = Array.from({ length: 100 }, (_, n) =>
      ask(port, guess(n, `AC${String(n).padStart(32, '0')}`), '127.0.0.3'),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(50);
    expect(statuses.filter((status) => status === 429)).toHaveLength(50);
  });

  it('are refused without a look at credentials, also those that are right but were never used', async () => {
    const { port } = await openAttacked({ limits: { logInRate: 0.001 } });
    for (let n = 0; n < 10; n++) await ask(port, guess(n), '127.0.0.4');
    // Another spelling of the same credentials.
    expect((await ask(port, AUTHORIZATION.replace('Basic', 'BASIC'), '127.0.0.4')).status).toBe(429);
  });

  it('do not count for a request without credentials, nor for the health of the server', async () => {
    const { port } = await openAttacked({ limits: { logInBurst: 2, logInRate: 0.001 } });
    for (let n = 0; n < 20; n++) expect((await ask(port, 'X-A: b')).status).toBe(401);
    const client = await RawClient.open(port);
    for (let n = 1; n <= 20; n++) {
      client.send('GET /healthz HTTP/1.1', HOST, guess(n), '', '');
      expect((await client.answers(n))[n - 1].status).toBe(200);
    }
    expect((await ask(port, guess(1))).status).toBe(401);
    expect((await ask(port, guess(2))).status).toBe(401);
    expect((await ask(port, guess(3))).status).toBe(429);
  });
});

it('a client that has an old token is slowed by itself, and those with the new one are not', async () => {
  const { port } = await openAttacked({ limits: { logInRate: 0.001 } });
  const address = '127.0.0.6';
  const statuses = [];
  for (let n = 0; n < 30; n++) statuses.push((await ask(port, guess(1), address)).status);
  // Once as a guess, and ten times as the same one again.
  expect(statuses).toEqual([...Array(11).fill(401), ...Array(19).fill(429)]);
  expect((await ask(port, AUTHORIZATION.replace('Basic', 'bAsIc'), address)).status).toBe(200);
});

it('log-ins that come at once and are right all pass, however many', async () => {
  const { port } = await openAttacked({ limits: { logInBurst: 2, logInRate: 0.001 } });
  const address = '127.0.0.5';
  // Each is another spelling of the right credentials, as many users would have.
  const spelled = (n: number) =>
    AUTHORIZATION.replace(
      'Basic',
      [...'basic'].map((letter, at) => ((n >> at) & 1 ? letter.toUpperCase() : letter)).join(''),
    );
  const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => ask(port, spelled(n % 30), address)));
  expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(200));
});

describe('attempts', () => {
  /** So many that are wrong, one after the other. */
  const fail = (attempts: LogInAttempts, times: number, now: number) => {
    for (let n = 0; n < times; n++) {
      expect(attempts.begin('a', now)).toBe(0);
      attempts.decided('a', true);
    }
  };

  it('may fail as often as the burst at once, then as often as the rate', () => {
    const attempts = new LogInAttempts({ burst: 3, rate: 2 });
    fail(attempts, 3, 0);
    expect(attempts.begin('a', 0)).toBe(500);
    expect(attempts.begin('a', 250)).toBe(250);
    fail(attempts, 1, 500);
    expect(attempts.begin('a', 500)).toBe(500);
    expect(attempts.begin('b', 500)).toBe(0);
    fail(attempts, 3, 100_000);
    expect(attempts.begin('a', 100_000)).toBe(500);
  });

  it('that were right do not count', () => {
    const attempts = new LogInAttempts({ burst: 1, rate: 1 });
    for (let now = 0; now < 10; now++) {
      expect(attempts.begin('a', now)).toBe(0);
      attempts.decided('a', false);
    }
  });

  it('that are open are never more than those that may still fail', () => {
    const attempts = new LogInAttempts({ burst: 2, rate: 1 });
    expect([0, 0, 0].map((now) => attempts.begin('a', now))).toEqual([0, 0, undefined]);
    attempts.decided('a', true);
    expect(attempts.begin('a', 0)).toBeUndefined();
    attempts.decided('a', false);
    expect([0, 0].map((now) => attempts.begin('a', now))).toEqual([0, undefined]);
    attempts.decided('a', true);
    expect(attempts.begin('a', 0)).toBe(1000);
  });

  it('of many names are remembered up to a bound, the last ones', () => {
    const attempts = new LogInAttempts({ burst: 1, rate: 0.001 });
    const failOnce = (name: string) => {
      expect(attempts.begin(name, 0)).toBe(0);
      attempts.decided(name, true);
    };
    failOnce('first');
    for (let n = 0; n < 10_000; n++) failOnce(`name ${n}`);
    expect(attempts.begin('first', 0)).toBe(0);
    expect(attempts.begin('name 9999', 0)).toBeGreaterThan(0);
  });
});
