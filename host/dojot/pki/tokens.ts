import { randomBytes } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Engine } from '../../cloud/store/engine/engine.js';
import { Meta } from '../../cloud/store/meta.js';
import type { DojotUser, Users } from './records/users.js';

/** The fact of the store that the key is, in hex. */
const SECRET = 'dojot-jwt-secret';
const ISSUER = 'wasmqtt dojot pki';
const ALGORITHM = 'HS256';

/** Whom a token is of, or why it opens nothing. */
export type Bearer = { user: DojotUser } | { refused: 'expired' | 'invalid' };

/** JWTs (RFC 7519) with the claims of dojot's, signed with a key that is the store's own. */
export class Tokens {
  readonly #secret: Uint8Array;
  readonly #users: Users;
  readonly #lifetime: number;
  readonly #now: () => number;

  private constructor(secret: Uint8Array, users: Users, lifetime: number, now: () => number) {
    this.#secret = secret;
    this.#users = users;
    this.#lifetime = lifetime;
    this.#now = now;
  }

  /**
   * With the key of a store, which is made if there is none. Rejects with StoreError.
   *
   * @param lifetime of tokens, in milliseconds
   * @param now milliseconds since 1970
   */
  static async open(engine: Engine, users: Users, lifetime: number, now: () => number): Promise<Tokens> {
    const facts = await new Meta(engine).ensure({ [SECRET]: randomBytes(32).toString('hex') });
    return new Tokens(Buffer.from(facts[SECRET], 'hex'), users, lifetime, now);
  }

  /** A token for a user who has logged in. `service` is the tenant, as everywhere in dojot. */
  issue({ username, tenant, group, id }: DojotUser): Promise<string> {
    const now = Math.floor(this.#now() / 1000);
    return new SignJWT({ profile: group, groups: [group], userid: id, service: tenant, username })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setIssuedAt(now)
      .setExpirationTime(now + Math.ceil(this.#lifetime / 1000))
      .setJti(randomBytes(16).toString('hex'))
      .sign(this.#secret);
  }

  /** The user as the store has it now: one that was removed, or was given other rights, has these. Rejects with StoreError. */
  async verify(token: string): Promise<Bearer> {
    try {
      const { payload } = await jwtVerify(token, this.#secret, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        requiredClaims: ['exp', 'username', 'userid'],
        currentDate: new Date(this.#now()),
      });
      const user = await this.#users.find(String(payload.username));
      return user?.id === payload.userid && user ? { user } : { refused: 'invalid' };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { refused: 'expired' };
      if (error instanceof errors.JOSEError) return { refused: 'invalid' };
      throw error;
    }
  }
}
