import { type Cipher, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** In bytes. */
export const KEY_LENGTH = 32;
const NONCE_LENGTH = 24;
const TAG_LENGTH = 16;
/** How many bytes {@link XaesGcm.seal} adds. */
export const OVERHEAD = NONCE_LENGTH + TAG_LENGTH;

/**
 * XAES-256-GCM (c2sp.org/XAES-256-GCM): AES-256-GCM under a key of its own for each message, derived from half of a nonce of 24 random bytes.
 *
 * AES-256-GCM by itself is safe for 2^32 messages with random nonces (NIST SP 800-38D 8.3), which 2,000 writes a second use up in 25 days;
 * then every process would have to count. This is safe for 2^80.
 */
export class XaesGcm {
  readonly #aes: Cipher;
  /** K1 of CMAC (NIST SP 800-38B 6.1), which the derivation adds to its blocks. */
  readonly #subkey: Buffer;

  /** @param key 32 bytes */
  constructor(key: Uint8Array) {
    this.#aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    this.#subkey = double(this.#aes.update(Buffer.alloc(16)));
  }

  /**
   * @param associated is authenticated, not kept
   * @returns nonce, ciphertext and tag
   */
  seal(plaintext: Uint8Array, associated: Uint8Array, nonce = randomBytes(NONCE_LENGTH)): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#keyFor(nonce), nonce.subarray(12)).setAAD(associated);
    return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  /** What was sealed. @throws Error when key, associated data or any byte is another */
  open(sealed: Uint8Array, associated: Uint8Array): Buffer {
    if (sealed.length < OVERHEAD) throw new Error('too short');
    const nonce = sealed.subarray(0, NONCE_LENGTH);
    const end = sealed.length - TAG_LENGTH;
    const decipher = createDecipheriv('aes-256-gcm', this.#keyFor(nonce), nonce.subarray(12), {
      authTagLength: TAG_LENGTH,
    });
    decipher.setAAD(associated).setAuthTag(sealed.subarray(end));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_LENGTH, end)), decipher.final()]);
  }

  #keyFor(nonce: Uint8Array): Buffer {
    const blocks = Buffer.alloc(2 * 16);
    for (const counter of [1, 2]) {
      const block = blocks.subarray((counter - 1) * 16);
      block.set([0, counter, 'X'.charCodeAt(0), 0]);
      block.set(nonce.subarray(0, 12), 4);
      for (let at = 0; at < 16; at++) block[at] ^= this.#subkey[at];
    }
    // ECB keeps nothing from block to block, so one cipher serves for all messages.
    return this.#aes.update(blocks);
  }
}

/** Twice a block in GF(2^128). */
function double(block: Buffer): Buffer {
  const doubled = Buffer.alloc(16);
  for (let at = 0; at < 16; at++) doubled[at] = (block[at] << 1) | ((block[at + 1] ?? 0) >> 7);
  if ((block[0] & 0x80) !== 0) doubled[15] ^= 0x87;
  return doubled;
}
