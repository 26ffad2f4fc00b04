import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { BrokerProcess } from './broker-process.js';
import { killRounds } from './kill-rounds.js';
import { LiveExchange } from './live-exchange.js';
import { smallDisk } from './small-disk.js';

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'wasmqtt-kill-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

it('kill -9 in the middle of thousands of messages loses nothing acknowledged and doubles nothing of QoS 2', async () => {
  const { acknowledged, missing, doubled } = await killRounds(folder(), 3, 2000);
  expect({ missing, doubled }).toEqual({ missing: [], doubled: [] });
  expect(acknowledged).toBeGreaterThan(3 * 1000);
});

it('kill -9 while the disk is full loses nothing acknowledged either, and with room everybody goes on', async ({
  skip,
}) => {
  const disk = smallDisk();
  if (!disk) skip('needs the right to mount a tmpfs');
  const directory = join(disk!, 'data');
  const script = await BrokerProcess.script();
  const exchange = new LiveExchange();
  const first = new BrokerProcess(script, directory);
  onTestFinished(() => first.kill());
  first.onLine = exchange.look;
  const port = await first.port;
  await exchange.run(port, 500, () => exchange.count === 500 && exchange.isIdle);
  const ballast = join(disk!, 'ballast');
  for (let size = 8_000_000; size > 0; size = Math.floor(size / 2)) {
    try {
      writeFileSync(ballast, new Uint8Array(size), { flag: 'a' });
    } catch {
      // As full as it gets.
    }
  }
  const before = exchange.acknowledged;
  // One subscriber is away: its messages need room.
  const [away, ...others] = exchange.clients;
  away.drop();
  await exchange.run(port, 1_000_000, () => first.lines.some((line) => line.includes('"isFull":true')), others);
  await first.kill();
  exchange.drop();
  expect(exchange.acknowledged).toBeGreaterThanOrEqual(before);

  rmSync(ballast);
  const second = new BrokerProcess(script, directory);
  onTestFinished(() => second.kill());
  await exchange.run(await second.port, exchange.count + 500, () => exchange.isIdle);
  const { acknowledged, missing, doubled } = exchange.outcome();
  expect({ missing, doubled }).toEqual({ missing: [], doubled: [] });
  expect(acknowledged).toBeGreaterThanOrEqual(before + 500);
});
