import { CredentialFileError, type KeyFile, readSecretLine } from '../../credentials/index.js';
import { UserError } from '../process/user-error.js';

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
  return typed(`Pass-phrase of ${key.place.path}: `);
}

const CTRL_C = '\u0003';
const ERASE = ['\u007f', '\b'];

/** A line typed on the terminal, not echoed. */
function typed(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  return new Promise((resolve, reject) => {
    let line: string[] = [];
    const end = (act: () => void) => {
      stdin.off('data', take).setRawMode(false).pause();
      stderr.write('\n');
      act();
    };
    const take = (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return end(() => resolve(line.join('')));
        if (character === CTRL_C) return end(() => reject(new UserError('ended at the prompt; nothing was written')));
        if (ERASE.includes(character)) line = line.slice(0, -1);
        else line.push(character);
      }
    };
    // Until the terminal is raw it echoes what is typed, so the prompt must wait for that.
    stdin.setRawMode(true).setEncoding('utf8').on('data', take).resume();
    stderr.write(prompt);
  });
}
