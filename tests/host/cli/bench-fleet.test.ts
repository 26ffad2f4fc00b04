import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { usageOf } from '../../../host/bench/broker/process-usage.js';
import { FleetProcess } from '../../../host/bench/fleet/fleet-process.js';
import { CLI, Command } from '../../interop/command.js';
import { temporaryFolder } from '../../interop/temporary.js';
import { undoAfterEach } from '../../interop/undo.js';

const undo = undoAfterEach();

it('bench --fleet measures a run of devices that all have connected and publish', async () => {
  const { folder, remove } = temporaryFolder();
  undo.push(remove);
  const fleet = await FleetProcess.start(CLI, { devices: 3, guest: undefined, data: folder });
  undo.push(() => fleet.stop());
  expect(fleet.count('connected')).toBe(3);
  await expect.poll(() => fleet.count('published')).toBeGreaterThan(3);
  expect(usageOf(fleet.pid).memory).toBeGreaterThan(10 * 1024 * 1024);
  await fleet.stop();
  expect(existsSync(`/proc/${fleet.pid}`)).toBe(false);
});

it('bench --fleet says why a run of another guest has ended', async () => {
  const missing = await new Command(['bench', '--fleet', '--guest', 'missing.wasm']).ended;
  expect(missing.stderr).toBe('wasmqtt: missing.wasm: there is no such file; give a .wasm file with --guest\n');
  expect(missing.code).toBe(1);
  const other = await new Command(['bench', '--fleet', '--guest', CLI]).ended;
  expect(other.stderr).toMatch(/^wasmqtt: bench --fleet: wasmqtt run ended: .*is not a WebAssembly module/);
  expect(other.code).toBe(1);
});
