import { openSealed } from '../../cloud/index.js';
import { type DojotUser, type UserGroup, Users } from '../../dojot/pki/index.js';
import { askPassword } from '../process/ask-password.js';
import { type LocalStoreOptions, sealOptions, storePlace } from '../services/local-store.js';

export interface DojotUserFlags extends LocalStoreOptions {
  json?: boolean;
}

export interface NewUserFlags extends DojotUserFlags {
  tenant: string;
  group: UserGroup;
}

/** `wasmqtt dojot user add`. @throws UserError, StoreError */
export async function addUser(name: string, flags: NewUserFlags): Promise<void> {
  const password = await askPassword(ADVICE);
  const user = await withUsers(flags, (users) => users.add(name, flags.tenant, flags.group, password));
  print(flags, user, `user ${user.username} of the tenant ${user.tenant} is added\n`);
}

/** `wasmqtt dojot user list`. @throws UserError, StoreError */
export async function listUsers(flags: DojotUserFlags): Promise<void> {
  for (const user of await withUsers(flags, (users) => users.list())) print(flags, user, line(user));
}

/** `wasmqtt dojot user password`. @throws UserError, StoreError */
export async function changePassword(name: string, flags: DojotUserFlags): Promise<void> {
  const password = await askPassword(ADVICE);
  await withUsers(flags, (users) => users.setPassword(name, password));
  print(flags, { event: 'password changed', username: name }, `user ${name} has another password\n`);
}

/** `wasmqtt dojot user delete`. @throws UserError, StoreError */
export async function deleteUser(name: string, flags: DojotUserFlags): Promise<void> {
  await withUsers(flags, (users) => users.delete(name));
  print(flags, { event: 'deleted', username: name }, `user ${name} is deleted, and logs in no more\n`);
}

const ADVICE = 'type one, or send it on standard input';

function line({ username, tenant, group, dateCreated }: DojotUser): string {
  return `${username}  ${tenant}  ${group}  ${dateCreated.toISOString().slice(0, 10)}\n`;
}

function print({ json }: DojotUserFlags, object: object, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(object)}\n` : text);
}

async function withUsers<T>(flags: DojotUserFlags, action: (users: Users) => Promise<T>): Promise<T> {
  const engine = await openSealed(storePlace(flags), sealOptions(flags, process.env));
  try {
    return await action(new Users(engine, Date.now));
  } finally {
    await engine.close();
  }
}
