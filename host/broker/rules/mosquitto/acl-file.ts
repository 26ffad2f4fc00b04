import { type FileMistake, trimBlanks } from './password-file.js';

/** What a line allows; `deny` forbids both. */
export type Access = 'read' | 'write' | 'readwrite' | 'deny';

export interface AccessLine {
  readonly access: Access;
  /** A topic filter; of a pattern, `%c` and `%u` stand for client id and user name. */
  readonly filter: string;
}

/** The lines of an ACL file, in their order. */
export interface AclFile {
  /** Of clients without a user name. */
  readonly anonymous: readonly AccessLine[];
  readonly users: ReadonlyMap<string, readonly AccessLine[]>;
  /** Of everybody. */
  readonly patterns: readonly AccessLine[];
}

const ACCESSES: readonly string[] = ['read', 'write', 'readwrite', 'deny'];

/**
 * Reads an ACL file. A mistake makes it unusable, as in mosquitto: a line less might allow more, or lock everybody out.
 *
 * @returns `notes` for lines that are odd but count
 */
export function readAclFile(text: string): {
  file: AclFile;
  mistakes: readonly FileMistake[];
  notes: readonly FileMistake[];
} {
  const anonymous: AccessLine[] = [];
  const users = new Map<string, AccessLine[]>();
  const patterns: AccessLine[] = [];
  const mistakes: FileMistake[] = [];
  const notes: FileMistake[] = [];
  let current = anonymous;
  for (const [at, raw] of text.split('\n').entries()) {
    const trimmed = trimBlanks(raw);
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const report = (message: string) => void mistakes.push({ line: at + 1, message });
    const [, keyword, rest] = /^([^ \t]+)[ \t]*(.*)$/s.exec(trimmed)!;
    if (keyword === 'user') {
      if (rest === '') report('the user name is missing; write it behind "user"');
      current = users.get(rest) ?? [];
      users.set(rest, current);
    } else if (keyword === 'topic' || keyword === 'pattern') {
      const line = readAccess(keyword, rest, report);
      if (!line) continue;
      (keyword === 'topic' ? current : patterns).push(line);
      if (keyword === 'pattern' && !/%[cu]/.test(line.filter)) {
        notes.push({ line: at + 1, message: 'the pattern holds neither %c nor %u, and so is one topic for everybody' });
      }
    } else report(`${JSON.stringify(keyword)} is not known; write user, topic or pattern`);
  }
  return { file: { anonymous, users, patterns }, mistakes, notes };
}

function readAccess(keyword: string, rest: string, report: (message: string) => void): AccessLine | undefined {
  if (rest === '') {
    report(`the topic is missing; write it behind "${keyword}"`);
    return undefined;
  }
  const [, first, more] = /^([^ \t]+)[ \t]*(.*)$/s.exec(rest)!;
  // A topic with a space needs the access before it.
  const access = more === '' ? 'readwrite' : first;
  const filter = more === '' ? first : more;
  if (!ACCESSES.includes(access)) {
    report(
      `${JSON.stringify(access)} is not an access; write read, write, readwrite or deny before a topic with a space`,
    );
    return undefined;
  }
  if (!isFilter(filter)) {
    report(`${JSON.stringify(filter)} is not a topic filter: + and # stand alone between slashes, # at the end`);
    return undefined;
  }
  return { access: access as Access, filter };
}

/** Whether wildcards stand where they may (4.7.1). */
function isFilter(filter: string): boolean {
  const levels = filter.split('/');
  return levels.every((level, at) => {
    if (level.includes('#')) return level === '#' && at === levels.length - 1;
    return !level.includes('+') || level === '+';
  });
}
