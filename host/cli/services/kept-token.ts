import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AccountCredentials, TokenKeeper } from '../../cloud/index.js';
import { readPrivate, replacePrivate, writePrivateOnce } from '../../node/private-files.js';
import { reasonOf } from '../../node/reason.js';
import { UserError } from '../process/user-error.js';

/**
 * The token of the default account, in a file of the data folder that only its owner can read: the store has a hash alone, and whoever may
 * read the folder may use the account. Every method throws UserError when the file cannot be used.
 */
export class KeptToken implements TokenKeeper {
  readonly path: string;

  /** @param data the data folder */
  constructor(data: string) {
    this.path = join(data, 'credentials.json');
  }

  read(): AccountCredentials | undefined {
    return this.#use('read', () => {
      const text = readPrivate(this.path);
      return text === undefined ? undefined : parse(text);
    });
  }

  keepFirst(credentials: AccountCredentials): AccountCredentials {
    return this.#use('written', () => {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      return parse(writePrivateOnce(this.path, format(credentials)));
    });
  }

  replace(credentials: AccountCredentials): void {
    this.#use('written', () => {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      replacePrivate(this.path, format(credentials));
    });
  }

  #use<T>(what: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      const advice = 'correct its permissions, or remove it and make a token with "wasmqtt cloud account token"';
      throw new UserError(`${this.path} cannot be ${what}: ${reasonOf(error)}; ${advice}`);
    }
  }
}

function format({ accountSid, authToken }: AccountCredentials): string {
  return `${JSON.stringify({ accountSid, authToken })}\n`;
}

/** @throws Error when it is not what {@link format} writes */
function parse(text: string): AccountCredentials {
  const { accountSid, authToken } = JSON.parse(text) as Record<string, unknown>;
  if (typeof accountSid === 'string' && typeof authToken === 'string') return { accountSid, authToken };
  throw new Error('it does not hold accountSid and authToken');
}
