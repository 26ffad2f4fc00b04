import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../../../../host/core/index.js';
import { profileFor } from '../../../../host/dojot/pki/issue/certificate-profile.js';
import { checkRequest } from '../../../../host/dojot/pki/issue/check-request.js';
import { RefusedRequest } from '../../../../host/dojot/pki/issue/refused-request.js';
import { openPki } from './dojot-pki-rig.js';
import { type Algorithm, EC, type RequestOptions, requestFor, rsa, x509 } from './requests.js';

const NAME = 'admin:a1998e';
const DEVICE = profileFor(1, false);
const SERVICE = profileFor(1, true);
const { enrol } = await openPki();
const { KeyUsageFlags: Usage, ExtendedKeyUsage: Purpose } = x509;

/** Why a request is refused; undefined when it is taken. */
async function refusal(options: RequestOptions, profile = DEVICE): Promise<string | undefined> {
  return refusalOf(await requestFor(NAME, options), profile);
}

function refusalOf(der: Uint8Array, profile = DEVICE): string | undefined {
  try {
    checkRequest(der, profile);
    return undefined;
  } catch (error) {
    if (error instanceof RefusedRequest) return error.message;
    throw error;
  }
}

const extension = (oid: string, hex: string) => new x509.Extension(oid, false, Buffer.from(hex, 'hex'));

