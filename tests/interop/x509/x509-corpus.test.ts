// needs: openssl, cryptography-vectors
import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { DerError, readCertificate, readCertificateRequest, readCrl, readPrivateKey } from 'wasmqtt';
import { foreigners, type Sample, samples } from '../corpus.js';
import { type OpensslReading, readWithOpenssl } from '../openssl-reader.js';
import { crlRead, crlShown, entriesShown, extensionsRead, extensionsShown } from './openssl-fields.js';
import differences from './x509-differences.json' with { type: 'json' };

const READERS = { x509: readCertificate, crl: readCrl, req: readCertificateRequest, pkey: readPrivateKey };

/** Undefined when it is accepted. */
function refusal(read: (der: Buffer) => unknown, der: Buffer): DerError | undefined {
  try {
    read(der);
  } catch (error) {
    if (error instanceof DerError) return error;
    throw error;
  }
  return undefined;
}

/** Node's parser of certificates is that of OpenSSL too, in the version that Node brings. */
function nodeAccepts(der: Buffer): boolean {
  try {
    return new X509Certificate(der).raw.length > 0;
  } catch {
    return false;
  }
}

let openssl: Map<Sample, OpensslReading>;
const ours = new Map<Sample, DerError | undefined>(
  samples.map((sample) => [sample, refusal(READERS[sample.kind], sample.der)]),
);

beforeAll(async () => {
  openssl = await readWithOpenssl(samples);
});

describe("Debian's python3-cryptography-vectors, with all of NIST PKITS", () => {
  it('is there whole', () => {
    const count = (folder: string) => samples.filter(({ file }) => file.startsWith(folder)).length;
    expect(count('x509/PKITS_data/certs/')).toBe(405);
    expect(count('x509/PKITS_data/crls/')).toBe(173);
    const kinds = Object.keys(READERS).map((kind) => samples.filter((sample) => sample.kind === kind).length);
    console.log(
      `corpus: ${Object.keys(READERS).map((kind, index) => `${kinds[index]} ${kind}`)}, others ${foreigners.length}`,
    );
    expect(Math.min(...kinds)).toBeGreaterThan(20);
  });

  it('has the verdict of openssl, but for the files on the list, each of which breaks the clause that it names', () => {
    const found = samples.flatMap((sample) => {
      const error = ours.get(sample);
      const accepts = openssl.get(sample)?.accepts;
      if (accepts === !error) return [];
      return [{ file: sample.file, ours: error?.codeName ?? 'accepts', clause: error?.clause, openssl: accepts }];
    });
    const listed = differences.map(({ file, ours, openssl, clause }) => ({
      file,
      ours,
      clause,
      openssl: openssl === 'accepts',
    }));
    expect(found).toEqual(listed);
    for (const { reason } of differences) expect(reason.length).toBeGreaterThan(20);
    const accepted = samples.filter((sample) => openssl.get(sample)?.accepts && !ours.get(sample)).length;
    const refused = samples.filter((sample) => !openssl.get(sample)?.accepts && ours.get(sample)).length;
    console.log(`corpus: ${accepted} accepted by both, ${refused} refused by both, ${found.length} on the list`);
  });

  it("has the same verdict by node's X509Certificate as by openssl", () => {
    const certificates = samples.filter(({ kind }) => kind === 'x509');
    const differing = certificates.filter((sample) => nodeAccepts(sample.der) !== openssl.get(sample)?.accepts);
    expect(differing.map(({ file }) => file)).toEqual([]);
  });

  it('is read to its end, and what is refused is refused at an offset inside it', () => {
    for (const sample of samples) {
      const error = ours.get(sample);
      if (error) expect(error.byteOffset, sample.file).toBeLessThanOrEqual(sample.der.length);
      else if (sample.kind !== 'pkey') {
        expect(READERS[sample.kind](sample.der).length, sample.file).toBe(sample.der.length);
      }
    }
  });

  it('holds files of other kinds, which every reader refuses with a code', () => {
    expect(foreigners.length).toBeGreaterThan(500);
    for (const { file, bytes } of foreigners) {
      for (const read of Object.values(READERS)) {
        expect(refusal(read, bytes)?.code, file).toBeLessThan(0);
      }
    }
  });
});

