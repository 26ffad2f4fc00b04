import { describe, expect, it } from 'vitest';
import { base64, CONVERT_CERTIFICATE, CONVERT_KEY, fromStore, HEXDUMP, hex, pem, type Wrong } from './bad-input.js';

describe('a run says in one sentence which key is missing beside others', () => {
  it.each<[string, Wrong, RegExp]>([
    ['broker-host', { 'broker-host': undefined }, /already holds broker-port, .* but no broker-host; add broker-host/],
    ['broker-port', { 'broker-port': undefined }, /^broker-port: not found in the config store .*; store it there$/],
    ['private_key', { private_key: undefined }, /^private_key: not found in the secret store .*, or delete cert$/],
    ['cert', { cert: undefined }, /^cert: not found in the config store of the device; .*, or delete private_key$/],
    [
      'password',
      { username: 'ann' },
      /^password: not found in the secret store of the device; .*, or delete username$/,
    ],
    ['username', { password: 'secret' }, /^username: not found in the config store .*, or delete password$/],
  ])('%s', async (_name, values, sentence) => {
    expect(await fromStore(values)).toMatch(sentence);
  });
});

describe('a run says in one sentence why a value is not the hex of DER', () => {
  it.each<[string, string, () => string, RegExp, RegExp]>([
    [
      'an odd number of digits',
      'root-CA',
      () => hex('ca.der').slice(1),
      /odd number of digits.*character \d+/,
      HEXDUMP,
    ],
    ['an odd number of digits', 'cert', () => `${hex('device.der')}0`, /odd number of digits.*character \d+/, HEXDUMP],
    ['an odd number of digits', 'private_key', () => 'abc', /odd number of digits.* \(character 3\)/, HEXDUMP],
    ['other text', 'cert', () => 'my certificate', /none of 0 to 9, a to f, A to F \(character 1\)/, HEXDUMP],
    ['a newline at the end', 'cert', () => `${'30'.repeat(9)}\n\n`, /none of 0 to 9.* \(character 19\)/, HEXDUMP],
    ['a newline at the end', 'private_key', () => `${hex('device.key.der')}\n`, /./, HEXDUMP],
    ['spaces', 'private_key', () => hex('device.key.der').replace(/../g, '$& '), /none of .*\(character 3\)/, HEXDUMP],
    ['PEM text', 'root-CA', () => pem('ca.pem'), /PEM text/, CONVERT_CERTIFICATE],
    ['PEM text', 'cert', () => pem('device.pem'), /PEM text/, CONVERT_CERTIFICATE],
    ['PEM text', 'private_key', () => pem('device.key'), /PEM text/, CONVERT_KEY],
    ['the hex of PEM text', 'root-CA', () => hex('ca.pem'), /hex of PEM text/, CONVERT_CERTIFICATE],
    ['the hex of PEM text', 'cert', () => hex('device.pem'), /hex of PEM text/, CONVERT_CERTIFICATE],
    ['the hex of PEM text', 'private_key', () => hex('device.key'), /hex of PEM text/, CONVERT_KEY],
    ['base64', 'cert', () => base64('device.der'), /base64/, HEXDUMP],
    ['base64', 'private_key', () => base64('device.key.der'), /base64/, HEXDUMP],
    [
      'half of it',
      'cert',
      () => hex('device.der').slice(0, 200),
      /not a valid certificate: .*\(byte offset 1\)/,
      HEXDUMP,
    ],
    ['nothing', 'root-CA', () => '', /the value is empty/, /; store a value, or delete the key$/],
  ])('%s in %s', async (_name, key, value, reason, advice) => {
    const sentence = await fromStore({ [key]: value() });
    expect(sentence.startsWith(`${key}: `), sentence).toBe(true);
    expect(sentence).toMatch(reason);
    expect(sentence).toMatch(advice);
  });
});

describe('a run says in one sentence why a certificate or key cannot be used', () => {
  it.each<[string, () => Wrong, RegExp]>([
    [
      'an expired certificate',
      () => ({ cert: hex('expired.der'), private_key: hex('expired.key.der') }),
      /^cert: the certificate has expired; store a renewed one$/,
    ],
    [
      'an expired certificate behind another',
      () => ({ cert: hex('device.der') + hex('expired.der') }),
      /^cert: the certificate has expired; store a renewed one \(byte offset \d\d+\)$/,
    ],
    [
      'more certificates than the system call takes',
      () => ({ cert: hex('tiny.der').repeat(9) }),
      /^cert: the chain has more than 8 certificates \(byte offset \d\d+\); store only the certificates that are needed$/,
    ],
    [
      'a certificate that is not yet valid',
      () => ({ cert: hex('early.der'), private_key: hex('early.key.der') }),
      /^cert: the certificate is not yet valid; check its dates and the clock$/,
    ],
    [
      'an expired root CA',
      () => ({ 'root-CA': hex('expired.der') }),
      /^root-CA: the certificate has expired; store a renewed one$/,
    ],
    [
      'a PKCS#1 key',
      () => ({ cert: hex('rsa.der'), private_key: hex('pkcs1.der') }),
      /^private_key: the key is PKCS#1 or SEC1; convert it with openssl pkcs8 -topk8 -nocrypt /,
    ],
    [
      'a SEC1 key',
      () => ({ private_key: hex('sec1.der') }),
      /^private_key: the key is PKCS#1 or SEC1; convert it with openssl pkcs8 -topk8 -nocrypt /,
    ],
    [
      'an encrypted key',
      () => ({ private_key: hex('encrypted.der') }),
      /^private_key: the key is encrypted; convert it with openssl pkcs8 -topk8 -nocrypt /,
    ],
    [
      'a certificate where the key belongs',
      () => ({ private_key: hex('device.der') }),
      /^private_key: a certificate stands where the private key belongs; store the hex of the PKCS#8 key /,
    ],
    [
      'a key where the certificate belongs',
      () => ({ cert: hex('device.key.der') }),
      /^cert: a private key stands where a certificate belongs; store the hex of the certificate here/,
    ],
    [
      'the key of another certificate',
      () => ({ private_key: hex('other.key.der') }),
      /^private_key: does not belong to the certificate in cert; store the key that the certificate was made for$/,
    ],
  ])('%s', async (_name, values, sentence) => {
    expect(await fromStore(values())).toMatch(sentence);
  });
});
