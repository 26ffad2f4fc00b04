import { execFileSync } from 'node:child_process';
import {
  CredentialFileError,
  convertedPkcs8,
  openKeyFile,
  readCertificateFile,
  readRootFile,
} from '../../../host/credentials/index.js';
import type { Authority } from '../../interop/authority.js';

export type Option = '--root-ca' | '--cert' | '--key';

/** The DER that an option takes out of a file. @throws CredentialFileError */
export function derFrom(option: Option, path: string): Buffer {
  const place = { option, path };
  if (option === '--key') return convertedPkcs8(openKeyFile(place));
  return Buffer.concat(option === '--cert' ? readCertificateFile(place) : readRootFile(place));
}

/** The sentence with which a file is refused, without its folder. */
export function refusal({ folder }: Authority, action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof CredentialFileError) return error.message.replaceAll(`${folder}/`, '');
    throw error;
  }
  throw new Error('it succeeded, and a CredentialFileError was expected');
}

/**
 * Runs the command that a sentence ends with, as a user would for this file.
 *
 * @param more options that only a test needs, for example a pass-phrase that a user types
 * @returns the path of the file that the command made
 */
export function followAdvice({ folder }: Authority, sentence: string, name: string, more = ''): string {
  const command = sentence.slice(sentence.lastIndexOf(': ') + 2).replace(/\bFILE\b/g, name) + more;
  const made = [...command.matchAll(/(?:-out|>|-f) (\S+)/g)].at(-1)?.[1];
  if (made === undefined) throw new Error(`the command makes no file: ${command}`);
  execFileSync('sh', ['-c', command], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  return `${folder}/${made}`;
}
