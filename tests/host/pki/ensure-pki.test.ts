// needs: openssl
import { X509Certificate } from 'node:crypto';
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Pki } from '../../../host/pki/index.js';
import { DAY, openssl, pkiAt, pkiError, SID, temporaryFolder } from './pki-rig.js';

const START = Date.UTC(2030, 0, 15, 12, 0, 0, 789);
const NAMES = ['ca.key', 'ca.pem', `device-${SID}.key`, `device-${SID}.pem`, 'server.key', 'server.pem'];

const contents = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
const dates = (pem: string) => {
  const { validFrom, validTo } = new X509Certificate(pem);
  return [Date.parse(validFrom), Date.parse(validTo)];
};
const verifies = ({ ca, server, device }: Pki) =>
  [server, device].every((leaf) => {
    const issuer = new X509Certificate(ca.certificatePem);
    const certificate = new X509Certificate(leaf.certificatePem);
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  });

describe('the first call', () => {
  it('makes a folder and files for their owner alone', async () => {
    const folder = join(temporaryFolder(), 'a/pki');
    await pkiAt(folder, START);
    expect(readdirSync(folder).sort()).toEqual(NAMES);
    expect(mode(folder)).toBe('700');
    expect(new Set(NAMES.map((name) => mode(join(folder, name))))).toEqual(new Set(['600']));
  });

  it('makes certificates that are valid from an hour before, the CA for ten years, the others for one', async () => {
    const { ca, server, device } = await pkiAt(temporaryFolder(), START);
    const second = START - 789;
    expect(dates(ca.certificatePem)).toEqual([second - 3_600_000, second + 3652 * DAY]);
    expect(dates(server.certificatePem)).toEqual([second - 3_600_000, second + 365 * DAY]);
    expect(dates(device.certificatePem)).toEqual([second - 3_600_000, second + 365 * DAY]);
  });

  it('writes dates from 2050 on as GeneralizedTime (RFC 5280, 4.1.2.5)', async () => {
    const folder = temporaryFolder();
    await pkiAt(folder, Date.UTC(2045, 0, 1));
    const { output } = await openssl('asn1parse', '-in', join(folder, 'ca.pem'));
    expect(output).toMatch(/UTCTIME\s+:441231230000Z\n.*GENERALIZEDTIME\s+:20550101000000Z\n/);
  });

  it('returns the same as PEM and as DER', async () => {
    const { ca, device } = await pkiAt(temporaryFolder(), START);
    const der = (pem: string) => new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'));
    expect(device.certificateDer).toEqual(der(device.certificatePem));
    expect(device.privateKeyPkcs8).toEqual(der(device.privateKeyPem));
    expect(ca.certificateDer).toEqual(der(ca.certificatePem));
  });

  it('makes one PKI even if several come at once', async () => {
    const folder = temporaryFolder();
    const all = await Promise.all([1, 2, 3].map(() => pkiAt(folder, START)));
    expect(all[1]).toEqual(all[0]);
    expect(all[2]).toEqual(all[0]);
    expect(readdirSync(folder).sort()).toEqual(NAMES);
  });
});

