import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { killRounds } from './kill-rounds.js';

it('kill -9 in the middle of thousands of messages loses nothing acknowledged and doubles nothing of QoS 2', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wasmqtt-kill-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const { acknowledged, missing, doubled } = await killRounds(directory, 3, 2000);
  expect({ missing, doubled }).toEqual({ missing: [], doubled: [] });
  expect(acknowledged).toBeGreaterThan(3 * 1000);
}, 300_000);
