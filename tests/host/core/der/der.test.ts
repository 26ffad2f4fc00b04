// needs: openssl
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertificateRecord, PrivateKeyRecord, Result } from '../../../../build/abi/core.js';
import { checkPkcs8, identifyKey, readCertificate, readCertificates } from '../../../../host/core/der/index.js';
import { core } from '../../../../host/core/engine/core.js';
import { scratch } from '../../../../host/core/engine/scratch.js';
import { failure } from '../support/der-failure.js';
import { KEY_TYPES, type KeyType, OpenSsl } from '../support/openssl.js';

const TYPES = Object.keys(KEY_TYPES) as KeyType[];
const openssl = new OpenSsl();

beforeAll(() => {
  for (const type of TYPES) openssl.makeKey(type);
});
afterAll(() => openssl[Symbol.dispose]());

function commonName(name: string): string | undefined {
  return name
    .split('\n')
    .filter((line) => line.startsWith('CN='))
    .at(-1)
    ?.slice(3);
}

/** Expects that every field equals that of Node's own parser. */
function expectAsNode(der: Buffer): void {
  const node = new X509Certificate(der);
  const ours = readCertificate(der);
  const { asymmetricKeyType, asymmetricKeyDetails } = node.publicKey;
  expect(ours.subjectCN).toBe(commonName(node.subject ?? ''));
  expect(ours.issuerCN).toBe(commonName(node.issuer));
  expect(ours.notBefore).toEqual(new Date(node.validFrom));
  expect(ours.notAfter).toEqual(new Date(node.validTo));
  expect(BigInt(`0x${ours.serialNumber}`)).toBe(BigInt(`0x${node.serialNumber}`));
  expect(ours.publicKeyAlgorithm).toBe(asymmetricKeyType);
  if (asymmetricKeyType === 'rsa') expect(ours.publicKeyBits).toBe(asymmetricKeyDetails?.modulusLength);
  const curves: Record<string, string> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
  expect(ours.publicKeyCurve).toBe(curves[asymmetricKeyDetails?.namedCurve ?? '']);
  expect(ours.length).toBe(der.length);
}

describe('readCertificate', () => {
  it.each(TYPES)('returns the fields that Node returns for an openssl certificate with a %s key', (type) => {
    const der = openssl.certificate(type, '/C=DE/O=Example/CN=first/CN=device 1');
    expectAsNode(der);
    expect(readCertificate(der)).toMatchObject({ version: 3, subjectCN: 'device 1' });
  });

  it('reads v1', () => {
    openssl.run('req', '-new', '-key', 'p-256.key', '-subj', '/CN=old', '-out', 'old.csr');
    openssl.run('x509', '-req', '-in', 'old.csr', '-signkey', 'p-256.key', '-outform', 'der', '-out', 'old.der');
    const der = openssl.read('old.der');
    expectAsNode(der);
    expect(readCertificate(der).version).toBe(1);
  });

  it('reads names in UTF-8, T61 and BMP, and a certificate without a common name', () => {
    const utf8 = openssl.certificate('p-256', '/CN=Gerät ünf/O=x', '-utf8');
    expect(readCertificate(utf8).subjectCN).toBe('Gerät ünf');
    expect(readCertificate(openssl.certificate('p-256', '/O=none')).subjectCN).toBeUndefined();
    const other = Buffer.from(utf8);
    // "Gerät ünf" has 11 octets in UTF-8: the same place holds five BMP characters and is then odd, so it is refused.
    other[other.indexOf('Gerät') - 2] = 0x1e;
    expect(failure(() => readCertificate(other)).codeName).toBe('DER_WIDE_STRING_LENGTH');
    const even = openssl.certificate('p-256', '/CN=abcd/O=x');
    const text = even.lastIndexOf('abcd');
    even[text - 2] = 0x1e;
    expect(readCertificate(even).subjectCN).toBe('\u6162\u6364');
    even[text - 2] = 0x14;
    expect(readCertificate(even).subjectCN).toBe('abcd');
    even[text - 2] = 0x1c;
    expect(readCertificate(even).subjectCN).toBe('\ufffd');
    for (const character of ['a', '\u{10ffff}']) {
      even.writeUInt32BE(character.codePointAt(0) as number, text);
      expect(readCertificate(even).subjectCN).toBe(character);
    }
  });

  it('reads dates on both sides of 2050 (RFC 5280 4.1.2.5)', () => {
    const der = openssl.certificate('p-256', '/CN=long', '-days', '20000');
    expectAsNode(der);
    expect(readCertificate(der).notAfter.getUTCFullYear()).toBeGreaterThan(2050);
  });

  it('reads all the roots that Node trusts as Node does', () => {
    for (const pem of rootCertificates) expectAsNode(new X509Certificate(pem).raw);
    expect(rootCertificates.length).toBeGreaterThan(100);
  });

  it('returns its length, and readCertificates reads a whole chain and nothing else', () => {
    const first = openssl.certificate('p-256', '/CN=one');
    const second = openssl.certificate('ed25519', '/CN=two');
    const chain = Buffer.concat([first, second]);
    expect(readCertificate(chain).length).toBe(first.length);
    expect(readCertificates(chain).map((c) => [c.subjectCN, c.length])).toEqual([
      ['one', first.length],
      ['two', second.length],
    ]);
    expect(failure(() => readCertificates(chain.subarray(0, -1))).codeName).toBe('DER_PAST_END');
    const broken = Buffer.concat([chain, Buffer.from('3080', 'hex')]);
    expect(failure(() => readCertificates(broken))).toMatchObject({
      code: Result.DER_LENGTH_INDEFINITE,
      clause: 'X.690 10.1',
      byteOffset: chain.length + 1,
    });
  });

  it('says what the bytes are instead, and what to do about it', () => {
    const der = openssl.certificate('p-256', '/CN=x');
    const pem = Buffer.from(new X509Certificate(der).toString());
    expect(failure(() => readCertificate(pem)).message).toContain('PEM text, DER is wanted: openssl x509');
    expect(failure(() => readCertificate(Buffer.from(der.toString('base64')))).message).toContain('base64 text');
    expect(failure(() => readCertificate(Buffer.from(der.toString('hex')))).message).toContain('hex text');
    const key = openssl.convert('pkey', 'p-256', '-outform', 'der');
    expect(failure(() => readCertificate(key)).looksLike).not.toBe('certificate');
    expect(failure(() => readCertificate(new Uint8Array(0))).byteOffset).toBe(0);
  });
});