describe('later calls', () => {
  it('change nothing while everything is valid', async () => {
    const folder = temporaryFolder();
    const first = await pkiAt(folder, START);
    const files = contents(folder);
    expect(await pkiAt(folder, START + 300 * DAY)).toEqual(first);
    expect(contents(folder)).toEqual(files);
  });

  it('close files to others that were open to them', async () => {
    const folder = temporaryFolder();
    await pkiAt(folder, START);
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'ca.key'), 0o644);
    await pkiAt(folder, START);
    expect([mode(folder), mode(join(folder, 'ca.key'))]).toEqual(['700', '600']);
  });

  it('renew server and device certificate when less than 7 days are left, for the same keys', async () => {
    const folder = temporaryFolder();
    const first = await pkiAt(folder, START);
    const end = dates(first.server.certificatePem)[1];
    expect(await pkiAt(folder, end - 7 * DAY)).toEqual(first);
    const renewed = await pkiAt(folder, end - 7 * DAY + 1);
    expect(renewed.ca).toEqual(first.ca);
    for (const kind of ['server', 'device'] as const) {
      expect(dates(renewed[kind].certificatePem)[1]).toBeGreaterThan(end + 357 * DAY);
      expect(renewed[kind].privateKeyPem).toBe(first[kind].privateKeyPem);
    }
    expect(verifies(renewed)).toBe(true);
    expect(await pkiAt(folder, end)).toEqual(renewed);
  });

  it('renew the CA when less than 30 days are left, and all others with it', async () => {
    const folder = temporaryFolder();
    const end = dates((await pkiAt(folder, START)).ca.certificatePem)[1];
    const before = await pkiAt(folder, end - 30 * DAY);
    expect(dates(before.ca.certificatePem)[1]).toBe(end);
    // No certificate outlives its issuer.
    expect(dates(before.device.certificatePem)[1]).toBe(end);
    const after = await pkiAt(folder, end - 30 * DAY + 1000);
    expect(dates(after.ca.certificatePem)[1]).toBeGreaterThan(end + 3600 * DAY);
    expect(after.server.certificatePem).not.toBe(before.server.certificatePem);
    expect(after.device.certificatePem).not.toBe(before.device.certificatePem);
    expect(verifies(after)).toBe(true);
    expect(await pkiAt(folder, end)).toEqual(after);
  });

  it('renew certificates that are not valid yet, as after the clock was set back', async () => {
    const folder = temporaryFolder();
    await pkiAt(folder, START);
    const { ca, device } = await pkiAt(folder, START - 400 * DAY);
    expect(dates(ca.certificatePem)[0]).toBeLessThan(START - 400 * DAY);
    expect(dates(device.certificatePem)[0]).toBeLessThan(START - 400 * DAY);
  });

  it('keep a certificate for each device', async () => {
    const folder = temporaryFolder();
    const other = `UV${'A'.repeat(32)}`;
    const first = await pkiAt(folder, START);
    const second = await pkiAt(folder, START, other);
    expect(second.ca).toEqual(first.ca);
    expect(second.device).not.toEqual(first.device);
    expect(new X509Certificate(second.device.certificatePem).subject).toBe(`CN=UV${'a'.repeat(32)}`);
    expect(await pkiAt(folder, START)).toEqual(first);
  });

  const ORDER = ['ca.key', 'ca.pem', 'server.key', 'server.pem', `device-${SID}.key`, `device-${SID}.pem`];

  it.each(ORDER.map((_, written) => written))(
    'issue what is missing after a process was killed that had written %i files',
    async (written) => {
      const folder = temporaryFolder();
      await pkiAt(folder, START);
      const before = contents(folder);
      for (const name of ORDER.slice(written)) rmSync(join(folder, name));
      writeFileSync(join(folder, '.ca.pem.0123456789ab.tmp'), '-----BEGIN CERT');
      const pki = await pkiAt(folder, START);
      expect(verifies(pki)).toBe(true);
      for (const name of ORDER.slice(0, written)) expect(contents(folder)[name]).toBe(before[name]);
      expect(
        Object.keys(contents(folder))
          .filter((name) => !name.endsWith('.tmp'))
          .sort(),
      ).toEqual(NAMES);
    },
  );

  it('issue again for a CA that was deleted and made again', async () => {
    const folder = temporaryFolder();
    const first = await pkiAt(folder, START);
    rmSync(join(folder, 'ca.pem'));
    rmSync(join(folder, 'ca.key'));
    const second = await pkiAt(folder, START);
    expect(second.ca).not.toEqual(first.ca);
    expect(verifies(second)).toBe(true);
  });
});

