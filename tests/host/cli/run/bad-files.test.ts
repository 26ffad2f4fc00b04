import { describe, expect, it } from 'vitest';
import { base64, fromOptions, hex, pem, pki, rig, type Wrong } from './bad-input.js';

describe('a run says in one sentence what is wrong with a file', () => {
  const pair = (cert: string, key: string) => ({ '--cert': pki.path(cert), '--key': pki.path(key) });
  const [ca, cert, key] = ['--root-ca', '--cert', '--key'].map((option) => (name: string) => ({
    [option]: pki.path(name),
  }));
  const made = (option: string, content: string | Buffer) => ({ [option]: rig.file('made', content) });
  const KEY = 'openssl pkcs8 -topk8 -nocrypt';

  it.each<[string, () => Wrong, string]>([
    ['no file', () => cert('nowhere.pem'), '--cert FILE: cannot be read: there is no such file; give the path of'],
    ['a folder', () => ca('.'), '--root-ca FILE: cannot be read: it is a folder; give the path of a file'],
    ['an empty file', () => made('--root-ca', ''), '--root-ca FILE: is empty; give the file with its content'],
    ['an expired certificate', () => pair('expired.pem', 'expired.key'), '--cert FILE: the certificate expired on 2'],
    ['an expired root CA', () => ca('expired.der'), '--root-ca FILE: the certificate expired on 2'],
    [
      'an early certificate',
      () => pair('early.der', 'early.key'),
      '--cert FILE: the certificate is not valid before 2',
    ],
    [
      'PKCS#1 in PEM',
      () => pair('rsa.pem', 'pkcs1.key'),
      `--key FILE: holds a PKCS#1 key where an unencrypted PKCS#8 key belongs; convert it: ${KEY} -in`,
    ],
    [
      'PKCS#1 in DER',
      () => pair('rsa.der', 'pkcs1.der'),
      `--key FILE: holds a PKCS#1 key where an unencrypted PKCS#8 key belongs; convert it: ${KEY} -inform der -in`,
    ],
    [
      'SEC1 in PEM',
      () => key('sec1.key'),
      `--key FILE: holds a SEC1 (EC) key where an unencrypted PKCS#8 key belongs; convert it: ${KEY} -in`,
    ],
    [
      'SEC1 in DER',
      () => key('sec1.der'),
      `--key FILE: holds a SEC1 (EC) key where an unencrypted PKCS#8 key belongs; convert it: ${KEY} -inform der -in`,
    ],
    [
      'an encrypted key in PEM',
      () => key('encrypted.key'),
      `--key FILE: holds an encrypted key where an unencrypted PKCS#8 key belongs; convert it: ${KEY} -in`,
    ],
    [
      'an encrypted key in DER',
      () => key('encrypted.der'),
      `--key FILE: holds an encrypted key where an unencrypted PKCS#8 key belongs; convert it: ${KEY} -inform der -in`,
    ],
    [
      'a certificate as key, PEM',
      () => key('device.pem'),
      '--key FILE: there is no private key in this PEM file; give the file with a line BEGIN PRIVATE KEY',
    ],
    [
      'a certificate as key, DER',
      () => key('device.der'),
      '--key FILE: holds a certificate where an unencrypted PKCS#8 key belongs; give the private key that belongs to it',
    ],
    [
      'a key as certificate, PEM',
      () => cert('device.key'),
      '--cert FILE: there is no certificate in this PEM file; give the file with a line BEGIN CERTIFICATE',
    ],
    [
      'a key as certificate, DER',
      () => cert('device.key.der'),
      '--cert FILE: holds a PKCS#8 key where a certificate belongs; give a PEM or DER certificate',
    ],
    [
      'a key that the device has no room for (RSA 4096)',
      () => pair('large.pem', 'large.key'),
      '--key FILE: The value takes 23',
    ],
    [
      'an RSA key that TLS refuses',
      () => pair('small.pem', 'small.key'),
      '--cert FILE: The key of the certificate "small" has 512 bits.',
    ],
    [
      "the device's own certificate as root",
      () => ca('device.pem'),
      "--root-ca FILE: The certificate is the device's own, not that of a CA.",
    ],
    ['a chain with a gap', () => cert('gap.pem'), '--cert FILE, certificate 2: Certificate 2 ("other") did not issue'],
    [
      'a key of OpenSSH',
      () => made('--key', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n'),
      '--key FILE: holds a key of OpenSSH where an unencrypted PKCS#8 key belongs; convert a copy: ',
    ],
    ['no usable root in a bundle', () => ca('no-root.pem'), '--root-ca FILE: the certificate expired on 2'],
    [
      'the key of another certificate',
      () => key('other.key'),
      '--key FILE: does not belong to the certificate in FILE; give the key that the certificate was made for',
    ],
    [
      'hex text',
      () => made('--cert', hex('device.der')),
      '--cert FILE: holds hex text where a certificate belongs; give a PEM or DER certificate',
    ],
    [
      'hex of PEM',
      () => made('--root-ca', `${hex('ca.pem')}\n`),
      '--root-ca FILE: holds hex text where a certificate belongs; give a PEM or DER certificate, as made by: perl -0pe',
    ],
    [
      'base64 text',
      () => made('--key', base64('device.key.der')),
      '--key FILE: holds base64 text where an unencrypted PKCS#8 key belongs; give a PEM or DER key',
    ],
    [
      'other text',
      () => made('--cert', 'my certificate'),
      '--cert FILE: holds something else where a certificate belongs; give a PEM or DER',
    ],
    [
      'half a DER file',
      () => made('--cert', pki.read('device.der').subarray(0, 99)),
      '--cert FILE: not a valid certificate: byte 1: the length of an element runs past the end of what encloses it (X.690 8.1.3); give a whole DER file',
    ],
    [
      'half a PEM file',
      () => made('--cert', pem('device.pem').slice(0, 200)),
      '--cert FILE: is cut off, a line END CERTIFICATE is missing; get the whole file again',
    ],
    [
      'a damaged certificate',
      () => made('--cert', pem('device.pem').replace('\nMII', '\nMIJ')),
      '--cert FILE: a certificate in this PEM file is damaged; get the file again',
    ],
    [
      'a damaged key',
      () => made('--key', pem('device.key').replace('\nMI', '\nMJ')),
      '--key FILE: the private key in this PEM file is damaged; get the file again',
    ],
  ])('%s', async (_name, options, sentence) => {
    expect((await fromOptions(options())).replace(/\/tmp\/\S*[^\s:;,]/g, 'FILE')).toContain(sentence);
  });

  it.each([
    ['\n', 'is empty; write the password into its first line'],
    ['a\nb\n', 'has more than one line; it must hold the password alone'],
  ])('a password file with %j', async (content, reason) => {
    const file = rig.file('password.txt', content);
    expect(await fromOptions({ '--username': 'ann', '--password-file': file })).toBe(
      `--password-file ${file}: ${reason}`,
    );
  });

  it('a guest that is not a module, and one that does not exist', async () => {
    const text = rig.file('guest.wasm', 'text');
    expect(await fromOptions({ '--guest': text })).toBe(
      `${text}: is not a WebAssembly module; give a .wasm file with --guest`,
    );
    expect(await rig.fail(['--guest', '/nowhere.wasm', '--broker-host', 'localhost'])).toMatch(
      /^\/nowhere.wasm: the guest cannot be read: there is no such file; give a .wasm file with --guest$/,
    );
  });
});
