import { expect, onTestFinished } from 'vitest';
import type { CloudLimits, CloudOptions } from '../../../../host/cloud/index.js';
import { ACCOUNT_SID, AUTH_TOKEN, openCloud } from '../cloud-rig.js';
import { type RawAnswer, RawClient } from './raw-client.js';

export const AUTHORIZATION = `Authorization: Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}`;
export const HOST = 'Host: 127.0.0.1';

/** Deadlines that pass while a test runs, and do not concern the innocent client, which lives on one connection. */
export const SHORT: Partial<CloudLimits> = {
  handshakeTimeout: 300,
  headersTimeout: 300,
  requestTimeout: 600,
  closeTimeout: 300,
};

/** Milliseconds in which an innocent client is answered while others attack. Generous: the machine may be busy. */
const PATIENCE = 2000;

/** A cloud that is attacked while an innocent client, which has logged in before, makes one call after the other. */
export async function openAttacked(options: Partial<CloudOptions> = {}) {
  const opened = await openCloud(options);
  const { cloud } = opened;
  const innocent = await RawClient.open(cloud.port);
  let served = 0;
  let slowest = 0;
  let isOver = false;
  const calls = (async () => {
    while (!isOver) {
      const begun = performance.now();
      innocent.send('GET /v1/Configs?PageSize=1 HTTP/1.1', HOST, AUTHORIZATION, '', '');
      const answers = await innocent.answers(served + 1);
      if (isOver) return;
      expect(answers.map(({ status }) => status)).toEqual(Array(served + 1).fill(200));
      served++;
      slowest = Math.max(slowest, performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  calls.catch(() => {});
  await innocent.answers(1);
  onTestFinished(() => {
    isOver = true;
  });
  /** To be called while the attack still goes on: the other client was answered all the time, and is now. */
  const othersAreServed = async () => {
    const before = served;
    await Promise.race([innocent.answers(before + 2), calls]);
    isOver = true;
    await calls;
    expect(slowest).toBeLessThan(PATIENCE);
  };
  return { ...opened, port: cloud.port, othersAreServed };
}

/** Holds an error answer to the form of all: Twilio's, and nothing but JSON. */
export function expectProblem({ head, body }: RawAnswer, status: number): void {
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(head).toMatch(/^content-type: application\/json; charset=utf-8$/im);
  expect(JSON.parse(body)).toEqual({
    code: expect.any(Number),
    message: expect.stringMatching(/^.{10,200}$/),
    more_info: 'docs/rest-api.md#errors',
    status,
  });
}
