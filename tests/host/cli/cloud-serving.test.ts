import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Command } from '../../interop/command.js';
import { temporaryFolder } from '../../interop/temporary.js';
import { undoAfterEach } from '../../interop/undo.js';

const undo = undoAfterEach();
let folder: string;

beforeEach(() => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  folder = temporary.folder;
});

function cloud(...args: string[]): Command {
  const command = new Command(['cloud', '--json', '--port', '0', '--data', join(folder, 'data'), ...args]);
  undo.push(() => command.kill());
  return command;
}

describe('options that cannot be served end the command with a sentence', () => {
  it.each<[string[], number, RegExp]>([
    [['--tls-cert', 'a.pem'], 2, /^wasmqtt: --tls-cert and --tls-key go together: /],
    [['--tls-key', 'a.pem'], 2, /^wasmqtt: --tls-cert and --tls-key go together: /],
    [['--host', '0.0.0.0'], 2, /^wasmqtt: 0\.0\.0\.0 is not loopback: .*--tls-cert, --tls-key.*--beyond-loopback/],
    [['--public-url', 'cloud'], 2, /^wasmqtt: the public address "cloud" cannot be used; /],
    [['--trust-proxy', 'nginx'], 2, /^wasmqtt: the trusted proxy "nginx" is not an address; /],
    [['--audit-log', ''], 2, /^wasmqtt: --audit-log: is empty; /],
    [
      ['--connections', '0'],
      2,
      /error: option '--connections <count>' argument '0' is invalid\. Give a number from 1 to 99999/,
    ],
    [
      ['--tls-cert', 'none.pem', '--tls-key', 'none.key'],
      1,
      /^wasmqtt: the server's certificate \(none\.pem\) cannot be used: ENOENT/,
    ],
    [
      ['--audit-log', '/none/audit.ndjson'],
      1,
      /^wasmqtt: the audit log \/none\/audit\.ndjson cannot be opened: ENOENT/,
    ],
  ])('%j', async (args, code, sentence) => {
    const ended = await cloud(...args).ended;
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(ended.code).toBe(code);
  });
});

it('SIGHUP opens the audit log again, and the command goes on', async () => {
  const file = join(folder, 'audit.ndjson');
  const command = cloud('--audit-log', file);
  const { url, accountSid, authToken } = await command.event('listening');
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const create = (Key: string) =>
    fetch(`${url}/v1/Configs`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
      body: new URLSearchParams({ Key, Value: 'v' }),
    });
  await create('a');
  renameSync(file, `${file}.1`);
  command.signal('SIGHUP');
  // The signal comes when the event loop turns: the entry of some call is the first of the new file.
  await expect
    .poll(async () => {
      await create('b');
      try {
        return readFileSync(file, 'utf8').split('\n').length > 1;
      } catch {
        return false;
      }
    })
    .toBe(true);
  expect(JSON.parse(readFileSync(`${file}.1`, 'utf8').split('\n')[0])).toMatchObject({ key: 'a', outcome: 'done' });
  expect(await command.interrupt()).toMatchObject({ code: 0, stderr: '' });
});