/** What both accept, of one kind. */
const accepted = (kind: Sample['kind']) =>
  samples.filter((sample) => sample.kind === kind && !ours.get(sample) && openssl.get(sample)?.accepts);
const shownBy = (sample: Sample) => openssl.get(sample)?.text ?? '';

/** The names of all certificates of the corpus, by how openssl shows them in a CRL. */
const names = new Map(
  samples
    .filter((sample) => sample.kind === 'x509' && !ours.get(sample))
    .map(({ der }) => readCertificate(der))
    .map(({ subject, subjectRaw }) => {
      const { countryName: c, organizationName: o, organizationalUnitName: ou, commonName: cn } = subject;
      const shown = Object.entries({ C: c, O: o, OU: ou, CN: cn }).filter(([, value]) => value !== undefined);
      return [shown.map(([key, value]) => `/${key}=${value}`).join(''), subjectRaw];
    }),
);

describe('where both accept it, the fields are what openssl shows', () => {
  it('of a certificate: keyUsage, path length, key identifiers, the first URI of the CRL (RFC 5280 4.2.1)', () => {
    for (const sample of accepted('x509')) {
      expect(extensionsRead(readCertificate(sample.der)), sample.file).toEqual(extensionsShown(shownBy(sample)));
    }
  });

  it('of a CRL: version, issuer, dates, number, key identifier (RFC 5280 5.1, 5.2)', () => {
    for (const sample of accepted('crl')) {
      expect(crlRead(readCrl(sample.der)), sample.file).toEqual(crlShown(shownBy(sample)));
    }
  });

  it('of a CRL: every entry is found by its serial number, and no other is (RFC 5280 5.1.2.6)', () => {
    let count = 0;
    let attributed = 0;
    for (const sample of accepted('crl')) {
      const crl = readCrl(sample.der);
      // Of several entries for one serial number the first is found.
      const entries = new Map(
        entriesShown(shownBy(sample))
          .map(([serialNumber, entry, issuer]) => [serialNumber, { entry, issuer }] as const)
          .toReversed(),
      );
      count += entries.size;
      for (const [serialNumber, { entry, issuer }] of entries) {
        const name = `${sample.file} ${serialNumber}`;
        if (issuer === undefined) expect(crl.find(serialNumber), name).toEqual(entry);
        else {
          attributed++;
          // One of the issuers has no certificate in the corpus.
          const found = [...names].filter(([, der]) => crl.find(serialNumber, der)).map(([shown]) => shown);
          expect(found, name).toEqual(names.has(issuer) ? [issuer] : []);
          expect(crl.find(serialNumber), name).toEqual(names.get(issuer)?.equals(crl.issuerRaw) ? entry : undefined);
        }
      }
      const numbers = new Set(Array.from(entries.keys(), numberOf));
      for (const number of numbers) {
        for (const absent of [number << 8n, number >> 8n, number + 1n, -number - 1n]) {
          if (!numbers.has(absent)) expect(crl.find(absent), `${sample.file} ${absent}`).toBeUndefined();
        }
      }
      expect(crl.find('7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF')).toBeUndefined();
    }
    console.log(`corpus: ${count} entries of ${accepted('crl').length} CRLs found`);
    expect(count).toBeGreaterThan(100);
    expect(attributed).toBeGreaterThan(5);
  });
});

/** A serial number as openssl shows it. */
function numberOf(shown: string): bigint {
  return shown.startsWith('-') ? -BigInt(`0x${shown.slice(1)}`) : BigInt(`0x${shown}`);
}