describe('any bytes', () => {
  it('of a truncated certificate are refused inside its length', () => {
    const der = openssl.certificate('rsa-2048', '/CN=cut');
    for (let length = 0; length < der.length; length++) {
      const error = failure(() => readCertificate(der.subarray(0, length)));
      expect(error.byteOffset).toBeLessThanOrEqual(length);
    }
  });

  it('of a key that is truncated or has one byte changed get a verdict', () => {
    for (const type of ['p-256', 'ed25519'] as const) {
      const der = openssl.convert('pkcs8', type, '-topk8', '-nocrypt', '-outform', 'der');
      const record = scratch.reserve(PrivateKeyRecord.SIZE);
      const input = scratch.take(der.length);
      for (let at = 0; at < der.length; at++) {
        scratch.u8.set(der, input);
        expect(core.key_check_pkcs8(input, at, record)).toBeLessThan(0);
        for (let value = 0; value < 256; value++) {
          scratch.u8[input + at] = value;
          const result = core.key_check_pkcs8(input, der.length, record);
          const format = core.key_identify(input, der.length);
          expect(result).toBeLessThanOrEqual(0);
          expect(format).toBeGreaterThanOrEqual(0);
        }
      }
      scratch.u8.fill(0, record, input + der.length);
    }
  });

  it('take linear time, even a million empty elements and the deepest nest of sets', () => {
    const wide = Buffer.concat([Buffer.from('3083200000', 'hex'), Buffer.from('3000'.repeat(1 << 20), 'hex')]);
    const record = scratch.reserve(CertificateRecord.SIZE);
    const input = scratch.take(1 << 22);
    scratch.u8.set(wide, input);
    expect(core.der_check(input, wide.length, record, 32, 0)).toBe((1 << 20) + 1);
    expect(core.x509_read(input, wide.length, record)).toBe(Result.DER_ELEMENT_MISSING);
    // 31 sets around 2^19 equal elements: each level compares everything inside it once.
    let nest = Buffer.from('0500'.repeat(1 << 19), 'hex');
    for (let depth = 0; depth < 32; depth++) {
      const header = Buffer.from([0x31, 0x83, nest.length >> 16, (nest.length >> 8) & 0xff, nest.length & 0xff]);
      nest = Buffer.concat([header, nest]);
    }
    scratch.u8.set(nest, input);
    expect(core.der_check(input, nest.length, record, 32, 0)).toBe((1 << 19) + 32);
  });
});

