import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Admission, type Rules, refuse } from '../engine/rules.js';

export interface PasswordOptions {
  /** User name to password, or a callback that decides. */
  users?: ReadonlyMap<string, string> | ((userName: string, password: Uint8Array) => boolean);
  /** Let clients in that send no user name. Default: true when `users` is not given. */
  allowAnonymous?: boolean;
  /** The certificate's CN is the user name; `users` and the CONNECT packet's name and password are ignored. */
  useIdentityAsUsername?: boolean;
}

export type PasswordRules = Required<Pick<Rules, 'connect'>> & Pick<Rules, 'needsCertificate'>;

/**
 * Who may come in, by a list of passwords or by certificate. A refusal is always 0x87 Not authorized (return code 5 in 3.1.1),
 * whether the name or the password was wrong.
 *
 * @example
 * ```ts
 * import { createBroker, type PasswordOptions, type PasswordRules, passwordRules } from 'wasmqtt/broker';
 *
 * const options: PasswordOptions = { users: new Map([['ann', 's3cret']]) };
 * const rules: PasswordRules = passwordRules(options);
 * const broker = await createBroker({ listeners: [{ protocol: 'mqtt' }], rules });
 * await broker.close();
 * ```
 */
export function passwordRules(options: PasswordOptions = {}): PasswordRules {
  const { users, useIdentityAsUsername = false } = options;
  const allowAnonymous = options.allowAnonymous ?? users === undefined;
  const refused = refuse('user name, password or certificate not accepted');
  const admitted = (userName?: string): Admission => ({ allow: true, userName });
  const check = typeof users === 'function' ? users : passwordList(users ?? new Map());

  return {
    ...(useIdentityAsUsername && { needsCertificate: 'useIdentityAsUsername' }),
    connect({ userName, password, certificate, authentication }) {
      if (useIdentityAsUsername) return certificate?.commonName ? admitted(certificate.commonName) : refused;
      // Rules with a method of their own have found out who it is.
      if (authentication) return admitted(userName);
      if (userName === undefined) return allowAnonymous ? admitted() : refused;
      if (users === undefined) return allowAnonymous ? admitted(userName) : refused;
      return check(userName, password ?? new Uint8Array(0)) ? admitted(userName) : refused;
    },
  };
}

/**
 * Compares in constant time: both sides are first brought to the same length by a keyed hash, and a name that is not in
 * the list costs the same as one that is.
 */
function passwordList(users: ReadonlyMap<string, string>): (userName: string, password: Uint8Array) => boolean {
  const key = randomBytes(32);
  const digest = (value: Uint8Array | string) => createHmac('sha256', key).update(value).digest();
  const nobody = randomBytes(32);
  return (userName, password) => {
    const expected = users.get(userName);
    const reference = digest(expected ?? nobody);
    return timingSafeEqual(reference, digest(password)) && expected !== undefined;
  };
}
