import { randomBytes, scrypt } from 'node:crypto';
import type { MasterKey } from '../seal/master-key.js';
import { KEY_LENGTH } from '../seal/xaes-gcm.js';
import { StoreError } from '../store-error.js';

/** What opens an archive. */
export type ArchiveSecret = { kind: 'master'; key: MasterKey } | { kind: 'passphrase'; passphrase: string };

/** What the first line of an archive says of its key. */
export type ArchiveKeyHeader =
  | { kind: 'master'; id: string; salt: string }
  | { kind: 'passphrase'; N: number; r: number; p: number; salt: string };

/** A pass-phrase is guessed offline, so each guess costs 128 MiB and a third of a second (RFC 7914). */
const COST = { N: 131_072, r: 8, p: 1 };
/** What a file may ask for at most: four times as much. */
const MAX_MEMORY = 512 * 1024 * 1024 + 1024 * 1024;
const SALT_LENGTH = 32;

/** A key for one archive. */
export async function newArchiveKey(secret: ArchiveSecret): Promise<{ header: ArchiveKeyHeader; key: Buffer }> {
  const salt = randomBytes(SALT_LENGTH).toString('base64');
  const header: ArchiveKeyHeader =
    secret.kind === 'master' ? { kind: 'master', id: secret.key.id, salt } : { kind: 'passphrase', ...COST, salt };
  return { header, key: await archiveKey(header, secret) };
}

/** The key of an archive. Rejects with StoreError `unusable` when it has another one. */
export async function archiveKey(header: ArchiveKeyHeader, secret: ArchiveSecret): Promise<Buffer> {
  if (header.kind === 'passphrase') {
    if (secret.kind === 'passphrase') return fromPassphrase(secret.passphrase, header);
    throw new StoreError('unusable', 'the export was made with a pass-phrase; give it with --passphrase-file');
  }
  if (secret.kind === 'passphrase') {
    throw new StoreError(
      'unusable',
      `the export was made with the master key ${header.id}, not with a pass-phrase; leave --passphrase-file out`,
    );
  }
  if (secret.key.id === header.id) return secret.key.derive('export', Buffer.from(header.salt, 'base64'));
  throw new StoreError(
    'unusable',
    `the export was made with the master key ${header.id}, and the one at hand is ${secret.key.id}; give its file with --key-file`,
  );
}

function fromPassphrase(
  passphrase: string,
  { N, r, p, salt }: ArchiveKeyHeader & { kind: 'passphrase' },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const refuse = () =>
      reject(new StoreError('damaged', 'the export asks for a pass-phrase in a way that is unknown'));
    const cost = { N, r, p, maxmem: MAX_MEMORY };
    if (p !== 1) return refuse();
    try {
      // One spelling of a pass-phrase, however a keyboard composes it.
      scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), KEY_LENGTH, cost, (error, key) => {
        if (error) refuse();
        else resolve(key);
      });
    } catch {
      refuse();
    }
  });
}
