// needs: openssl
import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asVersionOne, convertedPkcs8, openKeyFile, plainPkcs8 } from '../../../host/credentials/index.js';
import type { Authority } from '../../interop/authority.js';
import { refusal } from './file-rig.js';
import {
  EC_P256,
  ED25519,
  ecKey,
  ed25519Version2,
  ed25519WithAttributes,
  element,
  hex,
  makeKeys,
  pem,
  rsaWithoutNull,
  SMALL,
  V1,
  V2,
} from './odd-keys.js';

let pki: Authority;

beforeAll(() => {
  pki = makeKeys();
});

afterAll(() => pki[Symbol.dispose]());

const opened = (name: string, content: string | Buffer) =>
  openKeyFile({ option: '--key', path: pki.write(name, content) });

describe('PEM and DER of the same key come to the same value', () => {
  it.each<[string, () => Buffer, () => Buffer]>([
    [
      'Ed25519 of PKCS#8 version 2 with its public key (RFC 5958)',
      () => ed25519Version2(pki),
      () => pki.read('ed25519.der'),
    ],
    ['Ed25519 of PKCS#8 version 2 with attributes', () => ed25519WithAttributes(pki), () => pki.read('ed25519.der')],
    ['an RSA AlgorithmIdentifier without NULL', () => rsaWithoutNull(pki), () => pki.read('rsa.der')],
    ['an RSA key as openssl writes it', () => pki.read('rsa.der'), () => pki.read('rsa.der')],
    ['an EC key as openssl writes it', () => pki.read('ec.der'), () => pki.read('ec.der')],
  ])('%s', (_, given, value) => {
    for (const file of [opened('key.pem', pem('PRIVATE KEY', given())), opened('key.der', given())]) {
      expect(plainPkcs8(file)).toEqual(value());
      expect(convertedPkcs8(file)).toEqual(value());
    }
  });

  it('an EC scalar without its leading zero gets it again, in PKCS#8 and in SEC1 (RFC 5915 3)', () => {
    const values = [
      plainPkcs8(opened('key.pem', pem('PRIVATE KEY', ecKey(SMALL.subarray(1))))),
      plainPkcs8(opened('key.der', ecKey(SMALL.subarray(1)))),
      plainPkcs8(opened('whole.der', ecKey(SMALL))),
    ];
    for (const value of values) expect(value).toEqual(values[0]);
    expect(values[0].includes(element(0x04, SMALL))).toBe(true);
    const sec1 = element(0x30, V2, element(0x04, SMALL.subarray(1)), element(0xa0, hex('06082a8648ce3d030107')));
    expect(convertedPkcs8(opened('key.der', sec1))).toEqual(values[0]);
    expect(convertedPkcs8(opened('key.pem', pem('EC PRIVATE KEY', sec1)))).toEqual(values[0]);
  });

  it('so does a key whose label promises another format', () => {
    const sec1 = createPrivateKey(pki.read('ec.key')).export({ type: 'sec1', format: 'der' });
    expect(convertedPkcs8(opened('key.pem', pem('PRIVATE KEY', sec1 as Buffer)))).toEqual(pki.read('ec.der'));
    expect(convertedPkcs8(opened('key.pem', pem('RSA PRIVATE KEY', pki.read('rsa.der'))))).toEqual(pki.read('rsa.der'));
  });

  it.each<[string, () => Buffer]>([
    [
      'of Ed25519 that is too short',
      () => element(0x30, V1, ED25519, element(0x04, element(0x04, Buffer.alloc(31, 7)))),
    ],
    ['of EC that is too long', () => ecKey(Buffer.alloc(33, 7))],
    ['without its numbers', () => element(0x30, V1, EC_P256, element(0x04))],
  ])('and so does the refusal of a key %s', (_, given) => {
    const sentences = [pem('PRIVATE KEY', given()), given()].map((content) =>
      refusal(pki, () => plainPkcs8(opened('key', content))),
    );
    expect(sentences[0]).toBe(sentences[1]);
    expect(sentences[0]).not.toContain('damaged');
  });
});

it('version 1 is what it was', () => {
  for (const name of ['rsa', 'ec', 'ed25519']) expect(asVersionOne(pki.read(`${name}.der`))).toBeUndefined();
});
