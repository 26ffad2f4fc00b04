import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Command } from '../../../interop/command.js';
import { temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';

const undo = undoAfterEach();
let data: string;
let file: string;

beforeEach(async () => {
  const { folder, remove } = temporaryFolder();
  undo.push(remove);
  data = join(folder, 'data');
  file = join(data, 'store/data.mdb');
  // A store that is good.
  expect((await run(['cloud', '--port', '0', '--for', '1ms'])).code).toBe(0);
});

afterEach(() => void spawnSync('umount', ['-l', data], { stdio: 'ignore' }));

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const command = new Command([...args, '--data', data], env);
  undo.push(() => command.kill());
  return command.ended;
}

/** What `wasmqtt cloud` says to a store that it cannot open: one line, without a stack. */
async function refusal(env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await run(['cloud', '--port', '0', '--for', '1s'], env);
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).not.toMatch(/internal error|at \w+ \(|\.js:\d/);
  expect(code).toBe(1);
  return stderr;
}

describe('a store that cannot be opened is refused with the file, the reason and what to do:', () => {
  it('a folder in the place of its data file', async () => {
    rmSync(file);
    mkdirSync(file);
    const text = await refusal();
    expect(text).toContain(`${file} is not a file`);
    expect(text).toContain('name a folder that can be written');
  });

  it('a data file that was made read-only, which stays that', async () => {
    chmodSync(file, 0o444);
    const text = await refusal();
    expect(text).toContain(`${file} is read-only (mode 444)`);
    expect(text).toContain('change its permissions');
    expect(statSync(file).mode & 0o777).toBe(0o444);
  });

  it('a file system that is read-only', async ({ skip }) => {
    const mounted = spawnSync('mount', ['--bind', data, data]).status === 0;
    if (!mounted || spawnSync('mount', ['-o', 'remount,ro,bind', data]).status !== 0) skip('needs the right to mount');
    const text = await refusal();
    expect(text).toContain(file);
    expect(text).toContain('read-only file system');
    expect(text).toContain('name a folder that can be written');
    expect(text).not.toContain('move');
  });

  it('another version of the format of LMDB', async () => {
    const bytes = readFileSync(file);
    for (const header of [0, 4096]) bytes.writeUInt32LE(3, header + 28);
    writeFileSync(file, bytes);
    expect(await refusal()).toContain(`${file} has version 3 of the format of LMDB, and this wasmqtt reads version 2`);
  });

  it('a file of LMDB 0.9', async () => {
    const bytes = Buffer.alloc(8192);
    for (const header of [0, 4096]) {
      bytes.writeUInt32LE(0xbeefc0de, header + 16);
      bytes.writeUInt32LE(1, header + 20);
    }
    writeFileSync(file, bytes);
    expect(await refusal()).toContain(`${file} is of LMDB 0.9`);
  });

  it('a page that is damaged', async () => {
    const bytes = readFileSync(file);
    for (let page = 2; page < bytes.length / 4096; page++) bytes[page * 4096 + 18] ^= 0x07;
    writeFileSync(file, bytes);
    const text = await refusal();
    expect(text).toMatch(new RegExp(`${file} is damaged in page \\d+`));
    expect(text).toContain('put a copy of it back');
  });

  it('a master key that is missing', async () => {
    rmSync(join(data, 'store/master.key'));
    const text = await refusal();
    expect(text).toContain(`the master key file ${join(data, 'store/master.key')} is missing`);
    expect(text).toContain('put it back');
  });

  it('another master key', async () => {
    const text = await refusal({ WASMQTT_MASTER_KEY: 'ab'.repeat(32) });
    expect(text).toContain('WASMQTT_MASTER_KEY has the master key');
    expect(text).toContain('give the key that belongs to it');
    expect(text).not.toContain('abab');
  });

  it('a master key that others can read', async () => {
    const key = join(data, 'store/master.key');
    chmodSync(key, 0o644);
    expect(await refusal()).toContain(`${key} has mode 644`);
    expect(statSync(key).mode & 0o777).toBe(0o644);
  });

  it('a command of the master key that fails', async () => {
    expect(await refusal({ WASMQTT_MASTER_KEY_COMMAND: 'exit 4' })).toContain(
      'the master key command ended with exit code 4',
    );
  });
});

it('two master keys are wrong usage', async () => {
  const env = { WASMQTT_MASTER_KEY: 'ab'.repeat(32), WASMQTT_MASTER_KEY_COMMAND: 'true' };
  const { code, stderr } = await run(['cloud', '--port', '0', '--for', '1s'], env);
  expect(stderr).toContain('leave one of them out');
  expect(code).toBe(2);
});
