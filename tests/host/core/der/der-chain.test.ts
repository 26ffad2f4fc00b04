// needs: cryptography-vectors
import { describe, expect, it } from 'vitest';
import { type CoreExports, CertificateRecord as R } from '../../../../build/abi/core.js';
import { samples } from '../../../interop/corpus.js';
import { compile } from '../support/bare-core.js';

/** A chain in the order of TLS: the certificate of PKITS 4.6.13, then the four CAs below the trust anchor. */
const NAMES = [
  'ValidpathLenConstraintTest13EE',
  'pathLenConstraint6subsubsubCA41XCert',
  'pathLenConstraint6subsubCA41Cert',
  'pathLenConstraint6subCA4Cert',
  'pathLenConstraint6CACert',
];
const certificates = NAMES.map((name) => samples.find(({ file }) => file === `x509/PKITS_data/certs/${name}.crt`)!.der);
const chain = Buffer.concat(certificates);

describe.each(['core.wasm', 'core.simd.wasm'] as const)('%s', (build) => {
  it('reads a chain of 4 KB with no memory but that of the caller: the chain and one record at the very end of memory', () => {
    const core = compile(build).instantiate() as unknown as CoreExports;
    const memory = Buffer.from(core.memory.buffer);
    // Reading or writing after the record traps.
    const record = memory.length - R.SIZE;
    const first = record - chain.length;
    memory.set(chain, first);
    memory.fill(0xa5, core.heap_base(), first);
    const before = Buffer.from(memory.subarray(0, record));
    const word = (field: number) => memory.readUInt32LE(record + field);
    const view = (field: number) => memory.subarray(word(field), word(field) + word(field + 4));

    const limits: (number | string)[] = [];
    let issuer: Buffer | undefined;
    let at = first;
    for (const der of certificates) {
      expect(core.x509_read(at, record - at, record)).toBe(der.length);
      if (issuer) expect(view(R.subject).equals(issuer)).toBe(true);
      issuer = Buffer.from(view(R.issuer));
      limits.push(word(R.ca) === 0 ? 'no CA' : memory.readInt32LE(record + R.pathLenConstraint));
      at += der.length;
    }
    expect(chain.length).toBeGreaterThanOrEqual(4096);
    expect(at).toBe(record);
    expect(limits).toEqual(['no CA', -1, 1, 4, 6]);
    expect(core.memory.buffer.byteLength).toBe(memory.length);
    expect(memory.subarray(0, record).equals(before)).toBe(true);
  });
});
