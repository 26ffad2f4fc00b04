import { describe, expect, it } from 'vitest';
import { appModule, uploadApp } from './app-modules.js';
import { ACCOUNT_SID, openCloud } from './cloud-rig.js';

describe('an upload of an application', () => {
  it('is answered with its SID and SHA-256, and devices get the same bytes', async () => {
    const { cloud, store } = await openCloud();
    const answer = await uploadApp(cloud.url, '?UniqueName=pump', appModule('one'), 'application/octet-stream');
    expect(answer).toMatchObject({ status: 201, unique_name: 'pump', account_sid: ACCOUNT_SID });
    expect(await store.apps(ACCOUNT_SID).bytes(answer.hash.slice(7))).toEqual(Buffer.from(appModule('one')));
  });

  it.each([
    [
      'bytes that are not a module',
      400,
      '',
      Buffer.from('hello'),
      'application/wasm',
      'not a valid WebAssembly module',
    ],
    ['a ZIP archive', 400, '', Buffer.from('504b030400', 'hex'), 'application/wasm', 'a ZIP archive'],
    ['nothing', 400, '', Buffer.alloc(0), 'application/wasm', ''],
    ['a form', 415, '', 'Key=k', 'application/x-www-form-urlencoded', 'send the module as the body'],
    ['JSON', 415, '', '{}', 'application/json', 'send it as one'],
    ['too many bytes', 413, '', Buffer.alloc(9_000_000), 'application/wasm', 'at most 8388608 bytes'],
    ['a name that cannot be', 400, '?UniqueName=a%2Fb', appModule(), 'application/wasm', 'cannot be a unique name'],
    ['two names', 400, '?UniqueName=a&UniqueName=b', appModule(), 'application/wasm', 'UniqueName is given twice'],
    ['no politeness', 400, '?Politeness=-1', appModule(), 'application/wasm', 'Politeness is not a whole number'],
    ['too much of it', 400, '?Politeness=86401', appModule(), 'application/wasm', '86401'],
  ])('is refused when it is, or has, %s', async (_, status, query, body, type, message) => {
    const { cloud, store } = await openCloud();
    const answer = await uploadApp(cloud.url, query, body, type);
    expect(answer).toMatchObject({ status, message: expect.stringContaining(message) });
    expect(await store.apps(ACCOUNT_SID).list()).toEqual([]);
  });

  it('is taken by its own call alone', async () => {
    const { call } = await openCloud();
    const headers = { 'content-type': 'application/wasm' };
    const answer = await call('POST', '/Configs', undefined, { body: appModule(), headers });
    expect([answer.status, answer.json.message]).toEqual([415, expect.stringContaining('x-www-form-urlencoded')]);
  });
});
