// needs: openssl
import { createPublicKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../interop/authority.js';
import { derFrom, followAdvice, type Option, refusal } from './file-rig.js';

let pki: Authority;

beforeAll(() => {
  pki = new Authority('Root').issue('device').toDer('ca', 'device');
  const pkcs12 = ['pkcs12', '-export', '-in', 'device.pem', '-inkey', 'device.key', '-certfile', 'ca.pem'];
  pki.openssl(...pkcs12, '-passout', 'pass:secret', '-out', 'device.p12');
  const old = ['-certpbe', 'PBE-SHA1-RC2-40', '-keypbe', 'PBE-SHA1-RC2-40', '-legacy'];
  pki.openssl(...pkcs12, ...old, '-passout', 'pass:secret', '-out', 'old.p12');
  const pkcs7 = ['crl2pkcs7', '-nocrl', '-certfile', 'device.pem', '-certfile', 'ca.pem'];
  pki.openssl(...pkcs7, '-out', 'pem.p7b');
  pki.openssl(...pkcs7, '-outform', 'der', '-out', 'der.p7b');
  pki.openssl('req', '-in', 'device.csr', '-outform', 'der', '-out', 'csr.der');
});

afterAll(() => pki[Symbol.dispose]());

const text = (name: string) => pki.read(name).toString('latin1');
const wide = (name: string) => Buffer.from(text(name), 'utf16le');
const both = () => Buffer.concat([pki.read('device.der'), pki.read('ca.der')]);

describe('PEM is found wherever it is', () => {
  it.each<[string, () => string]>([
    ['behind text that begins with 0, as s_client -showcerts prints', () => ` 0 s:CN = dev1\n   i:CN = Root\n`],
    ['behind text that begins with 0 in its first column', () => '0 s:CN = dev1\n   i:CN = Root\n'],
    ['behind a byte order mark of UTF-8', () => '\ufeff'],
    ['behind the text of openssl x509 -text', () => 'Certificate:\n    Data:\n        Version: 3 (0x2)\n'],
    ['behind text that has ASN.1 in it', () => '0\u0082\u0001\u0002\n'],
  ])('%s', (_, textBefore) => {
    const certificate = pki.write('text.pem', textBefore() + text('device.pem'));
    expect(derFrom('--cert', certificate)).toEqual(pki.read('device.der'));
    const key = pki.write('text.key', textBefore() + text('device.key'));
    expect(derFrom('--key', key)).toEqual(pki.read('device.key.der'));
  });

  it('in files without a last newline that cat has joined', () => {
    const joined = pki.write('joined.pem', text('device.pem').trimEnd() + text('ca.pem'));
    expect(derFrom('--cert', joined)).toEqual(both());
  });

  it('in a certificate that is trusted for a purpose, without that note', () => {
    pki.openssl('x509', '-in', 'ca.pem', '-trustout', '-addtrust', 'serverAuth', '-out', 'trusted.pem');
    expect(text('trusted.pem')).toContain('BEGIN TRUSTED CERTIFICATE');
    expect(derFrom('--root-ca', pki.path('trusted.pem'))).toEqual(pki.read('ca.der'));
  });

  it('and a DER certificate that mentions PEM stays DER', () => {
    const extensions = ['nsComment=-----BEGIN CERTIFICATE-----'];
    pki.issue('comment', { extensions }).toDer('comment');
    expect(derFrom('--cert', pki.path('comment.der'))).toEqual(pki.read('comment.der'));
  });
});

describe('a file is named, and the command that is named makes it usable', () => {
  const pem = (name: string) => text(name).trimEnd();
  const json = (name: string) => JSON.stringify({ id: 7, pem: text(name), end: true });
  const line = (name: string) => pem(name).replaceAll('\n', ' ');
  const indented = (name: string) => text(name).replace(/^(?=.)/gm, '    ');

  interface Case {
    file: () => string | Buffer;
    says: RegExp;
    becomes?: () => Buffer;
    more?: string;
  }
  const certificates: [string, Option, Case][] = [
    [
      'a .p12 for --cert',
      '--cert',
      { file: () => pki.read('device.p12'), says: /a PKCS#12 file/, becomes: both, more: ' -passin pass:secret' },
    ],
    [
      'a .p12 encrypted as OpenSSL 1 did',
      '--cert',
      { file: () => pki.read('old.p12'), says: /a PKCS#12 file/, becomes: both, more: ' -passin pass:secret' },
    ],
    [
      'a .p12 for --root-ca',
      '--root-ca',
      {
        file: () => pki.read('device.p12'),
        says: /a PKCS#12 file/,
        becomes: () => pki.read('ca.der'),
        more: ' -passin pass:secret',
      },
    ],
    ['a .p7b in PEM', '--cert', { file: () => text('pem.p7b'), says: /certificates in PKCS#7/, becomes: both }],
    ['a .p7b in DER', '--cert', { file: () => pki.read('der.p7b'), says: /certificates in PKCS#7/, becomes: both }],
    [
      'two certificates and a newline, DER',
      '--cert',
      {
        file: () => Buffer.concat([both(), Buffer.from('\r\n')]),
        says: /there are 2 bytes after the certificate/,
        becomes: both,
      },
    ],
  ];
  const forms: [string, (name: string, der: string) => string | Buffer, RegExp][] = [
    ['UTF-16 with its byte order mark', (name) => Buffer.concat([Buffer.of(0xff, 0xfe), wide(name)]), /UTF-16 text/],
    ['UTF-16 without byte order mark', wide, /UTF-16 text/],
    ['UTF-16 of the other byte order', (name) => wide(name).swap16(), /UTF-16 text/],
    ['PEM with a literal \\n', (name) => text(name).replaceAll('\n', '\\n'), /line ends are written as \\n/],
    ['PEM with a literal \\r\\n', (name) => text(name).replaceAll('\n', '\\r\\n'), /line ends are written as \\n/],
    ['PEM in JSON', json, /line ends are written as \\n/],
    ['PEM in one line', line, /BEGIN and END are not lines of their own/],
    ['PEM as a variable of the shell', (name) => `DEVICE="${pem(name)}"\n`, /BEGIN and END are not lines of their own/],
    ['PEM that is indented', indented, /PEM text that is indented/],
    ['PEM that was quoted in a mail', (name) => text(name).replace(/^(?=.)/gm, '> '), /PEM text that is indented/],
    ['DER and a newline', (_, der) => Buffer.concat([pki.read(der), Buffer.from('\n')]), /there is 1 byte after the/],
    ['DER and zeros', (_, der) => Buffer.concat([pki.read(der), Buffer.alloc(3)]), /there are 3 bytes after the/],
    ['base64 in one line', (_, der) => pki.read(der).toString('base64'), /holds base64 text/],
    ['base64 in lines', (name) => text(name).replace(/-----.*-----\n/g, ''), /holds base64 text/],
    ['base64 of PEM, as Kubernetes has it', (name) => pki.read(name).toString('base64'), /holds base64 text/],
    ['hex', (_, der) => `${pki.hex(der)}\n`, /holds hex text/],
    ['hex of PEM', (name) => pki.hex(name), /holds hex text/],
  ];
  const cases = [
    ...certificates,
    ...forms.flatMap(([form, file, says]): [string, Option, Case][] => [
      [form, '--cert', { file: () => file('device.pem', 'device.der'), says, becomes: () => pki.read('device.der') }],
      [form, '--root-ca', { file: () => file('ca.pem', 'ca.der'), says, becomes: () => pki.read('ca.der') }],
      [
        form,
        '--key',
        {
          file: () => file('device.key', 'device.key.der'),
          says,
          becomes: () => pki.read('device.key.der'),
        },
      ],
    ]),
    [
      'a .p12 for --key',
      '--key',
      {
        file: () => pki.read('device.p12'),
        says: /a PKCS#12 file/,
        becomes: () => pki.read('device.key.der'),
        more: ' -passin pass:secret',
      },
    ],
  ] as [string, Option, Case][];

  it.each(cases)('%s (%s)', (_, option, { file, says, becomes, more }) => {
    const path = pki.write('given', file());
    const sentence = refusal(pki, () => derFrom(option, path));
    expect(sentence).toMatch(says);
    expect(sentence).not.toContain('damaged');
    expect(derFrom(option, followAdvice(pki, sentence, 'given', more))).toEqual(becomes?.());
  });

  it.each(['device.csr', 'csr.der'])('a request in the place of its certificate: %s', (name) => {
    const path = pki.write('given', pki.read(name));
    const sentence = refusal(pki, () => derFrom('--cert', path));
    expect(sentence).toMatch(
      /^--cert given: holds a certification request where a certificate belongs; have your CA sign it: /,
    );
    const certificate = new X509Certificate(derFrom('--cert', followAdvice(pki, sentence, 'given')));
    expect(certificate.publicKey.equals(createPublicKey(text('device.key')))).toBe(true);
    expect(refusal(pki, () => derFrom('--key', path))).toBe(
      '--key given: holds a certification request where a private key belongs; give the private key that it was made with',
    );
  });
});

describe('what no command can convert is named', () => {
  const block = (label: string, der: Buffer) =>
    `-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`;
  // TPMKey ::= SEQUENCE { type OBJECT IDENTIFIER 2.23.133.10.1.3, emptyAuth [0] EXPLICIT BOOLEAN OPTIONAL, ... }
  const tpm = Buffer.from('301306066781050a0103a003010101020440000001', 'hex');

  it.each<[string, Option, () => string | Buffer, RegExp]>([
    [
      'a key of a TPM, PEM',
      '--key',
      () => block('TSS2 PRIVATE KEY', tpm),
      /only its TPM can use .*cannot leave the TPM; make a new key/,
    ],
    ['a key of a TPM, DER', '--key', () => tpm, /only its TPM can use .*cannot leave the TPM; make a new key/],
    [
      'a DSA key',
      '--key',
      () => block('DSA PRIVATE KEY', Buffer.from('3003020100', 'hex')),
      /a DSA key .* make a new key/,
    ],
    [
      'a public key',
      '--key',
      () => createPublicKey(text('device.key')).export({ type: 'spki', format: 'der' }),
      /a public key .*; give the private key/,
    ],
    [
      'a public key of OpenSSH',
      '--key',
      () => 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== ann',
      /a public key of OpenSSH/,
    ],
    ['a key of PuTTY', '--key', () => 'PuTTY-User-Key-File-3: ecdsa-sha2-nistp256\n', /a key of PuTTY .*puttygen/],
    ['a Java keystore', '--cert', () => Buffer.from('feedfeed00000002', 'hex'), /a Java keystore .*keytool/],
    ['an archive', '--cert', () => Buffer.from('504b030414000000', 'hex'), /an archive .*unpack it/],
    ['a web page', '--root-ca', () => '<!DOCTYPE html>\n<html>', /a web page .*download the file again/],
    [
      'something else',
      '--cert',
      () => Buffer.from('00010203', 'hex'),
      /holds something else where a certificate belongs/,
    ],
    [
      'a structure of another kind, PEM',
      '--key',
      () => block('PRIVATE KEY', Buffer.from('3003020107', 'hex')),
      /holds something else where a private key/,
    ],
    [
      'a certificate with the label of a key',
      '--key',
      () => block('PRIVATE KEY', pki.read('device.der')),
      /holds a certificate where/,
    ],
    [
      'a request with the label of a certificate',
      '--cert',
      () => block('CERTIFICATE', pki.read('csr.der')),
      /holds a certification request where/,
    ],
  ])('%s', (_, option, content, says) => {
    const sentence = refusal(pki, () => derFrom(option, pki.write('given', content())));
    expect(sentence).toMatch(says);
    expect(sentence).not.toContain('damaged');
  });
});
