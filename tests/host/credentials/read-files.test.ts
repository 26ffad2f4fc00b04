// needs: openssl
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CredentialFileError,
  checkFileDates,
  checkFilePair,
  convertedPkcs8,
  inChainOrder,
  openKeyFile,
  plainPkcs8,
  readCertificateFile,
  readSecretLine,
} from '../../../host/credentials/index.js';
import { Authority } from '../../interop/authority.js';

const KEYS = {
  'rsa-2048': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'p-256': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'p-384': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  ed25519: ['-algorithm', 'ED25519'],
};
const PASSPHRASE = 'corrECT hörse';

let pki: Authority;

beforeAll(() => {
  pki = new Authority('Root').issue('device').issue('other');
  const openssl = (...args: string[]) => pki.openssl(...args);
  for (const [name, options] of Object.entries(KEYS)) {
    openssl('genpkey', ...options, '-out', `${name}.pkcs8.pem`);
    // The command of the documents: what every other form must come to.
    openssl('pkcs8', '-topk8', '-nocrypt', '-in', `${name}.pkcs8.pem`, '-outform', 'der', '-out', `${name}.pkcs8.der`);
    const encrypt = ['pkcs8', '-topk8', '-in', `${name}.pkcs8.pem`, '-passout', `pass:${PASSPHRASE}`];
    openssl(...encrypt, '-out', `${name}.encrypted.pem`);
    openssl(...encrypt, '-outform', 'der', '-out', `${name}.encrypted.der`);
  }
  for (const [name, kind, program] of [
    ['rsa-2048', 'pkcs1', ['rsa', '-traditional']],
    ['p-256', 'sec1', ['ec']],
    ['p-384', 'sec1', ['ec']],
  ] as const) {
    openssl(...program, '-in', `${name}.pkcs8.pem`, '-out', `${name}.${kind}.pem`);
    openssl(...program, '-in', `${name}.pkcs8.pem`, '-outform', 'der', '-out', `${name}.${kind}.der`);
    const old = [...program, '-in', `${name}.pkcs8.pem`, '-des3', '-passout', `pass:${PASSPHRASE}`];
    openssl(...old, '-out', `${name}.old-encrypted.pem`);
  }
  openssl(
    ...['pkcs8', '-topk8', '-in', 'rsa-2048.pkcs8.pem', '-passout', `pass:${PASSPHRASE}`, '-v1', 'PBE-SHA1-RC2-40'],
    ...['-provider', 'legacy', '-provider', 'default', '-out', 'rc2.pem'],
  );
});

afterAll(() => pki[Symbol.dispose]());

const at = (name: string, option = '--key') => ({ option, path: pki.path(name) });
const made = (name: string, content: string | Buffer, option = '--key') => ({ option, path: pki.write(name, content) });

function sentence(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof CredentialFileError) return error.message.replaceAll(`${pki.folder}/`, '');
    throw error;
  }
  throw new Error('it succeeded, and a CredentialFileError was expected');
}

describe('every form of a private key becomes the PKCS#8 DER that openssl makes of it', () => {
  const forms = (name: string) =>
    [
      ...['pkcs8.pem', 'pkcs8.der', 'encrypted.pem', 'encrypted.der'],
      ...(name.startsWith('rsa') ? ['pkcs1.pem', 'pkcs1.der', 'old-encrypted.pem'] : []),
      ...(name.startsWith('p-') ? ['sec1.pem', 'sec1.der', 'old-encrypted.pem'] : []),
    ].map((form) => [name, form] as const);

  it.each(Object.keys(KEYS).flatMap(forms))('%s, %s', (name, form) => {
    const file = openKeyFile(at(`${name}.${form}`));
    expect(file.encrypted).toBe(form.includes('encrypted'));
    expect(convertedPkcs8(file, PASSPHRASE)).toEqual(pki.read(`${name}.pkcs8.der`));
  });

  it('also with text before it, other blocks beside it, and lines of Windows', () => {
    const pem = pki.read('p-256.sec1.pem').toString().replaceAll('\n', '\r\n');
    const parameters = '-----BEGIN EC PARAMETERS-----\r\nBggqhkjOPQMBBw==\r\n-----END EC PARAMETERS-----\r\n';
    const file = openKeyFile(made('windows.pem', `Bag Attributes\r\n${parameters}${pem}${pki.read('device.pem')}`));
    expect(convertedPkcs8(file)).toEqual(pki.read('p-256.pkcs8.der'));
  });
});

