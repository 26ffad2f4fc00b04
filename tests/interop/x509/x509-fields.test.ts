// needs: cryptography-vectors
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { type CertificateInfo, DerError, type DistinguishedName, type GeneralName, readCertificate } from 'wasmqtt';
import { pemParts, samples } from '../corpus.js';

const DEBIAN_ROOTS = '/etc/ssl/certs/ca-certificates.crt';

/** Both readings of a certificate that both accept. */
interface Pair {
  name: string;
  ours: CertificateInfo;
  node: X509Certificate;
}

function read(name: string, der: Buffer): Pair[] {
  try {
    return [{ name, ours: readCertificate(der), node: new X509Certificate(der) }];
  } catch (error) {
    // What one of them refuses is judged in x509-corpus.test.ts.
    if (error instanceof DerError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_OSSL')) return [];
    throw error;
  }
}

const certificates = samples.filter(({ kind }) => kind === 'x509');
const ofCorpus = certificates.flatMap(({ file, der }) => read(file, der));
const debianRoots = existsSync(DEBIAN_ROOTS) ? pemParts(readFileSync(DEBIAN_ROOTS, 'latin1')) : [];
const roots = [...rootCertificates.flatMap(pemParts), ...debianRoots];
const ofRoots = roots.flatMap(({ der }, index) => read(`root ${index + 1}`, der));
const pairs = [...ofCorpus, ...ofRoots];

/** A serial number as both show it: hex digits, with a minus when it is negative. */
const numberOf = (text: string) => (text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`));

/** Node has one value of an attribute or a list of them; the last is the most specific. */
function nameOfNode(name: Record<string, string | string[]> | undefined): DistinguishedName {
  const last = (key: string) => [name?.[key] ?? []].flat().at(-1);
  return {
    commonName: last('CN'),
    countryName: last('C'),
    organizationName: last('O'),
    organizationalUnitName: last('OU'),
  };
}

const NAME_TYPES: Readonly<Record<string, GeneralName['type']>> = {
  DNS: 'dns',
  URI: 'uri',
  email: 'email',
  'IP Address': 'ip',
};

/** The names of the types that are read, out of node's text; it quotes what holds a comma and the like. */
function altNamesOfNode(text: string | undefined): GeneralName[] {
  const entries = (text ?? '').matchAll(/([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g);
  return Array.from(entries).flatMap(([, label, shown]) => {
    const type = NAME_TYPES[label];
    const value = shown.startsWith('"') ? JSON.parse(shown) : shown;
    return type ? [{ type, value: type === 'ip' ? value.toLowerCase() : value }] : [];
  });
}

describe('where both accept a certificate, each field is what node reads', () => {
  it('they are most of the corpus, and all the roots that Node and Debian trust', () => {
    console.log(`fields: ${ofCorpus.length} of ${certificates.length} certificates, ${ofRoots.length} roots`);
    expect(ofCorpus.length).toBeGreaterThan(800);
    expect(ofRoots).toHaveLength(roots.length);
  });

  it('serial number, the last CN, O, OU and C of subject and issuer, validity (RFC 5280 4.1.2)', () => {
    const unnamed: string[] = [];
    for (const { name, ours, node } of pairs) {
      const { subject, issuer } = node.toLegacyObject() as unknown as Record<string, Record<string, string>>;
      expect(numberOf(ours.serialNumber), name).toBe(numberOf(node.serialNumber));
      // Node does not read a name with a value that is not a string.
      if (Object.keys(subject ?? {}).length === 0 && ours.subjectRaw.length > 2) unnamed.push(name);
      else expect(ours.subject, name).toEqual(nameOfNode(subject));
      expect(ours.issuer, name).toEqual(nameOfNode(issuer));
      expect(ours.notBefore, name).toEqual(new Date(node.validFrom));
      expect(ours.notAfter, name).toEqual(new Date(node.validTo));
      expect(ours.raw.equals(node.raw), name).toBe(true);
    }
    expect(unnamed).toEqual(['x509/scottishpower-bitstring-dn.pem', 'x509/unique_identifier.pem']);
  });

  it('kind, size, curve, exponent and encoding of the key (RFC 5280 4.1.2.7)', () => {
    const curves: Record<string, string> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
    const NAMED = ['rsa', 'ec', 'ed25519', 'x25519', 'x448', 'ed448'];
    const seen = new Set<string>();
    for (const { name, ours, node } of pairs) {
      let key: X509Certificate['publicKey'];
      try {
        key = node.publicKey;
      } catch {
        // A key of which OpenSSL cannot make one: inherited parameters of DSA, a spoilt identifier.
        expect(ours.publicKeyAlgorithm, name).toBe('unknown');
        continue;
      }
      const { asymmetricKeyType: type = '', asymmetricKeyDetails: details } = key;
      seen.add(type);
      expect(ours.publicKeyAlgorithm, name).toBe(NAMED.includes(type) ? type : 'unknown');
      expect(ours.publicKeyCurve, name).toBe(curves[details?.namedCurve ?? '']);
      if (type === 'rsa') {
        expect([ours.publicKeyBits, ours.publicKeyExponent], name).toEqual([
          details?.modulusLength,
          details?.publicExponent,
        ]);
      }
      expect(ours.subjectPublicKeyInfo.equals(key.export({ type: 'spki', format: 'der' })), name).toBe(true);
    }
    expect([...seen].sort()).toEqual(expect.arrayContaining(['dsa', 'ec', 'ed25519', 'ed448', 'rsa']));
  });

  it('basicConstraints, extKeyUsage and subjectAltName (RFC 5280 4.2.1)', () => {
    for (const { name, ours, node } of pairs) {
      // OpenSSL calls no CA what has a keyUsage without keyCertSign.
      expect(ours.ca && (ours.keyUsage?.includes('keyCertSign') ?? true), name).toBe(node.ca);
      expect(ours.extKeyUsage, name).toEqual(node.keyUsage);
      expect(ours.subjectAltName, name).toEqual(altNamesOfNode(node.subjectAltName));
    }
  });
});
