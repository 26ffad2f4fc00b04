// engine: LMDB
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MasterKey } from '../../../../host/cloud/store/seal/master-key.js';
import { MasterKeyCommand } from '../../../../host/cloud/store/seal/master-key-command.js';
import { MasterKeyFile } from '../../../../host/cloud/store/seal/master-key-file.js';
import { storeError, temporaryFolder } from '../cloud-rig.js';
import { MASTER } from './seal-rig.js';

const HEX = '01'.repeat(32);

describe('the text of a master key', () => {
  it.each([
    ['hex', HEX],
    ['hex with a line end', `${HEX}\n`],
    ['base64', Buffer.alloc(32, 1).toString('base64')],
    ['base64url', Buffer.alloc(32, 1).toString('base64url')],
  ])('may be %s', (_, text) => {
    expect(MasterKey.parse(text, 'here').toText()).toBe(HEX);
  });

  it.each(['', 'secret-but-short', HEX.slice(2), `${HEX}00`, 'g'.repeat(64)])(
    'may not be %j, and is not in the error',
    async (text) => {
      const error = await storeError(() => MasterKey.parse(text, 'WASMQTT_MASTER_KEY'));
      expect(error.message).toMatch(/^WASMQTT_MASTER_KEY is not a master key/);
      if (text !== '') expect(error.message).not.toContain(text);
    },
  );

  it('has an id that is not the key', () => {
    expect(MASTER.id).toMatch(/^[0-9a-f]{16}$/);
    expect(HEX).not.toContain(MASTER.id);
  });
});

describe('the file of a master key', () => {
  it('is made with its folder for its owner alone, and only once', async () => {
    const path = join(temporaryFolder(), 'a/b/master.key');
    const file = new MasterKeyFile(path);
    expect(await file.read()).toBeUndefined();
    const made = await Promise.all([file.create(), new MasterKeyFile(path).create()]);
    expect(made[0].id).toBe(made[1].id);
    expect((await file.read())?.id).toBe(made[0].id);
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    expect(readdirSync(join(path, '..'))).toEqual(['master.key']);
  });

  it.each([0o640, 0o604, 0o666, 0o620])('is refused when others can read or change it (mode %o)', async (mode) => {
    const file = new MasterKeyFile(join(temporaryFolder(), 'master.key'));
    await file.create();
    chmodSync(file.path, mode);
    const error = await storeError(() => file.read());
    expect(error).toMatchObject({ code: 'unusable', message: expect.stringContaining('chmod 600') });
    expect(error.message).toContain(file.path);
    expect(error.message).toContain(mode.toString(8));
  });

  it('is refused when it does not hold a key, and is left as it is', async () => {
    const file = new MasterKeyFile(join(temporaryFolder(), 'master.key'));
    writeFileSync(file.path, 'not a key', { mode: 0o600 });
    expect((await storeError(() => file.read())).message).toContain(file.path);
    expect(readFileSync(file.path, 'utf8')).toBe('not a key');
  });

  it('may not be a folder that others can read', async () => {
    const error = await storeError(() => new MasterKeyFile('/').read());
    expect(error).toMatchObject({ code: 'unusable', message: expect.stringContaining('chmod') });
  });
});

describe('the command of a master key', () => {
  it('prints the key', async () => {
    expect((await new MasterKeyCommand(`printf %s ${HEX}`).read()).id).toBe(MASTER.id);
  });

  it.each([
    ['fails', 'exit 3', 'ended with exit code 3'],
    ['is not there', 'no-such-program-of-ours 2>/dev/null', 'ended with exit code 127'],
    ['is killed', 'kill -TERM $$', 'was ended by SIGTERM'],
    ['prints too much', 'yes', 'printed more than a key'],
    ['prints something else', 'echo secret-answer', 'what the master key command printed is not a master key'],
    ['prints nothing', 'true', 'is not a master key'],
  ])('that %s is an error, which does not hold what it printed', async (_, command, message) => {
    const error = await storeError(() => new MasterKeyCommand(command).read());
    expect(error.code).toBe('unusable');
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('secret-answer');
  });

  it('has a deadline, after which nothing of it runs on', async () => {
    const mark = join(temporaryFolder(), 'mark');
    const command = new MasterKeyCommand(`(sleep 60; touch ${mark}) & sleep 60`, 50);
    expect((await storeError(() => command.read())).message).toContain('did not end within 0.05 s');
    expect(existsSync(mark)).toBe(false);
  });
});