describe('a key file that is refused', () => {
  it.each<[string, () => unknown, string]>([
    [
      'with a wrong pass-phrase',
      () => convertedPkcs8(openKeyFile(at('p-256.encrypted.pem')), 'x'),
      '--key p-256.encrypted.pem: the pass-phrase does not open this key; check it, or get the file again',
    ],
    [
      'with a wrong pass-phrase, DER',
      () => convertedPkcs8(openKeyFile(at('p-256.encrypted.der')), 'x'),
      '--key p-256.encrypted.der: the pass-phrase does not open this key; check it, or get the file again',
    ],
    [
      'with no pass-phrase',
      () => convertedPkcs8(openKeyFile(at('rsa-2048.old-encrypted.pem'))),
      '--key rsa-2048.old-encrypted.pem: the pass-phrase does not open this key; check it, or get the file again',
    ],
    [
      'encrypted in an old way',
      () => convertedPkcs8(openKeyFile(at('rc2.pem')), PASSPHRASE),
      '--key rc2.pem: is encrypted in a way that is no longer supported; convert it: openssl pkcs8 -topk8 -nocrypt -provider legacy -provider default -in FILE -out FILE.p8',
    ],
    [
      'a public key',
      () => openKeyFile(made('public.pem', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n')),
      '--key public.pem: there is no private key in this PEM file; give the file with a line BEGIN PRIVATE KEY',
    ],
    [
      'a certificate in DER',
      () => convertedPkcs8(openKeyFile(made('certificate.der', readCertificateFile(at('device.pem'))[0]))),
      '--key certificate.der: holds a certificate where a private key belongs; give the private key that belongs to it',
    ],
    [
      'damaged SEC1 in DER',
      () => convertedPkcs8(openKeyFile(made('bad.der', pki.read('p-256.sec1.der').fill(0, 42, 60)))),
      '--key bad.der: the private key in this DER file is damaged; get the file again',
    ],
    [
      'PKCS#1, where it must be PKCS#8 already',
      () => plainPkcs8(openKeyFile(at('rsa-2048.pkcs1.der'))),
      '--key rsa-2048.pkcs1.der: holds a PKCS#1 key where an unencrypted PKCS#8 key belongs; convert it: openssl pkcs8 -topk8 -nocrypt -inform der -in FILE -out FILE.p8',
    ],
  ])('%s', (_, action, message) => expect(sentence(action)).toBe(message));
});

describe('certificate files', () => {
  it('give the same DER from PEM and DER, one certificate or several', () => {
    pki.openssl('x509', '-in', 'device.pem', '-outform', 'der', '-out', 'device.der');
    pki.openssl('x509', '-in', 'ca.pem', '-outform', 'der', '-out', 'ca.der');
    const [device, ca] = [pki.read('device.der'), pki.read('ca.der')];
    expect(readCertificateFile(at('device.pem'))).toEqual([device]);
    const pem = made('both.pem', Buffer.concat([pki.read('device.pem'), pki.read('ca.pem')]));
    expect(readCertificateFile(pem)).toEqual([device, ca]);
    expect(readCertificateFile(made('both.der', Buffer.concat([device, ca])))).toEqual([device, ca]);
  });

  it('are put in the order of TLS: that of the key first, then its issuers (RFC 5246 7.4.2)', () => {
    const [device] = readCertificateFile(at('device.pem'));
    const [ca] = readCertificateFile(at('ca.pem'));
    const [other] = readCertificateFile(at('other.pem'));
    const key = plainPkcs8(openKeyFile(at('device.key')));
    expect(inChainOrder([ca, device], key)).toEqual([device, ca]);
    expect(inChainOrder([other, ca, device], key)).toEqual([device, ca, other]);
    expect(inChainOrder([device], key)).toEqual([device]);
    expect(inChainOrder([ca, other], key)).toEqual([ca, other]);
  });

  it('are refused outside their dates, and with a key of another', () => {
    const place = at('device.pem', '--cert');
    const certificates = readCertificateFile(place);
    const day = 86_400_000;
    expect(sentence(() => checkFileDates(place, certificates, Date.now() + 9 * day))).toMatch(
      /^--cert device.pem: the certificate expired on 2/,
    );
    expect(sentence(() => checkFileDates(place, certificates, Date.now() - 9 * day))).toMatch(
      /^--cert device.pem: the certificate is not valid before 2/,
    );
    const key = plainPkcs8(openKeyFile(at('other.key')));
    expect(sentence(() => checkFilePair(certificates[0], key, at('other.key'), 'device.pem'))).toBe(
      '--key other.key: does not belong to the certificate in device.pem; give the key that the certificate was made for',
    );
  });
});

describe('a password file', () => {
  const read = (content: string | Buffer) => readSecretLine(made('pw.txt', content, '--password-file'), 'password');

  it.each([
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['s e c ü r e \r\n', 's e c ü r e '],
    ['\ufeffsecret\n', '\ufeffsecret'],
  ])('that holds %j has the password %j', (content, password) => expect(read(content)).toBe(password));

  it.each<[string | Buffer, string]>([
    ['', '--password-file pw.txt: is empty; give the file with its content'],
    ['\r\n', '--password-file pw.txt: is empty; write the password into its first line'],
    ['a\nb', '--password-file pw.txt: has more than one line; it must hold the password alone'],
    [Buffer.from([0x61, 0xff]), '--password-file pw.txt: is not UTF-8 text; write the password into it as UTF-8'],
    [
      Buffer.from('\ufeffsecret\r\n', 'utf16le'),
      '--password-file pw.txt: holds UTF-16 text, as the > of PowerShell writes it; write the password into it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE > FILE.txt',
    ],
    [
      Buffer.from('secret\r\n', 'utf16le'),
      '--password-file pw.txt: holds UTF-16 text, as the > of PowerShell writes it; write the password into it as UTF-8: iconv -f UTF-16LE -t UTF-8 FILE > FILE.txt',
    ],
  ])('that holds %j is refused', (content, message) => expect(sentence(() => read(content))).toBe(message));
});

it('files are never changed', () => {
  const path = join(pki.folder, 'kept.key');
  writeFileSync(path, pki.read('p-256.sec1.pem'));
  convertedPkcs8(openKeyFile({ option: '--key', path }));
  expect(readFileSync(path)).toEqual(pki.read('p-256.sec1.pem'));
});
