import { generateKeyPairSync, type KeyObject, type X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { commonName, isCurrent, isIssuedBy, notBefore, parseCertificate, parseKey } from './inspect.js';
import type { Purpose } from './issue.js';
import { PkiError } from './pki-error.js';
import { prepareFolder, readOwn, replaceFile, writeOnce } from './pki-files.js';

/** A certificate with its key, in the forms that servers (PEM) and devices (DER, PKCS#8 DER) take. */
export interface KeyPairFiles {
  certificatePem: string;
  certificateDer: Uint8Array;
  privateKeyPem: string;
  privateKeyPkcs8: Uint8Array;
}

/** The development PKI of one folder, as one device needs it. */
export interface Pki {
  ca: { certificatePem: string; certificateDer: Uint8Array };
  server: KeyPairFiles;
  device: KeyPairFiles;
}

export interface PkiOptions {
  /** the device certificate's CN: `UV` and 32 hex digits, written in lower case */
  deviceSid: string;
  /** the clock, in milliseconds since 1970; default `Date.now` */
  now?: () => number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LIFETIME: Record<Purpose, number> = { ca: 3652 * DAY, server: 365 * DAY, device: 365 * DAY };
/** A certificate is renewed when less time than this is left. */
const MARGIN: Record<Purpose, number> = { ca: 30 * DAY, server: 7 * DAY, device: 7 * DAY };
/** Certificates are valid from some time in the past, for peers whose clock is behind. */
const CLOCK_SKEW = HOUR;

/** A key and its certificate, as the files hold them. */
interface Entry {
  certificate: X509Certificate;
  key: KeyObject;
}

/**
 * The CA, server and device certificates of a folder. The first call makes them, later ones read them and renew them
 * before they end: a CA certificate lives 10 years and is renewed when less than 30 days are left, the others live one
 * year and are renewed when less than 7 days are left. Certificates of other devices in the folder stay as they are.
 *
 * @param directory made with mode 0700 if it is missing
 * @throws PkiError when a file is damaged, was not made here, lacks its key or has another's, or cannot be read or
 *   written; then nothing is replaced
 *
 * @example
 * ```ts
 * import { X509Certificate } from 'node:crypto';
 * import { ensurePki, type KeyPairFiles, type Pki, type PkiOptions } from 'wasmqtt/pki';
 *
 * const options: PkiOptions = { deviceSid: 'UVffffffffffffffffffffffffffffffff' };
 * const pki: Pki = await ensurePki('pki', options);
 * const device: KeyPairFiles = pki.device;
 * new X509Certificate(device.certificatePem).subject; // => 'CN=UVffffffffffffffffffffffffffffffff'
 * // Later calls read what the first has made.
 * (await ensurePki('pki', options)).device.privateKeyPem === device.privateKeyPem; // => true
 * ```
 */
export async function ensurePki(directory: string, options: PkiOptions): Promise<Pki> {
  const deviceSid = normalizeDeviceSid(options.deviceSid);
  const now = (options.now ?? Date.now)();
  const folder = prepareFolder(directory);
  const { ca, server } = await ensureServerEntries(folder, now);
  const device = await ensureEntry(folder, `device-${deviceSid}`, { purpose: 'device', now, ca, name: deviceSid });
  return { ca: certificateForms(ca.certificate), server: toFiles(server), device: toFiles(device) };
}

/**
 * The same without a device: for a server whose clients have certificates from elsewhere.
 *
 * @throws PkiError as `ensurePki`
 *
 * @example
 * ```ts
 * import { createServer } from 'node:tls';
 * import { ensureServerPki } from 'wasmqtt/pki';
 *
 * const { ca, server } = await ensureServerPki('pki');
 * const listener = createServer({ cert: server.certificatePem, key: server.privateKeyPem, ca: ca.certificatePem });
 * listener.listen(0, '127.0.0.1', () => listener.close());
 * ```
 */
export async function ensureServerPki(directory: string, now = Date.now): Promise<Pick<Pki, 'ca' | 'server'>> {
  const { ca, server } = await ensureServerEntries(prepareFolder(directory), now());
  return { ca: certificateForms(ca.certificate), server: toFiles(server) };
}

/** Where the certificate and the key of a device are that has another name than a device SID. */
export interface NamedDevice extends KeyPairFiles {
  certificateFile: string;
  keyFile: string;
}

/**
 * The certificate of a device with this name, as `ensurePki` makes those of device SIDs.
 *
 * @param name the CN: 1 to 64 of letters, digits, `:`, `_` and `-`
 * @throws PkiError as `ensurePki`, and `invalid-name`
 *
 * @example
 * ```ts
 * import { ensureNamedDevice, type NamedDevice } from 'wasmqtt/pki';
 *
 * const sensor: NamedDevice = await ensureNamedDevice('pki', 'site:sensor');
 * sensor.certificatePem.split('\n', 1); // => [ '-----BEGIN CERTIFICATE-----' ]
 * sensor.certificateFile.endsWith('thing-site.sensor.pem'); // => true
 * ```
 */
export async function ensureNamedDevice(directory: string, name: string, now = Date.now): Promise<NamedDevice> {
  if (!/^[a-zA-Z0-9:_-]{1,64}$/.test(name)) {
    const shown = JSON.stringify(name.slice(0, 100));
    throw new PkiError('invalid-name', `${shown} is not a name: use 1 to 64 letters, digits and :_-`);
  }
  const folder = prepareFolder(directory);
  const { ca } = await ensureServerEntries(folder, now());
  const file = `thing-${name.replaceAll(':', '.')}`;
  const device = await ensureEntry(folder, file, { purpose: 'device', now: now(), ca, name });
  return {
    ...toFiles(device),
    certificateFile: join(folder, `${file}.pem`),
    keyFile: join(folder, `${file}.key`),
  };
}

async function ensureServerEntries(folder: string, now: number): Promise<{ ca: Entry; server: Entry }> {
  const ca = await ensureEntry(folder, 'ca', { purpose: 'ca', now });
  const server = await ensureEntry(folder, 'server', { purpose: 'server', now, ca, name: 'localhost' });
  return { ca, server };
}

interface Wanted {
  purpose: Purpose;
  now: number;
  /** who issues it; without it the certificate is a CA's own */
  ca?: Entry;
  name?: string;
}

async function ensureEntry(folder: string, file: string, wanted: Wanted): Promise<Entry> {
  const keyFile = join(folder, `${file}.key`);
  const certificateFile = join(folder, `${file}.pem`);
  const certificatePem = readOwn(certificateFile);
  const keyPem = readOwn(keyFile);
  if (certificatePem !== undefined && keyPem === undefined) {
    const advice = `put the key back, or delete ${certificateFile}, then both are made again`;
    throw new PkiError('key-missing', `${keyFile} is missing; ${advice}`, keyFile);
  }
  // The key is on disk before its certificate, so after a kill at any moment the certificate can be made from it.
  const key = parseKey(keyPem ?? writeOnce(keyFile, makeKey()), keyFile, certificateFile);
  const parse = (pem: string) => parseCertificate(pem, certificateFile, key, keyFile);
  if (certificatePem === undefined) {
    return { key, certificate: parse(writeOnce(certificateFile, await issueFor(key, wanted))) };
  }
  const kept = parse(certificatePem);
  if (isWanted(kept, wanted)) return { key, certificate: kept };
  const renewed = await issueFor(key, wanted);
  replaceFile(certificateFile, renewed);
  return { key, certificate: parse(renewed) };
}

function isWanted(certificate: X509Certificate, { purpose, now, ca, name }: Wanted): boolean {
  if (!isCurrent(certificate, now, MARGIN[purpose])) return false;
  if (ca === undefined) return certificate.ca && isIssuedBy(certificate, certificate);
  return commonName(certificate.subject) === name && isIssuedBy(certificate, ca.certificate);
}

const FROZEN =
  'certificates are made by a library that adds to Reflect, which --frozen-intrinsics forbids: ' +
  'start Node without it once, so that they are made, or use your own broker and certificates';

/** Loaded only when needed, because @peculiar/x509 takes longer to load than everything else here takes to run. */
async function loadIssue(): Promise<typeof import('./issue.js')> {
  if (Object.isFrozen(Reflect)) throw new PkiError('frozen-intrinsics', FROZEN);
  return import('./issue.js');
}

async function issueFor(key: KeyObject, { purpose, now, ca, name }: Wanted): Promise<string> {
  const { caName, issue } = await loadIssue();
  const begin = now - CLOCK_SKEW;
  const end = now + LIFETIME[purpose];
  if (ca === undefined) return issue({ purpose, key, commonName: caName(key), notBefore: begin, notAfter: end });
  return issue({
    purpose,
    key,
    issuer: { key: ca.key, certificateDer: ca.certificate.raw },
    commonName: name ?? '',
    notBefore: Math.max(begin, notBefore(ca.certificate)),
    notAfter: Math.min(end, Date.parse(ca.certificate.validTo)),
  });
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function certificateForms(certificate: X509Certificate): Pki['ca'] {
  return { certificatePem: certificate.toString(), certificateDer: new Uint8Array(certificate.raw) };
}

function toFiles({ certificate, key }: Entry): KeyPairFiles {
  return {
    ...certificateForms(certificate),
    privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKeyPkcs8: new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })),
  };
}

/** The SID becomes part of a file name, so nothing but a SID may pass. */
function normalizeDeviceSid(sid: string): string {
  if (/^UV[0-9a-fA-F]{32}$/.test(sid)) return `UV${sid.slice(2).toLowerCase()}`;
  const shown = JSON.stringify(String(sid).slice(0, 100));
  throw new PkiError('invalid-device-sid', `${shown} is not a device SID; a device SID is "UV" and 32 hex digits`);
}
