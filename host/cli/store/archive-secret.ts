import { type ArchiveSecret, MasterKeyFile, type MasterKeySource } from '../../cloud/index.js';
import { readSecretLine } from '../../credentials/index.js';
import { UsageError, UserError } from '../process/user-error.js';

export interface ArchiveSecretFlags {
  passphraseFile?: string;
  keyFile?: string;
}

/** What encrypts an export, or opens it: the pass-phrase, the key of a file, or the master key of the store. Rejects with UserError, UsageError. */
export async function archiveSecret(
  { passphraseFile, keyFile }: ArchiveSecretFlags,
  source: MasterKeySource,
): Promise<ArchiveSecret> {
  if (passphraseFile !== undefined) {
    if (keyFile !== undefined) throw new UsageError('--passphrase-file and --key-file exclude each other');
    const passphrase = readSecretLine({ option: '--passphrase-file', path: passphraseFile }, 'pass-phrase');
    return { kind: 'passphrase', passphrase };
  }
  const from = keyFile === undefined ? source : new MasterKeyFile(keyFile);
  const key = await from.read();
  if (key === undefined) throw new UserError(`${from.place} is missing; check the path`);
  return { kind: 'master', key };
}
