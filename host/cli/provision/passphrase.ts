import { CredentialFileError, type KeyFile, readSecretLine } from '../../credentials/index.js';
import { typedLine } from '../process/typed-line.js';

/**
 * The pass-phrase of an encrypted key: from the file, else typed on the terminal, which does not show it. Undefined for a
 * key that is not encrypted.
 *
 * @throws CredentialFileError when there is neither file nor terminal; UserError at Ctrl-C
 */
export async function passphraseFor(key: KeyFile, file: string | undefined): Promise<string | undefined> {
  if (!key.encrypted) return undefined;
  if (file !== undefined) return readSecretLine({ option: '--key-passphrase-file', path: file }, 'pass-phrase');
  if (!process.stdin.isTTY) {
    throw new CredentialFileError(
      key.place,
      'is encrypted; give the file of its pass-phrase with --key-passphrase-file',
    );
  }
  return typedLine(`Pass-phrase of ${key.place.path}: `);
}