describe('identifyKey', () => {
  it.each(TYPES)('recognizes the formats that openssl writes for a %s key', (type) => {
    const pkcs8 = openssl.convert('pkcs8', type, '-topk8', '-nocrypt', '-outform', 'der');
    expect(identifyKey(pkcs8)).toBe('pkcs8');
    const encrypted = openssl.convert('pkcs8', type, '-topk8', '-outform', 'der', '-passout', 'pass:secret');
    expect(identifyKey(encrypted)).toBe('pkcs8-encrypted');
    expect(identifyKey(openssl.read(`${type}.key`))).toBe('pem');
    expect(identifyKey(openssl.certificate(type, '/CN=x'))).toBe('certificate');
    const publicKey = openssl.convert('pkey', type, '-pubout', '-outform', 'der');
    expect(identifyKey(publicKey)).toBe('public-key');
    expect(identifyKey(Buffer.from(pkcs8.toString('base64')))).toBe('base64');
    expect(identifyKey(Buffer.from(pkcs8.toString('hex')))).toBe('hex');
  });

  it('recognizes PKCS#1 and SEC1', () => {
    expect(identifyKey(openssl.convert('rsa', 'rsa-2048', '-traditional', '-outform', 'der'))).toBe('pkcs1');
    for (const type of ['p-256', 'p-384', 'p-521'] as const) {
      expect(identifyKey(openssl.convert('ec', type, '-outform', 'der'))).toBe('sec1');
    }
  });

  it('recognizes a certificate request', () => {
    openssl.run('req', '-new', '-key', 'p-256.key', '-subj', '/CN=x', '-outform', 'der', '-out', 'x.csr');
    expect(identifyKey(openssl.read('x.csr'))).toBe('certificate-request');
  });
});

describe('checkPkcs8', () => {
  it.each(TYPES)('accepts what openssl and Node write for a %s key', (type) => {
    const bits = { 'rsa-2048': 2048, 'rsa-4096': 4096, 'p-256': 256, 'p-384': 384, 'p-521': 521, ed25519: 256 }[type];
    const algorithm = type.startsWith('rsa') ? 'rsa' : type.startsWith('p-') ? 'ec' : 'ed25519';
    const byOpenssl = openssl.convert('pkcs8', type, '-topk8', '-nocrypt', '-outform', 'der');
    expect(checkPkcs8(byOpenssl)).toMatchObject({ algorithm, bits });
    const byNode = createPrivateKey(openssl.read(`${type}.key`)).export({ type: 'pkcs8', format: 'der' });
    expect(checkPkcs8(byNode)).toMatchObject({ algorithm, bits });
  });

  it('says what the key is instead, and which command makes it PKCS#8', () => {
    const pkcs1 = openssl.convert('rsa', 'rsa-2048', '-traditional', '-outform', 'der');
    expect(failure(() => checkPkcs8(pkcs1))).toMatchObject({ looksLike: 'pkcs1' });
    expect(failure(() => checkPkcs8(pkcs1)).message).toContain('PKCS#1 key (RSA PRIVATE KEY): openssl pkcs8 -topk8');
    const sec1 = openssl.convert('ec', 'p-256', '-outform', 'der');
    expect(failure(() => checkPkcs8(sec1)).message).toContain('SEC1');
    const encrypted = openssl.convert('pkcs8', 'p-256', '-topk8', '-outform', 'der', '-passout', 'pass:secret');
    expect(failure(() => checkPkcs8(encrypted)).message).toContain('encrypted');
    expect(failure(() => checkPkcs8(openssl.read('p-256.key'))).message).toContain('PEM');
    expect(failure(() => checkPkcs8(openssl.certificate('p-256', '/CN=x'))).message).toContain('this is a certificate');
  });

  it('refuses trailing bytes, with the offset', () => {
    const key = openssl.convert('pkcs8', 'ed25519', '-topk8', '-nocrypt', '-outform', 'der');
    const error = failure(() => checkPkcs8(Buffer.concat([key, Buffer.from('\n')])));
    expect(error).toMatchObject({ code: Result.DER_TRAILING_DATA, byteOffset: key.length });
  });

  it('leaves nothing of the key in the memory of the core, accepted or refused', () => {
    const key = openssl.convert('pkcs8', 'ed25519', '-topk8', '-nocrypt', '-outform', 'der');
    const seed = key.subarray(-32);
    checkPkcs8(key);
    expect(scratch.u8.includes(seed)).toBe(false);
    failure(() => checkPkcs8(Buffer.concat([key, key])));
    expect(scratch.u8.includes(seed)).toBe(false);
    identifyKey(key);
    expect(scratch.u8.includes(seed)).toBe(false);
  });
});
