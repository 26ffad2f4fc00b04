import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, Command } from '../../interop/command.js';

const MODULE = join(CLI, '../../app.wasm');

describe('bench --guest', () => {
  it('measures what a guest takes of memory, beside a bare instance and the limit', async () => {
    const command = new Command(['bench', '--guest', MODULE, '--json']);
    expect((await command.ended).code).toBe(0);
    const results = command.events as unknown as { bench: string; peer: string; unit: string; ours: number }[];
    expect(results.map(({ bench, peer, unit }) => `${bench} ${peer} ${unit}`)).toEqual([
      'guest.memory bare instance KB',
      'guest.heap bare instance KB',
      'guest.memory limit KB',
    ]);
    for (const { ours } of results) expect(ours).toBeGreaterThan(1);
  });

  it('says what is wrong with a file that is not there, or cannot be a guest', async () => {
    const missing = await new Command(['bench', '--guest', 'missing.wasm']).ended;
    expect(missing.stderr).toBe('wasmqtt: missing.wasm: there is no such file; give a .wasm file with --guest\n');
    expect(missing.code).toBe(1);
    const other = await new Command(['bench', '--guest', CLI]).ended;
    expect(other.stderr).toMatch(/cli\.js: the guest is not a WebAssembly module/);
    expect(other.code).toBe(1);
  });
});
