import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ensureNamedDevice, ensureServerPki } from '../../../host/pki/index.js';
import { pkiAt, pkiError, temporaryFolder } from './pki-rig.js';

const START = Date.UTC(2030, 0, 15);

describe('a device with a name of its own', () => {
  it('has a certificate of the folder’s CA, in files for their owner alone, and keeps it', async () => {
    const folder = temporaryFolder();
    const device = await ensureNamedDevice(folder, 'lamp:1', () => START);
    const { ca } = await ensureServerPki(folder, () => START);
    const certificate = new X509Certificate(device.certificatePem);
    expect(certificate.subject).toBe('CN=lamp:1');
    expect(certificate.verify(new X509Certificate(ca.certificatePem).publicKey)).toBe(true);
    expect(readFileSync(device.certificateFile, 'utf8')).toBe(device.certificatePem);
    expect(readFileSync(device.keyFile, 'utf8')).toBe(device.privateKeyPem);
    expect((statSync(device.keyFile).mode & 0o777).toString(8)).toBe('600');
    expect(await ensureNamedDevice(folder, 'lamp:1', () => START)).toEqual(device);
  });

  it('lives beside devices with SIDs, in one folder', async () => {
    const folder = temporaryFolder();
    await ensureNamedDevice(folder, 'lamp-1', () => START);
    const { ca } = await pkiAt(folder, START);
    expect((await ensureServerPki(folder, () => START)).ca).toEqual(ca);
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
    expect(readdirSync(folder)).toHaveLength(8);
  });

  it.each(['', '../x', 'a b', 'x'.repeat(65)])('cannot be called %j', async (name) => {
    const folder = temporaryFolder();
    expect(await pkiError(ensureNamedDevice(folder, name))).toMatchObject({ code: 'invalid-name' });
    expect(readdirSync(folder)).toEqual([]);
  });
});
