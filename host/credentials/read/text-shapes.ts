/** A file that holds the right thing in a shape that neither OpenSSL nor the device reads. */
export interface OtherShape {
  shape: 'utf-16' | 'pem-newlines' | 'pem-indented' | 'pem-in-a-line' | 'base64' | 'hex';
  /** What the file holds, in words. */
  name: string;
  /** The shell command that makes a usable FILE.pem or FILE.der of FILE. */
  command: string;
}

const AWK = (script: string) => `awk '{${script}}1' FILE > FILE.pem`;

/** PEM whose lines are not lines of their own (RFC 7468 3). The first that fits counts. */
const BROKEN_PEM: (OtherShape & { when: RegExp })[] = [
  {
    shape: 'pem-newlines',
    when: /-----BEGIN [A-Z0-9 ]+-----(?:\\r)?\\n/,
    name: 'PEM text whose line ends are written as \\n, as in JSON',
    command: AWK('gsub(/(\\\\r)?\\\\n|"/,"\\n")'),
  },
  {
    shape: 'pem-in-a-line',
    when: /-----BEGIN [A-Z0-9 ]+-----[^\r\n]*[^\s]|^.*[^\s>].*-----BEGIN |^[^\r\n]*[^\s>-][^\r\n]*-----END /m,
    name: 'PEM text whose BEGIN and END are not lines of their own',
    command: AWK('gsub(/ *-----(BEGIN|END) [A-Z0-9 ]+-----/,"\\n&\\n"); gsub(/\\n +-/,"\\n-")'),
  },
  {
    shape: 'pem-indented',
    when: /^[ \t>]+-----(?:BEGIN|END) /m,
    name: 'PEM text that is indented',
    command: "sed 's/^[[:space:]>]*//' FILE > FILE.pem",
  },
];

/** PEM text that has to be put into lines first; undefined when its lines are well, or there is no PEM. */
export function brokenPem(text: string): OtherShape | undefined {
  return BROKEN_PEM.find(({ when }) => when.test(text));
}

/**
 * UTF-16 text (as the > of PowerShell writes it): a byte order mark, or a zero in every other byte.
 *
 * @returns undefined for anything else
 */
export function utf16(bytes: Uint8Array): OtherShape | undefined {
  const mark = bytes.length % 2 === 0 ? Buffer.from(bytes.subarray(0, 2)).toString('hex') : '';
  const isZero = (parity: number) => bytes.every((byte, index) => (index % 2 === parity) === (byte === 0));
  const plain = (order: 'LE' | 'BE') => bytes.length > 1 && bytes.length % 2 === 0 && isZero(order === 'LE' ? 1 : 0);
  const encoding =
    mark === 'fffe' || mark === 'feff' ? 'UTF-16' : plain('LE') ? 'UTF-16LE' : plain('BE') ? 'UTF-16BE' : undefined;
  if (!encoding) return undefined;
  return {
    shape: 'utf-16',
    name: 'UTF-16 text, as the > of PowerShell writes it',
    command: `iconv -f ${encoding} -t UTF-8 FILE > FILE.pem`,
  };
}

/** Digits of hex or base64 alone, with white space between them. @param isKnown whether decoded bytes are worth anything */
export function digits(text: string, isKnown: (bytes: Buffer) => boolean): OtherShape | undefined {
  const plain = text.replace(/\s/g, '');
  const ending = (bytes: Buffer) => (bytes[0] === 0x30 ? 'der' : 'pem');
  if (/^(?:[0-9a-f]{2})+$/i.test(plain)) {
    const bytes = Buffer.from(plain, 'hex');
    const command = `perl -0pe 's/\\s//g;$_=pack"H*",$_' FILE > FILE.${ending(bytes)}`;
    return isKnown(bytes) ? { shape: 'hex', name: 'hex text', command } : undefined;
  }
  if (/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(plain)) {
    const bytes = Buffer.from(plain, 'base64');
    // openssl reads base64 in lines, or with -A in one line.
    const line = /\s\S/.test(text.trim()) ? '' : '-A ';
    const command = `openssl base64 -d ${line}-in FILE -out FILE.${ending(bytes)}`;
    return isKnown(bytes) ? { shape: 'base64', name: 'base64 text', command } : undefined;
  }
  return undefined;
}
