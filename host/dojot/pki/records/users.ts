import { randomUUID } from 'node:crypto';
import { hashSecret, SecretVerifier } from '../../../cloud/store/accounts/secret-hash.js';
import { AGAIN, attempts } from '../../../cloud/store/attempts.js';
import type { Engine, EngineRecord } from '../../../cloud/store/engine/engine.js';
import { readRecord, writeRecord } from '../../../cloud/store/record-json.js';
import { StoreError } from '../../../cloud/store/store-error.js';

/** What a user may do: `admin` all, `user` read and have certificates signed. */
export type UserGroup = 'admin' | 'user';

/** Who may log in at dojot's PKI. */
export interface DojotUser {
  /** lower case */
  username: string;
  /** whose devices are the user's */
  tenant: string;
  group: UserGroup;
  /** tells a user from a former one of the same name */
  id: string;
  dateCreated: Date;
}

/** As it is kept. */
interface UserRecord {
  tenant: string;
  group: UserGroup;
  id: string;
  passwordHash: string;
  dateCreated: number;
}

const USERNAME = /^[0-9a-z._@-]{1,64}$/;
const TENANT = /^[0-9a-z_]{1,32}$/;

/** The users of a store. Of a password only the hash is kept. Methods reject with StoreError, also as an `Engine` does. */
export class Users {
  readonly #engine: Engine;
  readonly #now: () => number;
  readonly #verifier = new SecretVerifier();

  /** @param now milliseconds since 1970 */
  constructor(engine: Engine, now: () => number) {
    this.#engine = engine;
    this.#now = now;
  }

  /**
   * Adds a user. Rejects with `already-exists` and `invalid-name`.
   *
   * @param username letters, digits and `. _ @ -`, at most 64 characters, kept in lower case
   * @param tenant `a-z 0-9 _`, at most 32 characters
   */
  async add(username: string, tenant: string, group: UserGroup, password: string): Promise<DojotUser> {
    const name = checkName(username);
    if (!TENANT.test(tenant)) {
      throw new StoreError('invalid-name', 'a tenant has 1 to 32 characters a-z 0-9 _; choose another name');
    }
    const passwordHash = await hashSecret(password);
    const record: UserRecord = { tenant, group, id: randomUUID(), passwordHash, dateCreated: this.#now() };
    const put = { op: 'put', table: 'pki_user', key: [name], data: writeRecord(record), if: 'absent' } as const;
    if ((await this.#engine.commit([put])).committed) return toUser(name, record);
    throw new StoreError(
      'already-exists',
      `there is a user ${name} already; wasmqtt dojot user password changes its password`,
    );
  }

  /** All of them, by name. */
  async list(): Promise<DojotUser[]> {
    return (await this.#engine.list('pki_user', [])).map(fromRecord);
  }

  async find(username: string): Promise<DojotUser | undefined> {
    const found = USERNAME.test(username) ? await this.#engine.get('pki_user', [username]) : undefined;
    return found && fromRecord(found);
  }

  /** Gives a user another password. Rejects with `not-found`. */
  async setPassword(username: string, password: string): Promise<void> {
    const name = checkName(username);
    const passwordHash = await hashSecret(password);
    await attempts(`user ${name}`, async () => {
      const found = await this.#engine.get('pki_user', [name]);
      if (found === undefined) throw noSuchUser(name);
      const data = writeRecord({ ...readRecord<UserRecord>(found), passwordHash });
      const put = { op: 'put', table: 'pki_user', key: [name], data, if: found.revision } as const;
      return (await this.#engine.commit([put])).committed ? undefined : AGAIN;
    });
  }

  /** Removes a user, whose tokens open nothing from then on. Rejects with `not-found`. */
  async delete(username: string): Promise<void> {
    const name = checkName(username);
    const { committed } = await this.#engine.commit([{ op: 'remove', table: 'pki_user', key: [name], if: 'present' }]);
    if (!committed) throw noSuchUser(name);
  }

  /** The user with this name and password; `unknown` or `wrong`, which take as long. */
  async verify(username: string, password: string): Promise<DojotUser | 'unknown' | 'wrong'> {
    const name = username.toLowerCase();
    const found = USERNAME.test(name) ? await this.#engine.get('pki_user', [name]) : undefined;
    const record = found && readRecord<UserRecord>(found);
    const isRight = await this.#verifier.verify(password, record?.passwordHash);
    if (record === undefined) return 'unknown';
    return isRight ? toUser(name, record) : 'wrong';
  }
}

function checkName(username: string): string {
  const name = username.toLowerCase();
  if (USERNAME.test(name)) return name;
  throw new StoreError('invalid-name', 'a user name has 1 to 64 letters, digits and . _ @ -; choose another one');
}

function noSuchUser(name: string): StoreError {
  return new StoreError('not-found', `there is no user ${name} in this store; wasmqtt dojot user list`);
}

function fromRecord(record: EngineRecord): DojotUser {
  return toUser(record.key[0], readRecord<UserRecord>(record));
}

function toUser(username: string, { tenant, group, id, dateCreated }: UserRecord): DojotUser {
  return { username, tenant, group, id, dateCreated: new Date(dateCreated) };
}
