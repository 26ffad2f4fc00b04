// engine: LMDB
import { describe, expect, it } from 'vitest';
import { XaesGcm } from '../../../../host/cloud/store/seal/xaes-gcm.js';

const NONCE = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX');

describe('XAES-256-GCM', () => {
  // c2sp.org/XAES-256-GCM, test vectors: with the top bit of L clear, and set.
  it.each([
    [1, '', 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271'],
    [3, 'c2sp.org/XAES-256-GCM', '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d'],
  ])('makes the bytes of the specification (key of %i)', (byte, associated, wanted) => {
    const cipher = new XaesGcm(Buffer.alloc(32, byte));
    const sealed = cipher.seal(Buffer.from('XAES-256-GCM'), Buffer.from(associated), NONCE);
    expect(sealed.subarray(24).toString('hex')).toBe(wanted);
    expect(cipher.open(sealed, Buffer.from(associated)).toString()).toBe('XAES-256-GCM');
  });

  it('opens what it sealed, of any length, and never seals twice alike', () => {
    const cipher = new XaesGcm(Buffer.alloc(32, 7));
    for (const length of [0, 1, 15, 16, 17, 255, 4096, 100_000]) {
      const plain = Buffer.alloc(length, length);
      const sealed = cipher.seal(plain, Buffer.from('a'));
      expect(cipher.open(sealed, Buffer.from('a'))).toEqual(plain);
      expect(cipher.seal(plain, Buffer.from('a'))).not.toEqual(sealed);
    }
  });

  it('refuses any other bit, other associated data, another key, and what is too short', () => {
    const cipher = new XaesGcm(Buffer.alloc(32, 7));
    const associated = Buffer.from('place');
    const sealed = cipher.seal(Buffer.from('secret'), associated);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] ^= 1 << (bit & 7);
      expect(() => cipher.open(changed, associated), `bit ${bit}`).toThrow();
    }
    expect(() => cipher.open(sealed, Buffer.from('other'))).toThrow();
    expect(() => new XaesGcm(Buffer.alloc(32, 8)).open(sealed, associated)).toThrow();
    for (let length = 0; length < sealed.length; length++) {
      expect(() => cipher.open(sealed.subarray(0, length), associated)).toThrow();
    }
  });
});
