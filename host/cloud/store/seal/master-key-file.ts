import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { syncFolder } from '../../../node/private-files.js';
import { reasonOf } from '../../../node/reason.js';
import { StoreError } from '../store-error.js';
import { MasterKey, type MasterKeySource } from './master-key.js';

/** What file systems answer that have no hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];
/** Behind the name: the key that a rotation brings, until every data key is wrapped by it. */
const NEXT = '.next';

/**
 * A master key in a file that only its owner can read (0600), in a folder that is made if it is missing.
 *
 * @example
 * ```ts
 * import { MasterKeyFile, Store } from 'wasmqtt/cloud';
 *
 * const masterKey = new MasterKeyFile('keys/plant.key');
 * const store = await Store.open('store-key-file', { masterKey });
 * (await masterKey.read())?.id.length; // => 16
 * await store.close();
 * ```
 */
export class MasterKeyFile implements MasterKeySource {
  readonly path: string;
  readonly place: string;

  constructor(path: string) {
    this.path = resolve(path);
    this.place = `the master key file ${this.path}`;
  }

  async read(): Promise<MasterKey | undefined> {
    return this.#read(this.path);
  }

  async create(): Promise<MasterKey> {
    const made = MasterKey.random();
    const isFirst = this.#write(made, (temporary) => link(temporary, this.path));
    return isFirst ? made : ((await this.read()) as MasterKey);
  }

  /** The key that a rotation brings: that of one that was interrupted, or a new one. */
  async next(): Promise<MasterKey> {
    const made = MasterKey.random();
    const isFirst = this.#write(made, (temporary) => link(temporary, this.path + NEXT));
    return isFirst ? made : (this.#read(this.path + NEXT) as MasterKey);
  }

  /**
   * The key of the rotation takes the place of the present one, which is gone then. Nothing happens when that was done before.
   *
   * @param ids of the master keys that open the store
   */
  async advance(ids: readonly string[]): Promise<void> {
    const next = this.#read(this.path + NEXT);
    if (next === undefined || !ids.includes(next.id)) return;
    this.#trying('written', () => {
      renameSync(this.path + NEXT, this.path);
      this.#removeLeftovers();
      syncFolder(dirname(this.path));
    });
  }

  /** What a process left that was killed while it made a key: it may hold the one that goes. */
  #removeLeftovers(): void {
    const folder = dirname(this.path);
    const isLeftover = (name: string) => name.startsWith(`.${basename(this.path)}.`) && name.endsWith('.tmp');
    for (const name of readdirSync(folder).filter(isLeftover)) rmSync(join(folder, name), { force: true });
  }

  #read(path: string): MasterKey | undefined {
    return this.#trying('read', () => {
      let handle: number;
      try {
        handle = openSync(path, 'r');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      try {
        const mode = fstatSync(handle).mode & 0o777;
        if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
          throw new StoreError(
            'unusable',
            `the master key file ${path} has mode ${mode.toString(8)}, so others can read or change it; chmod 600 it`,
          );
        }
        return MasterKey.parse(readFileSync(handle, 'utf8'), `what the master key file ${path} holds`);
      } finally {
        closeSync(handle);
      }
    });
  }

  /** Writes the key beside, then puts it in place. @returns whether `put` found the place free */
  #write(key: MasterKey, put: (temporary: string) => boolean): boolean {
    return this.#trying('written', () => {
      const folder = dirname(this.path);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const temporary = join(folder, `.${basename(this.path)}.${process.pid}.tmp`);
      rmSync(temporary, { force: true });
      const handle = openSync(temporary, 'wx', 0o600);
      try {
        writeFileSync(handle, `${key.toText()}\n`);
        fsyncSync(handle);
        return put(temporary);
      } finally {
        closeSync(handle);
        rmSync(temporary, { force: true });
        syncFolder(folder);
      }
    });
  }

  #trying<T>(what: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof StoreError) throw error;
      const advice = 'check its path and its permissions';
      throw new StoreError('unusable', `${this.place} cannot be ${what}: ${reasonOf(error)}; ${advice}`, {
        cause: error,
      });
    }
  }
}

/** The file appears whole: another process reads all of the key or finds none. @returns whether the place was free */
function link(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.includes(code)) throw error;
    copyFileSync(temporary, path, constants.COPYFILE_EXCL);
    return true;
  }
}
