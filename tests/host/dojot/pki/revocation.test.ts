// needs: openssl
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pemOf, readCrl } from '../../../../host/core/index.js';
import { openPki } from './dojot-pki-rig.js';
import { requestFor } from './requests.js';

const ISSUER = 'CN=IOTmidCA,O=EJBCA';
const first = await openPki();
// Another process would open the same folder or database.
const second = await openPki({}, first.folder);

async function crlOf(rig: typeof first, query = ''): Promise<Buffer> {
  const { json } = await rig.call('GET', `/ca/IOTmidCA/crl${query}`, { internal: true });
  return Buffer.from(json.CRL, 'base64');
}

async function revoke(rig: typeof first, der: Buffer, reason = 'UNSPECIFIED'): Promise<number> {
  const path = `/ca/${ISSUER}/certificate/${serialOf(der)}?reason=${reason}`;
  return (await rig.call('DELETE', path, { internal: true })).status;
}

const serialOf = (der: Buffer) => new X509Certificate(der).serialNumber;
const numberOf = (crl: Buffer) => Number(`0x${readCrl(crl).crlNumber}`);

function files() {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-crl-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
}

describe('a CRL', () => {
  it.each(['UNSPECIFIED', 'KEYCOMPROMISE', 'CERTIFICATEHOLD', 'AACOMPROMISE'])(
    'is taken by openssl, which finds the certificate revoked for %s, and no other',
    async (reason) => {
      const file = files();
      const [good, bad] = [
        await first.enrol('admin:r1', await requestFor('admin:r1')),
        await first.enrol('admin:r2', await requestFor('admin:r2')),
      ];
      expect(await revoke(first, bad, reason)).toBe(200);
      const { json } = await first.call('GET', '/ca/IOTmidCA', { internal: true });
      const root = pemOf('CERTIFICATE', Buffer.from(json.certificate, 'base64'));
      const crl = pemOf('X509 CRL', await crlOf(first));
      const trusted = file('trusted.pem', root + crl);
      const verify = (der: Buffer, name: string) => {
        const args = [
          'verify',
          '-x509_strict',
          '-crl_check',
          '-CAfile',
          trusted,
          file(name, pemOf('CERTIFICATE', der)),
        ];
        return spawnSync('openssl', args, { encoding: 'utf8' });
      };
      expect(verify(good, 'good.pem').stdout).toMatch(/good\.pem: OK/);
      expect(verify(bad, 'bad.pem').stderr).toMatch(/certificate revoked/);
      const text = execFileSync('openssl', ['crl', '-noout', '-text', '-in', file('crl.pem', crl)], {
        encoding: 'utf8',
      });
      expect(text).toMatch(/Version 2 \(0x1\)/);
      expect(text).toMatch(/X509v3 CRL Number/);
      expect(text).toMatch(/X509v3 Authority Key Identifier/);
    },
  );

  it('has what another process has revoked, at once', async () => {
    const der = await first.enrol('admin:r3', await requestFor('admin:r3'));
    expect(readCrl(await crlOf(second)).find(serialOf(der))).toBeUndefined();
    expect(await revoke(first, der)).toBe(200);
    expect(readCrl(await crlOf(second)).find(serialOf(der))).toBeDefined();
    expect(await revoke(second, der)).toBe(400);
  });

  it('is made again when half of its day is over', async () => {
    const before = await crlOf(first);
    try {
      first.clock.ahead = 11 * 3_600_000;
      expect((await crlOf(first)).equals(before)).toBe(true);
      first.clock.ahead = 13 * 3_600_000;
      expect(numberOf(await crlOf(first))).toBeGreaterThan(numberOf(before));
    } finally {
      first.clock.ahead = 0;
    }
  });
});

describe('what happens at once', () => {
  it('gives each CRL a number of its own, in two processes, and each has what was revoked before it was asked for', async () => {
    const certificates: Buffer[] = [];
    const csr = await requestFor('admin:s1');
    for (let count = 0; count < 8; count++) certificates.push(await first.enrol('admin:s1', csr));
    const before = numberOf(await crlOf(first, '?update=true'));
    const crls = await Promise.all(
      certificates.map(async (der, at) => {
        const rig = at % 2 === 0 ? first : second;
        expect(await revoke(rig, der)).toBe(200);
        const crl = await crlOf(rig, '?update=true');
        expect(readCrl(crl).find(serialOf(der))).toBeDefined();
        return crl;
      }),
    );
    const byNumber = new Map(crls.map((crl) => [numberOf(crl), crl.toString('base64')]));
    // The same number is the same CRL.
    expect(new Set(byNumber.values()).size).toBe(new Set(crls.map((crl) => crl.toString('base64'))).size);
    expect(Math.min(...byNumber.keys())).toBeGreaterThan(before);
    const last = readCrl(await crlOf(second));
    for (const der of certificates) expect(last.find(serialOf(der))).toBeDefined();
  });

  it('revokes a certificate once', async () => {
    const der = await first.enrol('admin:s2', await requestFor('admin:s2'));
    const statuses = await Promise.all([first, second, first, second].map((rig) => revoke(rig, der)));
    expect(statuses.sort()).toEqual([200, 400, 400, 400]);
  });

  it('issues a certificate to each who asks, and knows all of them', async () => {
    const certificate = (await requestFor('admin:s3')).toString('base64');
    await first.call('POST', '/user', { internal: true, body: { username: 'admin:s3' } });
    const body = { certificate, passwd: 'dojot' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        (at % 2 === 0 ? first : second).call('POST', '/sign/admin:s3/pkcs10', { internal: true, body }),
      ),
    );
    const serials = answers.map(({ json }) => serialOf(Buffer.from(json.status.data, 'base64')));
    expect(new Set(serials).size).toBe(10);
    expect((await first.call('DELETE', '/user/admin:s3', { internal: true })).status).toBe(200);
    const crl = readCrl(await crlOf(second));
    for (const serial of serials) expect(crl.find(serial)).toBeDefined();
  });

  it('issues nothing for an entity that is gone', async () => {
    const certificate = (await requestFor('admin:s4')).toString('base64');
    await first.call('POST', '/user', { internal: true, body: { username: 'admin:s4' } });
    const body = { certificate, passwd: 'dojot' };
    const [removed, ...signed] = await Promise.all([
      first.call('DELETE', '/user/admin:s4?delete=true', { internal: true }),
      ...Array.from({ length: 6 }, () => second.call('POST', '/sign/admin:s4/pkcs10', { internal: true, body })),
    ]);
    expect(removed.status).toBe(200);
    const issued = signed.filter(({ status }) => status === 200);
    for (const { status } of signed) expect([200, 400]).toContain(status);
    // The entity went before its certificates were looked through.
    const crl = readCrl(await crlOf(first));
    for (const { json } of issued) expect(crl.find(serialOf(Buffer.from(json.status.data, 'base64')))).toBeDefined();
    expect((await first.call('GET', '/user/admin:s4', { internal: true })).status).toBe(404);
  });
});

describe('two starts at once', () => {
  it('make one CA', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-dojot-'));
    const rigs = await Promise.all([openPki({}, folder), openPki({}, folder)]);
    const roots = await Promise.all(
      rigs.map(async (rig) => (await rig.call('GET', '/ca/IOTmidCA', { internal: true })).json),
    );
    expect(roots[0]).toEqual(roots[1]);
  });
});
