import { describe, expect, it } from 'vitest';
import { openEngine } from '../../../../host/cloud/store/engine/open-engine.js';
import { readRecord } from '../../../../host/cloud/store/record-json.js';
import { placeOf } from '../../cloud/postgres/postgres-place.js';
import { openPki, PASSWORD } from './dojot-pki-rig.js';
import { requestFor } from './requests.js';

describe('what the PKI keeps', () => {
  it('is encrypted: neither keys nor names of what is kept can be read without the master key', async () => {
    const { engine, folder, enrol, logIn } = await openPki();
    await enrol('admin:a1998e', await requestFor('admin:a1998e'));
    await logIn();
    const ca = await engine.get('pki_ca', ['IOTmidCA']);
    const { privateKey } = readRecord<{ privateKey: string }>(ca!);
    const secret = await engine.get('meta', ['dojot-jwt-secret']);
    const { value } = readRecord<{ value: string }>(secret!);
    const kept: string[] = [];
    const raw = await openEngine(placeOf(folder));
    try {
      for await (const { table, data } of raw.scan()) kept.push(`${table} ${Buffer.from(data).toString('latin1')}`);
    } finally {
      await raw.close();
    }
    expect(kept.filter((record) => record.startsWith('pki_')).length).toBeGreaterThan(7);
    const all = kept.join('\n');
    for (const text of [privateKey.slice(100, 160), value, PASSWORD, 'scrypt', 'CN=']) expect(all).not.toContain(text);
    for (const text of [privateKey.slice(100, 160), value]) {
      expect(all).not.toContain(Buffer.from(text, 'base64').toString('latin1'));
      expect(all).not.toContain(Buffer.from(text, 'hex').toString('latin1') || text);
    }
  });
});
