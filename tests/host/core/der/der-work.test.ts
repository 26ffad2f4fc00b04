import { describe, expect, it } from 'vitest';
import {
  CertificateListRecord,
  CertificateRecord,
  DerHeadRecord,
  DerLimit,
  Result,
} from '../../../../build/abi/core.js';
import { core } from '../../../../host/core/engine/core.js';
import { scratch } from '../../../../host/core/engine/scratch.js';

/** Puts the bytes after a record; returns both addresses. */
function put(bytes: Uint8Array): { record: number; input: number; length: number } {
  const record = scratch.reserve(CertificateRecord.SIZE);
  const input = scratch.take(bytes.length);
  scratch.u8.set(bytes, input);
  return { record, input, length: bytes.length };
}

/** A header with a length of three octets. */
function wrap(tag: number, content: Buffer): Buffer {
  const { length } = content;
  return Buffer.concat([Buffer.from([tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]), content]);
}

const word = (address: number) => scratch.u32[address >> 2];

describe('work is bounded by the length of the input: each element has two octets and is counted once', () => {
  it('a million empty elements take a million steps', () => {
    const wide = wrap(0x30, Buffer.from('3000'.repeat(1 << 20), 'hex'));
    const { record, input, length } = put(wide);
    expect(core.der_check(input, length, record, DerLimit.DEPTH, 0)).toBe((1 << 20) + 1);
    expect(word(record + DerHeadRecord.elements)).toBe((1 << 20) + 1);
  });

  it('more elements than the limit are refused at the first that is too many', () => {
    const wide = Buffer.alloc((DerLimit.ELEMENTS + 8) * 2);
    for (let at = 0; at < wide.length; at += 2) wide[at] = 0x05;
    const { record, input, length } = put(wrap(0x30, wide));
    expect(core.der_check(input, length, record, DerLimit.DEPTH, record + DerHeadRecord.errorOffset)).toBe(
      Result.DER_TOO_MANY,
    );
    expect(word(record + DerHeadRecord.errorOffset)).toBe(5 + (DerLimit.ELEMENTS - 1) * 2);
  });

  it('a nest of 5000 levels is refused at the 33rd', () => {
    let nest: Buffer = Buffer.from('0500', 'hex');
    for (let level = 0; level < 5000; level++) {
      const { length } = nest;
      const header =
        length < 0x80
          ? [0x30, length]
          : length < 0x100
            ? [0x30, 0x81, length]
            : [0x30, 0x82, length >> 8, length & 0xff];
      nest = Buffer.concat([Buffer.from(header), nest]);
    }
    const { record, input, length } = put(nest);
    expect(core.der_check(input, length, record, DerLimit.DEPTH, record + DerHeadRecord.errorOffset)).toBe(
      Result.DER_TOO_DEEP,
    );
    // Each of the 32 headers before it has four octets.
    expect(word(record + DerHeadRecord.errorOffset)).toBe(32 * 4);
  });

  it('sets in sets are compared once for each level, of which there are at most 32', () => {
    let nest: Buffer = Buffer.from('0500'.repeat(1 << 19), 'hex');
    for (let depth = 0; depth < 32; depth++) nest = wrap(0x31, nest);
    const { record, input, length } = put(nest);
    expect(core.der_check(input, length, record, DerLimit.DEPTH, 0)).toBe((1 << 19) + 32);
  });

  it('a CRL of 100,000 entries takes three elements for each entry and a few more', () => {
    const entry = Buffer.from('3014020300000017' + '0d3234303130313030303030305a', 'hex');
    const entries = Buffer.alloc(entry.length * 100_000);
    for (let n = 0; n < 100_000; n++) {
      entry.writeUIntBE(0x10_0000 + n, 4, 3);
      entry.copy(entries, n * entry.length);
    }
    const algorithm = Buffer.from('300506032b6570', 'hex');
    const issuer = Buffer.from('300d310b300906035504030c026361', 'hex');
    const time = Buffer.from('170d3234303130313030303030305a', 'hex');
    const body = wrap(0x30, Buffer.concat([algorithm, issuer, time, wrap(0x30, entries)]));
    const { record, input, length } = put(wrap(0x30, Buffer.concat([body, algorithm, Buffer.from('03020000', 'hex')])));
    expect(core.crl_read(input, length, record)).toBe(length);
    const fixed = 2 + 2 + 5 + 1 + 1 + 2 + 1;
    expect(word(record + DerHeadRecord.elements)).toBe(300_000 + fixed);
    const serial = scratch.take(3);
    scratch.u8.writeUIntBE(0x10_0000 + 99_999, serial, 3);
    expect(core.crl_find(record, serial, 3)).toBe(1);
    expect(scratch.i64[(record + CertificateListRecord.revocationDate) >> 3]).toBe(1704067200n);
    scratch.u8.writeUIntBE(0x20_0000, serial, 3);
    expect(core.crl_find(record, serial, 3)).toBe(0);
  });
});
