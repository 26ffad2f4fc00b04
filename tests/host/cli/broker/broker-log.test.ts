import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { BrokerLog } from '../../../../host/cli/broker/broker-log.js';

it('a line of the log ends after 1,000 characters, as in mosquitto: whoever does not read it is not waited for', () => {
  const stderr = new PassThrough();
  const plan = { stdout: false, stderr: true, topic: false, types: new Set(['notice'] as const), timestamp: false };
  const outputs = { stdout: new PassThrough(), stderr, now: () => new Date(0) };
  const log = new BrokerLog({ ...plan, connectionMessages: true }, outputs);
  log.write({ type: 'notice', text: 'x'.repeat(65_535) });
  log.write({ type: 'notice', text: 'y'.repeat(1000) });
  expect(String(stderr.read())).toBe(`${'x'.repeat(1000)}…\n${'y'.repeat(1000)}\n`);
});
