// engine: LMDB
import { readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, ACCOUNT_SID, openCloud, SID, temporaryFolder } from './cloud-rig.js';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const WHO = { time: TIME, who: ACCOUNT_SID, from: '127.0.0.1' };

async function openAudited(auditLog = join(temporaryFolder(), 'audit.ndjson')) {
  const lines: string[] = [];
  const opened = await openCloud({ auditLog, log: (line, kind) => void (kind === 'server' && lines.push(line)) });
  const entries = (file = auditLog) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { ...opened, auditLog, entries, lines };
}

describe('the audit log', () => {
  it('says who did what to which key, and how it ended', async () => {
    const { call, entries, auditLog } = await openAudited();
    await call('POST', '/Configs', { Key: 'a b', Value: 'hunter' });
    await call('POST', '/Configs', { Key: 'a b', Value: 'hunter' });
    await call('POST', `/Devices/${SID}/Secrets`, { Key: 'k', Value: 'hunter' });
    await call('POST', `/Devices/${SID}/Secrets/k`, { Value: 'hunter' });
    await call('DELETE', `/Devices/${SID}/Secrets/k`);
    await call('DELETE', '/Configs/none');
    await call('POST', '/Configs', { Key: 'c', Value: 'hunter'.repeat(1000) });
    await call('POST', '/nowhere', { Value: 'hunter' });
    expect(entries()).toEqual([
      { ...WHO, action: 'create', scope: 'account', what: 'configs', key: 'a b', outcome: 'done', status: 201 },
      { ...WHO, action: 'create', scope: 'account', what: 'configs', key: 'a b', outcome: 'refused', status: 409 },
      { ...WHO, action: 'create', scope: SID, what: 'secrets', key: 'k', outcome: 'done', status: 201 },
      { ...WHO, action: 'update', scope: SID, what: 'secrets', key: 'k', outcome: 'done', status: 200 },
      { ...WHO, action: 'delete', scope: SID, what: 'secrets', key: 'k', outcome: 'done', status: 204 },
      { ...WHO, action: 'delete', scope: 'account', what: 'configs', key: 'none', outcome: 'refused', status: 404 },
      { ...WHO, action: 'create', scope: 'account', what: 'configs', key: 'c', outcome: 'refused', status: 400 },
      { ...WHO, action: 'create', scope: 'account', what: 'nowhere', outcome: 'refused', status: 404 },
    ]);
    expect(readFileSync(auditLog, 'utf8')).not.toContain('hunter');
    expect(statSync(auditLog).mode & 0o777).toBe(0o600);
  });

  it('has failed log-ins with the SID that was claimed, and nothing else that was typed', async () => {
    const { call, entries } = await openAudited();
    const basic = (user: string) => ({ headers: { authorization: `Basic ${btoa(`${user}:hunter`)}` } });
    await call('GET', '/Configs', undefined, basic(ACCOUNT_SID));
    await call('POST', '/Configs', { Key: 'k', Value: 'v' }, basic('my-token-in-the-wrong-field'));
    await call('GET', '/Configs', undefined, { headers: { authorization: '' } });
    await call('GET', '/Configs');
    await expect.poll(entries).toHaveLength(2);
    const refused = { time: TIME, from: '127.0.0.1', action: 'log in', outcome: 'refused', status: 401 };
    expect(entries()).toEqual([{ ...refused, claimed: ACCOUNT_SID }, refused]);
  });

  it('holds the entry of a change before the change is answered, also when many come at once', async () => {
    const { call, entries } = await openAudited();
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        expect((await call('POST', '/Configs', { Key: `k${n}`, Value: 'v' })).status).toBe(201);
        expect(entries().map(({ key }) => key)).toContain(`k${n}`);
      }),
    );
    expect(entries()).toHaveLength(50);
  });

  it('goes on in a new file after reload, when the old one was moved away', async () => {
    const { call, cloud, entries, auditLog } = await openAudited();
    await call('POST', '/Configs', { Key: 'a', Value: 'v' });
    renameSync(auditLog, `${auditLog}.1`);
    await call('POST', '/Configs', { Key: 'b', Value: 'v' });
    cloud.reload();
    await call('POST', '/Configs', { Key: 'c', Value: 'v' });
    expect(entries(`${auditLog}.1`).map(({ key }) => key)).toEqual(['a', 'b']);
    expect(entries().map(({ key }) => key)).toEqual(['c']);
  });

  it('goes on after a restart in the file that is there', async () => {
    const { call, cloud, auditLog } = await openAudited();
    await call('POST', '/Configs', { Key: 'a', Value: 'v' });
    await cloud.close();
    const again = await openAudited(auditLog);
    await again.call('POST', '/Configs', { Key: 'b', Value: 'v' });
    expect(again.entries().map(({ key }) => key)).toEqual(['a', 'b']);
  });

  it('that cannot be written refuses changes, lets reads go on, and recovers by itself without a gap', async () => {
    const auditLog = join(temporaryFolder(), 'audit.ndjson');
    // Every write to this device fails as on a full disk.
    symlinkSync('/dev/full', auditLog);
    const { call, entries, values, lines } = await openAudited(auditLog);
    expect((await call('POST', '/Configs', { Key: 'a', Value: 'v' })).status).toBe(201);
    const refused = await call('POST', '/Configs', { Key: 'b', Value: 'v' });
    expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([503, 20503, '1']);
    expect(refused.json.message).toMatch(/^the audit log cannot be written, so nothing is changed/);
    expect((await call('GET', '/Configs/a')).status).toBe(200);
    expect(await values.get(ACCOUNT, 'configs', 'b')).toBeUndefined();
    rmSync(auditLog);
    expect((await call('POST', '/Configs', { Key: 'c', Value: 'v' })).status).toBe(201);
    expect(entries().map(({ key, outcome }) => [key, outcome])).toEqual([
      ['a', 'done'],
      ['b', 'failed'],
      ['c', 'done'],
    ]);
    expect(lines).toEqual([
      expect.stringMatching(/^the audit log .* cannot be written, so changes are refused: ENOSPC/),
      expect.stringMatching(/^POST \/v1\/Configs failed: the audit log cannot be written/),
      'the audit log is written again',
    ]);
  });

  it.each([
    ['its folder does not exist', (folder: string) => join(folder, 'none', 'audit.ndjson')],
    ['it is a folder', (folder: string) => folder],
  ])('ends the start when %s', async (_, path) => {
    const auditLog = path(temporaryFolder());
    await expect(openAudited(auditLog)).rejects.toMatchObject({
      code: 'audit',
      message: expect.stringMatching(
        /^the audit log .* cannot be opened: E\w+: .*; check the path and its permissions$/,
      ),
    });
  });
});
