import { createInterface } from 'node:readline';
import { typedLine } from './typed-line.js';
import { UserError } from './user-error.js';

/**
 * A password that is typed twice on the terminal, which does not show it; or the first line of standard input, and the second one
 * if there is one.
 *
 * @param advice what to do about an empty one
 * @throws UserError when they differ, or nothing is given
 */
export async function askPassword(advice: string): Promise<string> {
  const [password, again] = process.stdin.isTTY
    ? [await typedLine('Password: '), await typedLine('Reenter password: ')]
    : await pipedLines();
  if (password === undefined || password === '') {
    throw new UserError(`the password is empty; ${advice}`);
  }
  if (again !== undefined && again !== password) {
    throw new UserError('the two passwords differ; nothing was written, try again');
  }
  return password;
}

async function pipedLines(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) {
    lines.push(line);
    if (lines.length === 2) break;
  }
  return lines;
}
