// needs: cryptography-vectors
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CertificateRecord, type CoreExports, DerHeadRecord, results } from '../../../../build/abi/core.js';
import { samples } from '../../../interop/corpus.js';
import { hasOtherType } from '../support/attribute-types.js';
import { compile, type ModuleName } from '../support/bare-core.js';

/** Ten certificates that differ in version, key, names and extensions. */
const FILES = [
  'x509/PKITS_data/certs/GoodCACert.crt', // RSA, a CA
  'x509/PKITS_data/certs/ValidDSASignaturesTest4EE.crt', // a key that is not read
  'x509/cryptography.io.pem', // RSA 4096, ten extensions
  'x509/custom/all_supported_names.pem', // every attribute of a name, twice
  'x509/custom/ca/ca.pem', // P-256
  'x509/custom/cdp_fullname_reasons_crl_issuer.pem',
  'x509/custom/san_email_dns_ip_dirname_uri.pem',
  'x509/ecdsa_root.pem', // P-384
  'x509/ed25519/server-ed25519-cert.pem',
  'x509/verisign_md2_root.pem', // v1
];
const certificates = FILES.map((file) => ({ file, der: samples.find((sample) => sample.file === file)!.der }));

/** OpenSSL checks one in so many of the changed certificates that we accept; with WASMQTT_MUTATIONS=all, every one. */
const STRIDE = process.env.WASMQTT_MUTATIONS === 'all' ? 1 : 61;
const TIMEOUT = STRIDE === 1 ? 1_800_000 : 120_000;

const GUARD = 64;
const FILLED = 0xa5;

/** A separate instance of a build: a guard, the record, a guard; and the bytes at the very end, so that reading on traps. */
class GuardedCore {
  readonly #core: CoreExports;
  readonly #memory: Buffer;
  readonly #record: number;
  readonly #input: number;
  readonly #original: Buffer;

  constructor(name: ModuleName, der: Buffer) {
    this.#core = compile(name).instantiate() as unknown as CoreExports;
    this.#memory = Buffer.from(this.#core.memory.buffer);
    this.#record = ((this.#core.heap_base() + 15) & ~15) + GUARD;
    this.#input = this.#memory.length - der.length;
    this.#original = der;
    this.#memory.fill(FILLED, this.#core.heap_base());
    this.#memory.set(der, this.#input);
  }

  /** Reads the certificate with one octet changed; returns the result, and the offset when it is refused. */
  read(at: number, value: number): { result: number; offset: number } {
    this.#memory[this.#input + at] = value;
    const result = this.#core.x509_read(this.#input, this.#original.length, this.#record);
    const offset = result < 0 ? this.#memory.readUInt32LE(this.#record + DerHeadRecord.errorOffset) : 0;
    this.#memory[this.#input + at] = this.#original[at];
    return { result, offset };
  }

  /** Whether all memory except the record and the core's own data is unchanged. */
  isUntouched(): boolean {
    const before = this.#memory.subarray(this.#core.heap_base(), this.#record);
    const behind = this.#memory.subarray(this.#record + CertificateRecord.SIZE, this.#input);
    const isFilled = (bytes: Buffer) => bytes.every((octet) => octet === FILLED);
    return isFilled(before) && isFilled(behind) && this.#memory.subarray(this.#input).equals(this.#original);
  }
}

/** Node's parser of certificates is OpenSSL's. */
function opensslAccepts(der: Buffer): boolean {
  try {
    return new X509Certificate(der).raw.length > 0;
  } catch {
    return false;
  }
}

describe.each(certificates)('$file with one octet changed to each other value', ({ file, der }) => {
  it(
    'gets the same verdict from both builds, at an offset inside it; OpenSSL accepts what we accept',
    () => {
      expect(hasOtherType(der)).toBe(false);
      const small = new GuardedCore('core.wasm', der);
      const fast = new GuardedCore('core.simd.wasm', der);
      const changed = Buffer.from(der);
      const differing: string[] = [];
      let accepted = 0;
      for (let at = 0; at < der.length; at++) {
        for (let step = 1; step < 256; step++) {
          const value = der[at] ^ step;
          const { result, offset } = small.read(at, value);
          const other = fast.read(at, value);
          if (other.result !== result || other.offset !== offset) differing.push(`${at}: ${value}: the builds differ`);
          if (result < 0) {
            if (!results[result] || offset > der.length) differing.push(`${at}: ${value}: ${result} at ${offset}`);
            continue;
          }
          if (accepted++ % STRIDE !== 0) continue;
          changed[at] = value;
          const certificate = changed.subarray(0, result);
          if (!opensslAccepts(certificate) && !hasOtherType(certificate))
            differing.push(`${at}: ${der[at]} -> ${value}: OpenSSL refuses it`);
          changed[at] = der[at];
        }
      }
      expect(small.isUntouched() && fast.isUntouched()).toBe(true);
      console.log(`${file}: ${accepted} of ${der.length * 255} accepted`);
      expect(differing).toEqual([]);
    },
    TIMEOUT,
  );
});
