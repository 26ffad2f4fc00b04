import { execFileSync } from 'node:child_process';
import type { BrokerPlan } from '../../broker/index.js';
import { UserError } from '../process/user-error.js';

/** The user and the group that a process becomes. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/**
 * The account of `user`; undefined when nothing is to change: no such option, or this process is not root's.
 *
 * @throws UserError for a name that nobody has
 */
export function accountFor(user: BrokerPlan['user']): Account | undefined {
  if (!user || process.getuid?.() !== 0) return undefined;
  const { name, place } = user;
  try {
    const id = (option: string) =>
      Number(execFileSync('id', [option, '--', name], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g'), name };
  } catch {
    if (/^\d{1,9}$/.test(name)) return { uid: Number(name), gid: Number(name), name };
    const where = `${place.file}:${place.line}:${place.column}`;
    throw new UserError(`${where}: there is no user ${name}; name one of this machine, or "root" to stay root`);
  }
}

/** Becomes another user, for ever. @throws UserError when the system refuses */
export function become({ uid, gid, name }: Account): void {
  if (uid === 0) return;
  try {
    process.setgroups!([gid]);
    process.setgid!(gid);
    process.setuid!(uid);
  } catch (error) {
    throw new UserError(`cannot become the user ${name}: ${(error as Error).message}; start the broker as that user`);
  }
}
