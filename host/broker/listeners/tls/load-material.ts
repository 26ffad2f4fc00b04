import { randomBytes } from 'node:crypto';
import { createSecureContext, DEFAULT_CIPHERS, type SecureContextOptions } from 'node:tls';
import { type CertificateInfo, isPem, pemOf, readCertificate, readCrl, readPem } from '../../../core/index.js';
import { readRegularFile } from '../../../node/files/regular-file.js';
import { reasonOf } from '../../../node/reason.js';
import { checkServerPair } from '../../../tls/server-pair.js';
import { BrokerError } from '../listener.js';
import { RevocationLists } from './revocation-lists.js';
import type { PemSource, TlsSettings } from './tls-settings.js';

/** Bytes of the keys that session tickets are encrypted with (tls.Server.setTicketKeys). */
const TICKET_KEYS = 48;

/** Material that was read and found usable. */
export interface LoadedMaterial {
  /** For the secure context of the server. */
  options: SecureContextOptions & { ticketKeys: Buffer };
  /** Those of `ca` that are strict DER. */
  authorities: CertificateInfo[];
  revocation: RevocationLists;
}

/**
 * Reads and checks everything, files too, and changes nothing.
 *
 * @throws BrokerError `tls`: which part, of which file, cannot be used, and why
 */
export function loadMaterial(settings: TlsSettings): LoadedMaterial {
  const { minimumVersion = 'TLSv1.2', maximumVersion = 'TLSv1.3', dhParameters } = settings;
  const ciphers = ciphersOf(settings);
  const [cert, key] = [textOf(settings.cert, 'cert'), textOf(settings.key, 'key')];
  checkServerPair(
    { name: nameOf('cert', settings.cert), text: cert },
    { name: nameOf('key', settings.key), text: key },
    unusable,
  );
  const ca = listOf(settings.ca).map((source) => authorityText(source));
  const lists = listOf(settings.crl).flatMap(revocationLists);
  const options: LoadedMaterial['options'] = {
    cert,
    key,
    minVersion: minimumVersion,
    maxVersion: maximumVersion,
    // Tickets are not to outlive what they were issued under: a revoked client would resume with one.
    ticketKeys: randomBytes(TICKET_KEYS),
    ...(ca.length > 0 && { ca }),
    ...(lists.length > 0 && { crl: lists.map(({ raw }) => pemOf('X509 CRL', raw)) }),
    ...(ciphers !== undefined && { ciphers }),
    ...(dhParameters && { dhparam: dhParametersText(dhParameters) }),
  };
  try {
    createSecureContext(options);
  } catch (error) {
    throw unusable(failed(error, ciphers), reasonOf(error), '', error);
  }
  return { options, authorities: ca.flatMap(certificatesIn), revocation: new RevocationLists(lists) };
}

/** Node takes what it cannot read for none. */
function dhParametersText(source: PemSource): string {
  if (source === 'auto') return source;
  const text = textOf(source, 'dhParameters');
  if (/^-----BEGIN (?:X9\.42 )?DH PARAMETERS-----/m.test(text)) return text;
  const advice = 'give what openssl dhparam prints, or "auto"';
  throw unusable(nameOf('dhParameters', source), 'it holds no block DH PARAMETERS', advice);
}

/** Node has one list for all versions, and takes one without suites of TLS 1.3 for a wish to have no TLS 1.3. */
function ciphersOf({ ciphers, cipherSuites }: TlsSettings): string | undefined {
  if (ciphers === undefined && cipherSuites === undefined) return undefined;
  const isSuite = (name: string) => name.startsWith('TLS_');
  const usual = DEFAULT_CIPHERS.split(':');
  const ofBoth = ciphers?.split(':').some(isSuite) ? [] : usual.filter(isSuite);
  const suites = cipherSuites ?? ofBoth.join(':');
  const others = ciphers ?? usual.filter((name) => !isSuite(name)).join(':');
  return suites ? `${suites}:${others}` : others;
}

/** The files that sources name. */
export function filesOf({ cert, key, ca, crl, dhParameters = 'auto' }: TlsSettings): string[] {
  const sources = [cert, key, ...listOf(ca), ...listOf(crl), dhParameters];
  return sources.flatMap((source) => (isFile(source) ? [source.file] : []));
}

/** `what` begins with the name of the option. */
function unusable(what: string, reason: string, advice = '', cause?: unknown): BrokerError {
  return new BrokerError('tls', `the broker's ${what} cannot be used: ${reason}${advice && `; ${advice}`}`, { cause });
}

function authorityText(source: PemSource): string {
  const text = textOf(source, 'ca');
  if (certificateBlocks(text).length > 0) return text;
  throw unusable(nameOf('ca', source), 'it holds no certificate', 'give PEM certificates, from BEGIN to END lines');
}

const certificateBlocks = (text: string) => readPem(text).blocks.filter(({ label }) => label.endsWith('CERTIFICATE'));

/** Those that are strict DER: OpenSSL checks the others too, only what is said about them is less. */
function certificatesIn(text: string): CertificateInfo[] {
  return certificateBlocks(text).flatMap((block) => {
    try {
      return [readCertificate(derOf(block.text))];
    } catch {
      return [];
    }
  });
}

function revocationLists(source: PemSource): ReturnType<typeof readCrl>[] {
  const name = nameOf('crl', source);
  const bytes = bytesOf(source, 'crl');
  const ders = isPem(bytes)
    ? readPem(bytes.toString('latin1'))
        .blocks.filter(({ label }) => label === 'X509 CRL')
        .map((block) => derOf(block.text))
    : [bytes];
  if (ders.length === 0) throw unusable(name, 'it holds no CRL', 'give blocks that begin with BEGIN X509 CRL, or DER');
  return ders.map((der) => {
    try {
      return readCrl(der);
    } catch (error) {
      throw unusable(name, reasonOf(error), 'give CRLs as PEM or DER, without anything between', error);
    }
  });
}

function derOf(block: string): Buffer {
  return Buffer.from(block.replaceAll(/-----[^-]*-----/g, ''), 'base64');
}

/** Sources of PEM as text, for OpenSSL. */
function textOf(source: PemSource, option: string): string {
  return typeof source === 'string' ? source : bytesOf(source, option).toString('latin1');
}

function bytesOf(source: PemSource, option: string): Buffer {
  if (typeof source === 'string') return Buffer.from(source, 'latin1');
  if (!isFile(source)) return Buffer.from(source);
  try {
    return readRegularFile(source.file);
  } catch (error) {
    throw unusable(nameOf(option, source), reasonOf(error), 'check the path and its permissions', error);
  }
}

function isFile(source: PemSource): source is { readonly file: string } {
  return typeof source === 'object' && 'file' in source;
}

function nameOf(option: string, source: PemSource): string {
  return isFile(source) ? `${option} (${source.file})` : option;
}

function listOf(sources: PemSource | readonly PemSource[] | undefined): readonly PemSource[] {
  if (sources === undefined) return [];
  return Array.isArray(sources) ? sources : [sources as PemSource];
}

/** What OpenSSL found wrong only when all was put together. */
function failed(error: unknown, ciphers: string | undefined): string {
  const reason = reasonOf(error);
  if (/cipher/i.test(reason)) return `ciphers ${JSON.stringify(ciphers)}`;
  return /\bdh\b/i.test(reason) ? 'dhParameters' : 'certificates';
}