describe('files that are damaged, missing or foreign', () => {
  const device = `device-${SID}`;
  const otherCertificate = async (folder: string, name: string) => {
    const other = temporaryFolder();
    await pkiAt(other, START);
    copyFileSync(join(other, `${name}.pem`), join(folder, `${name}.pem`));
  };
  const foreign = async (folder: string, name: string) => {
    await openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=my own CA'],
      ...['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`), '-days', '1'],
    );
  };
  const damages: [string, string, string, (folder: string) => unknown][] = [
    ['ca.pem cut off', 'damaged', 'ca.pem', (folder) => cutOff(join(folder, 'ca.pem'))],
    ['ca.key cut off', 'damaged', 'ca.key', (folder) => cutOff(join(folder, 'ca.key'))],
    ['server.pem empty', 'damaged', 'server.pem', (folder) => writeFileSync(join(folder, 'server.pem'), '')],
    [
      'server.key with other text',
      'damaged',
      'server.key',
      (folder) => writeFileSync(join(folder, 'server.key'), 'key'),
    ],
    ['a damaged device certificate', 'damaged', `${device}.pem`, (folder) => cutOff(join(folder, `${device}.pem`))],
    ['a CA certificate of another key', 'key-mismatch', 'ca.pem', (folder) => otherCertificate(folder, 'ca')],
    [
      'a server certificate of another key',
      'key-mismatch',
      'server.pem',
      (folder) => otherCertificate(folder, 'server'),
    ],
    [
      'a device certificate of another key',
      'key-mismatch',
      `${device}.pem`,
      (folder) => otherCertificate(folder, device),
    ],
    ['ca.key missing', 'key-missing', 'ca.key', (folder) => rmSync(join(folder, 'ca.key'))],
    ['a missing device key', 'key-missing', `${device}.key`, (folder) => rmSync(join(folder, `${device}.key`))],
    ["somebody's own CA", 'foreign', 'ca.pem', (folder) => foreign(folder, 'ca')],
    ["somebody's own server certificate", 'foreign', 'server.pem', (folder) => foreign(folder, 'server')],
  ];

  it.each(damages)('are named and left as they are: %s', async (_, code, name, damage) => {
    const folder = temporaryFolder();
    await pkiAt(folder, START);
    await damage(folder);
    const before = contents(folder);
    // Long after everything has expired, too.
    for (const time of [START, START + 5000 * DAY]) {
      const error = await pkiError(pkiAt(folder, time));
      expect([error.code, error.file]).toEqual([code, join(folder, name)]);
      expect(error.message).toContain(join(folder, name));
      expect(error.message).toMatch(/delete|move/);
      expect(error.message).not.toContain('\n');
    }
    for (const [file, text] of Object.entries(before)) {
      if (file === name || file.replace('pem', 'key') === name.replace('pem', 'key'))
        expect(contents(folder)[file]).toBe(text);
    }
  });

  it.each(damages.filter(([, code]) => code !== 'foreign'))(
    'are repaired by what the message says: %s',
    async (_, _code, _name, damage) => {
      const folder = temporaryFolder();
      await pkiAt(folder, START);
      await damage(folder);
      const { message, file } = await pkiError(pkiAt(folder, START));
      const advice = message.slice(message.indexOf('; ') + 2).replace('delete it', `delete ${file}`);
      const [, toDelete] = /delete (.*), then/.exec(advice) ?? [];
      for (const path of toDelete.split(' and ')) rmSync(path);
      expect(verifies(await pkiAt(folder, START))).toBe(true);
    },
  );

  it('are not made when there is a file where the folder belongs', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'something else');
    const error = await pkiError(pkiAt(file, START));
    expect([error.code, error.file]).toEqual(['unusable', file]);
    expect(readFileSync(file, 'utf8')).toBe('something else');
  });

  it.each(['', 'my-device', '../../etc/passwd', `UV${'g'.repeat(32)}`, `${SID}\n`])(
    'are not made for %j, which is not a device SID',
    async (deviceSid) => {
      const folder = temporaryFolder();
      expect((await pkiError(pkiAt(folder, START, deviceSid))).code).toBe('invalid-device-sid');
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});

function cutOff(path: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, 60));
}
