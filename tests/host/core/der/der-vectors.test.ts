import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  CertificateListRecord,
  CertificateRecord,
  type CoreExports,
  DerHeadRecord,
  PrivateKeyRecord,
  results,
} from '../../../../build/abi/core.js';
import { compile } from '../support/bare-core.js';
import { type DerVector, derVectors } from '../support/der-vectors.js';

const RECORDS = {
  element: DerHeadRecord,
  certificate: CertificateRecord,
  request: CertificateRecord,
  crl: CertificateListRecord,
  key: PrivateKeyRecord,
} as const;

/** A separate instance of a release build; its memory has the record, then the bytes. */
class Reader {
  readonly #core: CoreExports;
  readonly #record: number;
  readonly #untouched = Buffer.alloc(1024, 0xee);
  /** The memory below the record, with the tables of the core. */
  readonly #tables: Buffer;

  constructor(name: 'core.wasm' | 'core.simd.wasm') {
    this.#core = compile(name).instantiate() as unknown as CoreExports;
    this.#record = (this.#core.heap_base() + 15) & ~15;
    this.#tables = Buffer.from(this.#core.memory.buffer.slice(0, this.#record));
  }

  /** Returns the result, and a view on the record. `last` puts the bytes at the very end of memory, so that reading past them traps. */
  read({ kind, hex }: Pick<DerVector, 'kind' | 'hex'>, last = false): { result: number; record: DataView } {
    const bytes = Buffer.from(hex, 'hex');
    const { buffer } = this.#core.memory;
    const record = this.#record;
    const input = last ? buffer.byteLength - bytes.length : record + 1024;
    new Uint8Array(buffer).fill(0xee, record, record + 1024);
    new Uint8Array(buffer).set(bytes, input);
    const result = {
      element: () => this.#core.der_check(input, bytes.length, record, 32, record + DerHeadRecord.errorOffset),
      certificate: () => this.#core.x509_read(input, bytes.length, record),
      request: () => this.#core.csr_read(input, bytes.length, record),
      crl: () => this.#core.crl_read(input, bytes.length, record),
      key: () => this.#core.key_read(input, bytes.length, record),
    }[kind]();
    const size = kind === 'element' ? 260 : RECORDS[kind].SIZE;
    const behind = new Uint8Array(buffer, record + size, 1024 - size);
    // One expectation for each of a million readings would take too long.
    if (!this.#untouched.subarray(0, behind.length).equals(behind))
      expect.fail('something is written behind the record');
    if (!this.#tables.equals(new Uint8Array(buffer, 0, record))) expect.fail("the core's own memory is changed");
    return { result, record: new DataView(buffer, record, 1024) };
  }
}

describe.each(['core.wasm', 'core.simd.wasm'] as const)('%s', (build) => {
  const reader = new Reader(build);

  it.each(derVectors.filter(({ error }) => error))('$kind: refuses $name ($clause)', (vector) => {
    for (const last of [false, true]) {
      const { result, record } = reader.read(vector, last);
      expect(results[result]?.name).toBe(vector.error);
      expect(record.getUint32(DerHeadRecord.errorOffset, true)).toBe(vector.errorOffset);
      expect(results[result].source).toBe(vector.clause);
    }
  });

  it.each(derVectors.filter(({ fields }) => fields))('$kind: reads $name', (vector) => {
    for (const last of [false, true]) {
      const { result, record } = reader.read(vector, last);
      expect(result).toBeGreaterThan(0);
      if (vector.kind !== 'element' && vector.kind !== 'key') expect(result).toBe(vector.hex.length / 2);
      for (const [name, value] of Object.entries(vector.fields ?? {})) {
        const offset = (RECORDS[vector.kind] as Record<string, number>)[name];
        expect(name === 'result' ? result : record.getInt32(offset, true), name).toBe(value);
      }
    }
  });

  it('returns a verdict on every truncation of every vector, at an offset inside it', () => {
    for (const { kind, hex, fields } of derVectors) {
      for (let length = 0; length < hex.length / 2; length++) {
        const { result, record } = reader.read({ kind, hex: hex.slice(0, length * 2) }, true);
        if (fields) expect(result).toBeLessThan(0);
        if (result < 0) expect(record.getUint32(DerHeadRecord.errorOffset, true)).toBeLessThanOrEqual(length);
      }
    }
  });

  it('returns a verdict on every change of one bit of every vector, after no more elements than the bytes can hold', () => {
    for (const { kind, hex } of derVectors) {
      const bytes = Buffer.from(hex, 'hex');
      for (let bit = 0; bit < Math.min(bytes.length, 400) * 8; bit++) {
        bytes[bit >> 3] ^= 1 << (bit & 7);
        const { result, record } = reader.read({ kind, hex: bytes.toString('hex') });
        bytes[bit >> 3] ^= 1 << (bit & 7);
        const [field, most] =
          result < 0 ? (['errorOffset', bytes.length] as const) : (['elements', bytes.length / 2] as const);
        const value = record.getUint32(DerHeadRecord[field], true);
        if (value > most) expect(value, field).toBeLessThanOrEqual(most);
      }
    }
  });
});

describe('the vectors', () => {
  it('cover every result code of DER, certificates, CRLs, requests and keys except those that only a call can cause', () => {
    const described: { name: string }[] = JSON.parse(
      readFileSync(new URL('../../../../assembly/abi/der.json', import.meta.url), 'utf8'),
    ).results;
    const seen = new Set<string | undefined>(derVectors.map(({ error }) => error));
    expect(described.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([
      // Takes over four million elements: der-work.test.ts.
      'DER_TOO_MANY',
      // Only wrapping causes this one: der-keys.test.ts.
      'KEY_ENCRYPTED',
    ]);
  });

  it('are named once', () => {
    const names = derVectors.map(({ kind, name }) => `${kind} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
