import { results } from '../../../core/index.js';
import { isConfigKey } from '../../../credentials/index.js';

const HEX = `store the hex digits of the DER file and nothing else: hexdump -v -e '1/1 "%02x"' FILE`;
const toHex = (convert: string) =>
  `convert it with openssl ${convert} -in FILE -outform der -out FILE.der, then store the hex of FILE.der: ` +
  `hexdump -v -e '1/1 "%02x"' FILE.der`;

/** What to do, for each key that the application reads from the stores and the reason that it reports. */
const ADVICE: [keys: RegExp, reason: RegExp, advice: string][] = [
  [/^(root-CA|cert)$/, /PEM/, toHex('x509')],
  [/^private_key$/, /PEM|PKCS#1|encrypted/, toHex('pkcs8 -topk8 -nocrypt')],
  [/^(root-CA|cert)$/, /a private key stands/, 'store the hex of the certificate here, and the key in private_key'],
  [/^private_key$/, /a certificate stands/, 'store the hex of the PKCS#8 key that belongs to the certificate'],
  [/^private_key$/, /not found/, 'store it there, or delete cert'],
  [/^cert$/, /not found/, 'store it there, or delete private_key'],
  [/^password$/, /not found/, 'store it there, or delete username'],
  [/^username$/, /not found/, 'store it there, or delete password'],
  [/^broker-port$/, /port|empty|long/, 'store the TLS port of the broker, usually 8883'],
  [/^broker-host$/, /empty|long/, 'store the host name of the broker'],
  [/^(client-id|username|password|root-CA|cert|private_key)$/, /is empty/, 'store a value, or delete the key'],
  [/^(client-id|username|password)$/, /longer/, 'store a shorter value'],
  [/^(root-CA|cert|private_key)$/, /longer/, 'store a shorter chain or key, for example of type EC'],
  [/^(root-CA|cert)$/, /more than 8/, 'store only the certificates that are needed'],
  [/^(root-CA|cert|private_key)$/, /^(?!.*;)/, HEX],
];

/** The reasons of the application: all others are rules of hex and DER. */
const OF_THE_APPLICATION: ReadonlySet<string> = new Set(
  Object.values(results).flatMap(({ name, text }) => (name.startsWith('APP_') ? [text] : [])),
);

/**
 * The last error line of the application, `KEY: REASON (character N)` or `(byte N)`, with what to do about it. A place that does not
 * help is left out. Lines of any other shape are returned as they are.
 */
export function describeGuestError(text: string): string {
  const [, key, said, unit, place] = /^([\w-]+): (.*?)(?: \((character|byte) (\d+)\))?$/s.exec(text) ?? [];
  if (key === undefined || !isConfigKey(key)) return text;
  const [, , advice] = ADVICE.find(([keys, reason]) => keys.test(key) && reason.test(said)) ?? [];
  const reason = advice === undefined ? said : said.replace(/;.*$/, '');
  return `${key}: ${kindOf(key, said, unit)}${reason}${spotOf(said, unit, place)}${advice === undefined ? '' : `; ${advice}`}`;
}

/** Rules of DER need this to be understood. */
function kindOf(key: string, said: string, unit: string | undefined): string {
  if (unit !== 'byte' || OF_THE_APPLICATION.has(said)) return '';
  return key === 'private_key' ? 'not a valid PKCS#8 key: ' : 'not a valid certificate: ';
}

/**
 * Only digits and DER are wrong at one place. Kind and dates are those of a whole value, or of a certificate behind the first.
 * People count characters from 1.
 */
function spotOf(said: string, unit: string | undefined, place: string): string {
  if (unit === 'byte' && place === '0' && OF_THE_APPLICATION.has(said)) return '';
  if (unit === 'byte') return ` (byte offset ${place})`;
  return unit !== undefined && /digits,|none of/.test(said) ? ` (character ${Number(place) + 1})` : '';
}
