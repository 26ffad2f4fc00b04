import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { StoreError } from '../store-error.js';
import { KEY_LENGTH, XaesGcm } from './xaes-gcm.js';

/**
 * The key that wraps the data keys of a store.
 *
 * @example
 * ```ts
 * import { MasterKey } from 'wasmqtt/cloud';
 *
 * const key = MasterKey.parse('00'.repeat(32), 'the key of this example');
 * key.toText().length; // => 64
 * MasterKey.random().id === key.id; // => false
 * ```
 */
export class MasterKey {
  /** 16 hex digits that tell it from others and say nothing about it. */
  readonly id: string;
  readonly #bytes: Buffer;
  readonly #cipher: XaesGcm;

  /** @param bytes 32 of them */
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
    this.id = createHash('sha256').update('wasmqtt master key').update(bytes).digest('hex').slice(0, 16);
    this.#cipher = new XaesGcm(this.derive('wrap data keys'));
  }

  static random(): MasterKey {
    return new MasterKey(randomBytes(KEY_LENGTH));
  }

  /**
   * @param text 64 hex digits, or base64 of 32 bytes in either alphabet
   * @param place where it is from, for the message
   * @throws StoreError `unusable`; the message does not hold the text
   */
  static parse(text: string, place: string): MasterKey {
    const trimmed = text.trim();
    if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return new MasterKey(Buffer.from(trimmed, 'hex'));
    if (/^[\w+/-]{43}=?$/.test(trimmed)) return new MasterKey(Buffer.from(trimmed, 'base64'));
    throw new StoreError(
      'unusable',
      `${place} is not a master key; it must be 64 hex digits or 32 bytes in base64 (openssl rand -hex 32)`,
    );
  }

  /** 64 hex digits. */
  toText(): string {
    return this.#bytes.toString('hex');
  }

  /** A key of 32 bytes for one purpose. */
  derive(purpose: string, salt: Uint8Array = new Uint8Array()): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#bytes, salt, `wasmqtt ${purpose}`, KEY_LENGTH));
  }

  wrap(key: Uint8Array, name: string): string {
    return this.#cipher.seal(key, Buffer.from(name)).toString('base64');
  }

  /** @throws Error when it was wrapped by another key, under another name, or was changed */
  unwrap(wrapped: string, name: string): Buffer {
    return this.#cipher.open(Buffer.from(wrapped, 'base64'), Buffer.from(name));
  }
}

/** Where a master key comes from. */
export interface MasterKeySource {
  /** In words, for messages: `the master key file /var/lib/wasmqtt/master.key`. */
  readonly place: string;
  /** Undefined when there is none. Rejects with StoreError `unusable`. */
  read(): Promise<MasterKey | undefined>;
  /** Makes one for a new store, or returns that of another process that was first. Without it the key must be there. */
  create?(): Promise<MasterKey>;
}

/**
 * A key that is known: from the environment, or made by a test.
 *
 * @example
 * ```ts
 * import { fixedMasterKey, MasterKey, type MasterKeySource, Store } from 'wasmqtt/cloud';
 *
 * const masterKey: MasterKeySource = fixedMasterKey(MasterKey.random());
 * const store = await Store.open('store-fixed', { masterKey });
 * await store.close();
 * ```
 */
export function fixedMasterKey(key: MasterKey, place = 'the given master key'): MasterKeySource {
  return { place, read: async () => key };
}
