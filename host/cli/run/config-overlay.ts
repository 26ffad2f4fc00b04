import {
  checkFileDates,
  checkFilePair,
  examine,
  type Finding,
  inChainOrder,
  isConfigKey,
  openKeyFile,
  plainPkcs8,
  readCertificateFile,
  readRootFile,
  ruleOf,
  usableRoots,
} from '../../credentials/index.js';
import type { ConfigSource } from '../../microvisor/index.js';
import { type CredentialOptions, placeOf } from '../options/credential-options.js';
import { type CredentialValues, credentialValues, withUsableRoots } from '../options/credential-values.js';
import { UserError } from '../process/user-error.js';

/** What the options of a run stand for. */
export interface Overlay {
  values: CredentialValues;
  /** What is odd about the files, but does not keep the device from connecting. */
  warnings: Finding[];
}

const CHECKED = ['broker-host', 'broker-port', 'root-CA', 'cert', 'private_key'] as const;

/** Warnings about the demo application, which is not the one that runs. */
const OF_THE_DEMO = ['too-long-for-application', 'too-long-together'];

/**
 * The values that the options of a run stand for. A run accepts only an unencrypted PKCS#8 key, as the device does, and
 * nothing that the broker would refuse. Certificates and key pass the checks of `wasmqtt provision`.
 *
 * @param now milliseconds since 1970
 * @throws CredentialFileError, also for a certificate outside its dates, or a key that is not its own; UserError for a file
 *   that the device cannot use
 */
export function overlayOf(options: CredentialOptions, now: number): Overlay {
  const given = credentialValues(options, {
    roots(file) {
      const roots = readRootFile(file);
      // No root is left out: all are good, or none is usable.
      if (usableRoots(roots, now).length === roots.length) checkFileDates(file, readCertificateFile(file), now);
      return roots;
    },
    pair(certificateFile, keyFile) {
      const certificates = readCertificateFile(certificateFile);
      checkFileDates(certificateFile, certificates, now);
      const key = plainPkcs8(openKeyFile(keyFile));
      const chain = inChainOrder(certificates, key);
      checkFilePair(chain[0], key, keyFile, certificateFile.path);
      return { chain, key };
    },
  });
  const values = withUsableRoots(given, now);
  const found = findingsOf(given, values, options, now);
  // These values do not go through the stores: what counts is whether the application has room.
  const error = found.find(({ severity, trap }) => severity === 'error' && trap !== 'value-too-long');
  if (error) throw new UserError(`${error.where}: ${error.what} ${error.why} Fix: ${error.remedy}`);
  return {
    values,
    warnings: found.filter(({ severity, trap }) => severity === 'warning' && !OF_THE_DEMO.includes(trap)),
  };
}

/** An odd address is tried all the same: what comes of it is the last word. */
const ADDRESS = ['--broker-host', '--broker-port'];

/** What `wasmqtt provision` finds in the files of certificates and key, and in the address of the broker. */
function findingsOf(
  values: CredentialValues,
  stored: CredentialValues,
  options: CredentialOptions,
  now: number,
): Finding[] {
  const keys = CHECKED.filter((key) => values[key] !== undefined);
  const valuesOf = (store: 'config' | 'secret') =>
    new Map(keys.filter((key) => ruleOf(key).store === store).map((key) => [key as string, values[key] as string]));
  const places = keys.map((key) => placeOf(key, options) ?? key);
  return examine(
    { configs: valuesOf('config'), secrets: valuesOf('secret') },
    {
      now: new Date(now),
      warnDays: 0,
      stored,
      label: (key) => (isConfigKey(key) ? placeOf(key, options) : undefined),
      provision: 'wasmqtt run',
    },
  )
    .filter(({ where }) => places.some((place) => where === place || where.startsWith(`${place}, `)))
    .map((finding) => (ADDRESS.includes(finding.where) ? { ...finding, severity: 'warning' } : finding));
}

/** Looks in the overlay first, then in `below`, but there not for keys in `hidden`. */
export function overlaid(below: ConfigSource, overlay: CredentialValues, hidden: ReadonlySet<string>): ConfigSource {
  return {
    async fetch(items) {
      const found = await below.fetch(items);
      return items.map((item, index) => {
        const value = isConfigKey(item.key) && ruleOf(item.key).store === item.store ? overlay[item.key] : undefined;
        if (value !== undefined) return { result: 'ok', value };
        return hidden.has(item.key) ? { result: 'keyNotFound' } : found[index];
      });
    },
  };
}
