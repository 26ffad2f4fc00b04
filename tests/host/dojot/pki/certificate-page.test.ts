import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine, EngineRecord, RecordChange } from '../../../../host/cloud/store/engine/engine.js';
import { Certificates } from '../../../../host/dojot/pki/records/certificates.js';
import { certificatePage } from '../../../../host/dojot/pki/rest/identity/certificate-page.js';
import { openPki } from './dojot-pki-rig.js';
import { watched } from './watched-engine.js';

const COUNT = 120;
const CA = 'X509 Identity CA';
const { engine } = await openPki({ generation: 3 });
let read = 0;
const certificates = new Certificates(counting(engine), Date.now);
const serialNumbers: string[] = [];
const fingerprints: string[] = [];

/** The same engine; what it reads is counted. */
function counting(inner: Engine): Engine {
  const counted = <T extends EngineRecord | undefined>(records: T[]): T[] => {
    read += records.length;
    return records;
  };
  return watched(inner, {
    get: async (...call: Parameters<Engine['get']>) => counted([await inner.get(...call)])[0],
    getMany: async (...call: Parameters<Engine['getMany']>) => counted(await inner.getMany(...call)),
    list: async (...call: Parameters<Engine['list']>) => counted(await inner.list(...call)),
  });
}

beforeAll(async () => {
  const all: RecordChange[] = [];
  for (let index = 0; index < COUNT; index++) {
    const serialNumber = (0x1000 + index).toString(16);
    const issued = { der: randomBytes(32), serialNumber, notAfter: new Date() };
    const device = `a${String(index % 40).padStart(4, '0')}`;
    const owner = { caName: CA, entity: `admin:${device}`, tenant: 'admin', belongsTo: { device } };
    const { certificate, changes } = certificates.addition(issued, owner);
    all.push(...changes);
    serialNumbers.push(serialNumber);
    fingerprints.push(certificate.fingerprint);
  }
  await engine.commit(all);
});

const page = (query: object) => certificatePage(certificates, 'admin', query, 'url');
const total = async (query: object = {}) => (await page(query)).paging.totalItems;

describe('a page of certificates', () => {
  it.each([
    ['the first', { limit: '10' }, 10, COUNT],
    ['a late one', { limit: '10', page: '12' }, 10, COUNT],
    ['one after the last', { limit: '10', page: '13' }, 0, COUNT],
    ['those of a device', { 'belongsTo.device': 'a0007' }, 3, 3],
    ['no device', { 'belongsTo.device': '../x' }, 0, 0],
  ])('reads no more than it has, and the index of it: %s', async (_what, query, size, totalItems) => {
    read = 0;
    const { certificates: found, paging } = await page(query);
    expect([found.length, paging.totalItems, read]).toEqual([size, totalItems, 2 * size]);
  });

  it('reads one certificate by its fingerprint', async () => {
    read = 0;
    const { certificates: found } = await page({ fingerprint: fingerprints[7] });
    expect([found, read]).toMatchObject([[{ fingerprint: fingerprints[7] }], 2]);
    expect(await total({ fingerprint: fingerprints[7], 'belongsTo.device': 'a0008' })).toBe(0);
    expect(await total({ fingerprint: 'x' })).toBe(0);
  });

  it('may ask for what no index has', async () => {
    expect(await total({ issuedByDojotPki: 'true' })).toBe(COUNT);
    expect(await total({ issuedByDojotPki: 'false' })).toBe(0);
  });

  it('has a certificate under the device that has it now', async () => {
    await certificates.setOwner(CA, serialNumbers[11], { device: 'bbbbb' });
    expect([await total({ 'belongsTo.device': 'bbbbb' }), await total({ 'belongsTo.device': 'a0011' })]).toEqual([
      1, 2,
    ]);
    await certificates.setOwner(CA, serialNumbers[11], {});
    expect([await total({ 'belongsTo.device': 'bbbbb' }), await total()]).toEqual([0, COUNT]);
  });

  it('has no certificate that was revoked, and has one again that is taken from hold', async () => {
    const [held, gone] = serialNumbers.slice(20);
    await certificates.revoke(CA, held, 6);
    await certificates.revoke(CA, gone, 1);
    expect([await total(), await total({ 'belongsTo.device': 'a0020' })]).toEqual([COUNT - 2, 2]);
    await certificates.revoke(CA, held, 8);
    expect([await total(), await total({ 'belongsTo.device': 'a0020' })]).toEqual([COUNT - 1, 3]);
  });
});
