import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../root.js';

/** What `wasmqtt COMMAND --help` prints, as a block of text; the command may be one of several words. */
export function helpText(command: string): string {
  const { NO_COLOR, FORCE_COLOR, COLUMNS, ...env } = process.env;
  const cli = join(root, 'build/host/cli.js');
  const text = execFileSync(process.execPath, [cli, ...command.split(' '), '--help'], { encoding: 'utf8', env });
  return `\`\`\`text\n${text.trim()}\n\`\`\``;
}
