import type { PlannedWrite } from '../../cloud/index.js';
import { asVersionOne, isAsStored, type KeyFile } from '../../credentials/index.js';
import { shellWord } from './shell-word.js';

/** A shell command that prints the characters of a value, and nothing else. */
export type ValueSource = string;

/**
 * The `curl` command that does a write, as in the documents.
 *
 * @param collection address of the collection, quoted for the shell
 * @param source prints a value that is secret; without it the value itself is in the command
 */
export function writeCommand(write: PlannedWrite, collection: string, source?: ValueSource): string {
  const { key, value, how } = write;
  const address = how === 'create' ? collection : addressOf(collection, key);
  const fields = how === 'create' ? [`Key=${key}`] : [];
  if (source === undefined) return curl('POST', [...fields, `Value=${value}`], address);
  // The variable makes the command fail before it stores anything if the value cannot be read; the pipe keeps the value
  // out of the list of processes.
  const request = curl('POST', [...fields, 'Value@-'], address);
  return `(set -e -o pipefail\n  value=$(${source})\n  printf %s "$value" | ${request}\n)`;
}

/** The `curl` command that puts back what was there before a write. */
export function undoCommand(write: PlannedWrite, collection: string): string {
  if (write.how === 'create') return curl('DELETE', [], addressOf(collection, write.key));
  return writeCommand({ ...write, value: write.before ?? '' }, collection);
}

/** The `curl` command that removes a value. */
export function removeCommand(key: string, collection: string): string {
  return curl('DELETE', [], addressOf(collection, key));
}

function curl(method: string, fields: readonly string[], address: string): string {
  return [
    `curl --fail -X ${method}`,
    ...fields.map((field) => `--data-urlencode ${shellWord(field)}`),
    `--silent --show-error ${address}`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of the shell
    '-u "${TWILIO_ACCOUNT_SID}:${TWILIO_AUTH_TOKEN}"',
  ].join(' \\\n    ');
}

/** The shell joins adjacent words, so the key follows the quoted address. */
function addressOf(collection: string, key: string): string {
  return `${collection}/${shellWord(encodeURIComponent(key))}`;
}

/**
 * Prints a key file as the hex digits that are stored. The pass-phrase comes from its file, else openssl asks for it.
 *
 * @param stored the value, hex digits
 */
export function keySource(key: KeyFile, stored: string, passphraseFile?: string): ValueSource {
  const hex = `hexdump -v -e '1/1 "%02x"'`;
  const { place, encoding, encrypted, content } = key;
  const file = shellPath(place.path);
  if (isAsStored(key, stored)) return `${hex} ${file}`;
  const inform = `-inform ${encoding} -in ${file}`;
  const version1 = encrypted ? undefined : asVersionOne(content);
  if (version1) {
    // OpenSSL before 3.5 does not read version 2, but takes PEM apart.
    const { head, from, to } = version1;
    const der = encoding === 'pem' ? `openssl asn1parse ${inform} -noout -out /dev/stdout` : `cat ${file}`;
    return `printf ${head.toString('hex')}; ${der} | tail -c +${from + 1} | head -c ${to - from} | ${hex}`;
  }
  const convert = `openssl pkcs8 -topk8 -nocrypt ${inform} -outform der`;
  if (!encrypted || passphraseFile === undefined) return `${convert} | ${hex}`;
  return `${lineSource(passphraseFile)} | ${convert} -passin stdin | ${hex}`;
}

/** Prints the only line of a file, without the line end. */
export function lineSource(file: string): ValueSource {
  return `tr -d '\\r\\n' < ${shellPath(file)}`;
}

/** A path that no program mistakes for an option. */
function shellPath(path: string): string {
  return shellWord(path.startsWith('-') ? `./${path}` : path);
}