describe('the key of a CSR', () => {
  it.each<[string, Algorithm]>([
    ['RSA of 2048 bits', rsa(2048)],
    ['RSA of 3072 bits with SHA-512', rsa(3072, 'SHA-512')],
    ['EC on P-256', EC],
    ['EC on P-384', { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }],
    ['EC on P-521', { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' }],
  ])('may be %s', async (_name, algorithm) => {
    expect(await refusal({ algorithm })).toBeUndefined();
  });

  it.each<[string, Algorithm, RegExp]>([
    ['RSA of 1024 bits', rsa(1024), /less than 2048 bits is not supported/],
    ['signed with SHA-1', rsa(2048, 'SHA-1'), /signed with 1\.2\.840\.113549\.1\.1\.5, which is not taken/],
  ])('may not be %s', async (_name, algorithm, message) => {
    expect(await refusal({ algorithm })).toMatch(message);
  });

  it('has an odd public exponent', async () => {
    const der = await requestFor(NAME, { algorithm: rsa(2048) });
    der[der.indexOf(Buffer.from('0203010001', 'hex')) + 4] = 0;
    expect(refusalOf(der)).toMatch(/public exponent of the RSA key is even or too large/);
  });

  it('has made the signature', async () => {
    const [own, other] = [await requestFor(NAME), await requestFor('admin:other')];
    const forged = Buffer.from(own);
    forged.set(other.subarray(-20), forged.length - 20);
    expect(refusalOf(forged)).toMatch(/the signature of the CSR is not of its key/);
    const changed = Buffer.from(own);
    changed[changed.indexOf('a1998e')] += 1;
    expect(refusalOf(changed)).toMatch(/the signature of the CSR is not of its key/);
  });
});

describe('the subject of a CSR', () => {
  it.each<[string, x509.JsonName, string | undefined]>([
    ['no common name', [{ O: ['x'] }], 'no common name'],
    ['two common names', [{ CN: [NAME] }, { CN: ['plant:b'] }], 'no single common name'],
    ['more than a common name', [{ C: ['BR'] }, { CN: [NAME] }], undefined],
  ])('with %s', async (_name, subject, message) => {
    const found = await refusal({ subject });
    if (message === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(message);
  });
});

describe('the extensions of a CSR', () => {
  it.each<[string, x509.Extension[]]>([
    ['none', []],
    ['CA:FALSE', [new x509.BasicConstraintsExtension(false)]],
    ['key usages of the profile', [new x509.KeyUsagesExtension(Usage.digitalSignature | Usage.keyAgreement)]],
    ['client authentication', [new x509.ExtendedKeyUsageExtension([Purpose.clientAuth])]],
    [
      'names',
      [
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ],
    ],
  ])('may ask for %s', async (_name, extensions) => {
    expect(await refusal({ extensions })).toBeUndefined();
  });

  it.each<[string, x509.Extension[], RegExp]>([
    ['CA:TRUE', [new x509.BasicConstraintsExtension(true, 1)], /asks for CA:TRUE/],
    [
      'the signing of certificates',
      [new x509.KeyUsagesExtension(Usage.keyCertSign)],
      /asks for keyUsage keyCertSign; CFREE has/,
    ],
    ['the signing of CRLs', [new x509.KeyUsagesExtension(Usage.digitalSignature | Usage.cRLSign)], /keyUsage cRLSign/],
    [
      'server authentication',
      [new x509.ExtendedKeyUsageExtension([Purpose.serverAuth])],
      /extendedKeyUsage 1\.3\.6\.1\.5\.5\.7\.3\.1/,
    ],
    ['any purpose', [extension('2.5.29.37', '30060604551d2500')], /extendedKeyUsage 2\.5\.29\.37\.0/],
    ['a policy', [extension('2.5.29.32', '300830060604551d2000')], /the extension 2\.5\.29\.32, which CFREE has not/],
    ['an unknown extension', [extension('1.2.3.4', '0500')], /the extension 1\.2\.3\.4/],
    [
      'a directory name',
      [extension('2.5.29.17', '3011a40f300d310b3009060355040613024252')],
      /is neither DNS, IP, URI nor email/,
    ],
    [
      'names without end',
      [
        new x509.SubjectAlternativeNameExtension(
          Array.from({ length: 33 }, (_, at) => ({ type: 'dns' as const, value: `d${at}` })),
        ),
      ],
      /has 33 subjectAltNames; 32 are the most/,
    ],
  ])('may not ask for %s', async (_name, extensions, message) => {
    expect(await refusal({ extensions })).toMatch(message);
  });

  it('of a service may ask for server authentication', async () => {
    const extensions = [new x509.ExtendedKeyUsageExtension([Purpose.serverAuth])];
    expect(await refusal({ extensions }, SERVICE)).toBeUndefined();
    expect(await refusal({ extensions }, profileFor(3, true))).toBeUndefined();
    expect(await refusal({ extensions }, profileFor(3, false))).toMatch(/extendedKeyUsage/);
  });
});

describe('the form of a CSR', () => {
  it('is the whole of what was sent', async () => {
    const der = await requestFor(NAME);
    expect(refusalOf(Buffer.concat([der, Buffer.from([0])]))).toMatch(/1 bytes behind its end/);
    expect(refusalOf(der.subarray(0, -1))).toMatch(/not a valid certification request/);
    expect(refusalOf(Buffer.alloc(0))).toMatch(/not a valid certification request/);
  });

  /** A small generator of numbers from 0 to 1 (mulberry32). */
  function random(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  it('is checked whatever the bytes are: nothing of what is signed can be changed, and nothing is thrown but a refusal in words', async () => {
    const extensions = [
      new x509.BasicConstraintsExtension(false),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
    ];
    const whole = [
      await requestFor(NAME, { extensions }),
      await requestFor(NAME, { algorithm: rsa(2048), extensions }),
    ];
    const next = random(20261201);
    const below = (limit: number) => Math.floor(next() * limit);
    let refused = 0;
    for (let count = 0; count < 4000; count++) {
      const der = Buffer.from(whole[count % 2]);
      for (let changes = 1 + below(3); changes > 0; changes--) der[below(der.length)] ^= 1 + below(255);
      const cut = next() < 0.2 ? der.subarray(0, below(der.length)) : der;
      // Beside the signature there are the parameters of its algorithm, which nobody signs.
      const message = refusalOf(cut) ?? '';
      if (message === '') expect(checkRequest(cut, DEVICE)).toEqual(checkRequest(whole[count % 2], DEVICE));
      else expect(message, cut.toString('base64')).toMatch(/.{10}/);
      if (message !== '') refused++;
    }
    expect(refused).toBeGreaterThan(3900);
  });
});

describe('a certificate', () => {
  it('has the subject of the entity alone, the key and the names of the CSR, and the purposes of its profile', async () => {
    const options: RequestOptions = {
      subject: [{ C: ['BR'] }, { O: ['else'] }, { CN: [NAME] }],
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
        new x509.KeyUsagesExtension(Usage.digitalSignature, true),
      ],
    };
    const csr = await requestFor(NAME, options);
    const der = await enrol(NAME, csr);
    const { subject, keyUsage, extKeyUsage, subjectAltName, ca, extensions } = readCertificate(der);
    expect(subject).toEqual({ commonName: NAME });
    expect(keyUsage).toEqual(['digitalSignature']);
    expect(extKeyUsage).toEqual([Purpose.clientAuth]);
    expect(subjectAltName).toEqual([{ type: 'dns', value: 'localhost' }]);
    expect(ca).toBe(false);
    expect(extensions.filter(({ critical }) => critical)).toEqual([]);
    const key = checkRequest(csr, DEVICE).subjectPublicKeyInfo;
    expect(new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' }).equals(key)).toBe(true);
  });

  it('of a service is for servers too', async () => {
    const certificate = readCertificate(await enrol('broker', await requestFor('broker')));
    expect(certificate.extKeyUsage).toBeUndefined();
    expect(certificate.keyUsage).toEqual(DEVICE.keyUsage);
  });
});
