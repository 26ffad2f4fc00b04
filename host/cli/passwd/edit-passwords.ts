import { hashPassword, type PasswordScheme, readPasswordHash, writePasswordHash } from '../../broker/index.js';

/** The text with this user's line in place of the old one, or at the end. All other lines stay as they are. */
export function withUser(text: string, name: string, hash: string): string {
  const lines = linesOf(text);
  const at = lines.findIndex((line) => nameOf(line) === name);
  const end = lines.at(at)?.endsWith('\r\n') ? '\r\n' : '\n';
  if (at < 0) return `${lines.join('')}${name}:${hash}${end}`;
  const others = (line: string, index: number) => index === at || nameOf(line) !== name;
  return lines
    .map((line, index) => (index === at ? `${name}:${hash}${end}` : line))
    .filter(others)
    .join('');
}

/** The text without this user; undefined when there is no such user. */
export function withoutUser(text: string, name: string): string | undefined {
  const lines = linesOf(text);
  const rest = lines.filter((line) => nameOf(line) !== name);
  return rest.length === lines.length ? undefined : rest.join('');
}

export interface Upgrade {
  readonly text: string;
  /** Users whose password was hashed. */
  readonly users: readonly string[];
  /** Users whose password was a hash already. */
  readonly kept: readonly string[];
}

/**
 * The text with every plain password hashed. Lines with a hash, comments and lines without a colon stay as they are.
 *
 * @returns the number of the line that has no password
 */
export async function withHashes(text: string, scheme: PasswordScheme): Promise<Upgrade | number> {
  const users: string[] = [];
  const kept: string[] = [];
  const lines: string[] = [];
  for (const [at, line] of linesOf(text).entries()) {
    const name = nameOf(line);
    const [, content, end] = /^([^\n]*?)(\r?\n)$/.exec(line)!;
    const password = content.slice(content.indexOf(':') + 1);
    if (name === undefined) lines.push(line);
    else if (typeof readPasswordHash(password) !== 'string') {
      kept.push(name);
      lines.push(line);
    } else if (password === '') return at + 1;
    else {
      users.push(name);
      lines.push(`${name}:${writePasswordHash(await hashPassword(password, scheme))}${end}`);
    }
  }
  return { text: lines.join(''), users, kept };
}

/** Lines with their ends; the last one has one too. */
function linesOf(text: string): string[] {
  return (text === '' || text.endsWith('\n') ? text : `${text}\n`).match(/[^\n]*\n/g) ?? [];
}

/** The user of a line; undefined for comments and for lines without a colon, which do not count. */
function nameOf(line: string): string | undefined {
  const at = line.indexOf(':');
  return line.startsWith('#') || at < 0 ? undefined : line.slice(0, at).replace(/^[ \t]+|[ \t]+$/g, '');
}
