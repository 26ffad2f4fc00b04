import type { ClientIdentity } from '../../engine/rules.js';
import type { AccessLine, AclFile } from './acl-file.js';

type Levels = readonly string[];

interface Entry {
  readonly levels: Levels;
  readonly isDenied: boolean;
  readonly reads: boolean;
  readonly writes: boolean;
}

/** Why access is refused; undefined when it is allowed. */
export type AccessVerdict = string | undefined;

/**
 * Answers what an ACL file allows, as mosquitto does: the lines of the user, or of anonymous clients, come first, then the
 * patterns. Of each the lines that deny come first, and the first line that fits decides. What no line fits is refused.
 */
export class AccessList {
  readonly #anonymous: readonly Entry[];
  readonly #users: ReadonlyMap<string, readonly Entry[]>;
  readonly #patterns: readonly AccessLine[];
  /** The patterns with the names of a client in place. */
  readonly #ofClient = new WeakMap<ClientIdentity, readonly Entry[]>();

  constructor(file: AclFile) {
    this.#anonymous = entries(file.anonymous);
    this.#users = new Map([...file.users].map(([name, lines]) => [name, entries(lines)]));
    this.#patterns = deniedFirst(file.patterns);
  }

  check(client: ClientIdentity, topic: string, access: 'read' | 'write'): AccessVerdict {
    const levels = topic.split('/');
    const { userName, clientId } = client;
    const own = userName === undefined ? this.#anonymous : (this.#users.get(userName) ?? []);
    const decided = decide(own, levels, access) ?? this.#checkPatterns(client, levels, access);
    if (decided === 'allowed') return undefined;
    const who = userName === undefined ? `the anonymous client ${clientId}` : `user ${userName}`;
    if (decided === 'dangerous') return `${who}: a name with + or # may not fill a pattern of the ACL`;
    return `the ACL lets ${who} not ${access} ${topic}`;
  }

  #checkPatterns(client: ClientIdentity, levels: Levels, access: 'read' | 'write'): Decided | undefined {
    if (this.#patterns.length === 0) return undefined;
    if (/[+#]/.test(client.userName ?? '') || /[+#]/.test(client.clientId)) return 'dangerous';
    let filled = this.#ofClient.get(client);
    if (!filled) {
      filled = entries(this.#patterns.flatMap((line) => fill(line, client)));
      this.#ofClient.set(client, filled);
    }
    return decide(filled, levels, access);
  }
}

type Decided = 'allowed' | 'denied' | 'dangerous';

function decide(list: readonly Entry[], levels: Levels, access: 'read' | 'write'): Decided | undefined {
  for (const entry of list) {
    if (!fits(entry.levels, levels)) continue;
    if (entry.isDenied) return 'denied';
    if (access === 'read' ? entry.reads : entry.writes) return 'allowed';
  }
  return undefined;
}

/** A pattern with `%u` is nothing for a client without a user name. */
function fill({ access, filter }: AccessLine, { clientId, userName }: ClientIdentity): AccessLine[] {
  if (userName === undefined && filter.includes('%u')) return [];
  const names: Record<string, string> = { '%c': clientId, '%u': userName ?? '' };
  return [{ access, filter: filter.replace(/%[cu]/g, (variable) => names[variable]) }];
}

function deniedFirst(lines: readonly AccessLine[]): AccessLine[] {
  return [...lines.filter(({ access }) => access === 'deny'), ...lines.filter(({ access }) => access !== 'deny')];
}

function entries(lines: readonly AccessLine[]): Entry[] {
  return deniedFirst(lines).map(({ access, filter }) => ({
    levels: filter.split('/'),
    isDenied: access === 'deny',
    reads: access === 'read' || access === 'readwrite',
    writes: access === 'write' || access === 'readwrite',
  }));
}

/** Whether a filter matches a topic name (4.7); wildcards do not match names that begin with $ (4.7.2-1). */
function fits(filter: Levels, topic: Levels): boolean {
  if (filter[0].startsWith('$') !== topic[0].startsWith('$')) return false;
  for (const [at, level] of filter.entries()) {
    if (level === '#') return true;
    if (at >= topic.length || (level !== '+' && level !== topic[at])) return false;
  }
  return filter.length === topic.length;
}
