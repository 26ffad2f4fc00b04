import { mkdirSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { readPrivate, replacePrivate, restrict, writePrivateOnce } from '../node/private-files.js';
import { reasonOf } from '../node/reason.js';
import { PkiError } from './pki-error.js';

const OWN_FILES = /^(ca|server|device-UV[0-9a-f]{32}|thing-[\w.-]{1,64})\.(pem|key)$|\.tmp$/;

/**
 * Makes the folder for its owner alone. An existing folder is closed to others too if it holds nothing but this PKI.
 *
 * @returns its absolute path
 * @throws PkiError `unusable`
 */
export function prepareFolder(directory: string): string {
  const path = resolve(directory);
  return guard(path, 'used as a folder', () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (readdirSync(path).every((name) => OWN_FILES.test(name))) restrict(path, 0o700);
    return path;
  });
}

/** See `readPrivate` of host/node. @throws PkiError `unusable` */
export function readOwn(path: string): string | undefined {
  return guard(path, 'read', () => readPrivate(path));
}

/** See `writePrivateOnce` of host/node. @throws PkiError `unusable` */
export function writeOnce(path: string, text: string): string {
  return guard(path, 'written', () => writePrivateOnce(path, text));
}

/** See `replacePrivate` of host/node. @throws PkiError `unusable` */
export function replaceFile(path: string, text: string): void {
  guard(path, 'written', () => replacePrivate(path, text));
}

function guard<T>(path: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const advice = 'change its permissions, or name another folder';
    throw new PkiError('unusable', `${path} cannot be ${what}: ${reasonOf(error)}; ${advice}`, path, { cause: error });
  }
}
