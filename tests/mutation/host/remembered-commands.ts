// Commands that are run once: when the same is asked of the same files again, what the command wrote is written again. Tests run for
// each of hundreds of mutants, and openssl would make the same keys and certificates each time.
import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Files = Map<string, Buffer>;

/** The files that each command wrote, by what it was asked. */
const known = new Map<string, Files>();

function filesOf(folder: string): Files {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

/** The command, and the contents of the files that it names, except those that it is about to write. */
function question(words: readonly string[], files: Files): string {
  const hash = createHash('sha256').update(JSON.stringify(words));
  for (const [index, word] of words.entries()) {
    const content = files.get(word);
    if (content && words[index - 1] !== '-out') hash.update(word).update(content);
  }
  return hash.digest('hex');
}

/**
 * Like execFileSync of node:child_process. Commands in a folder are remembered: they have no input, and only the files that they write
 * matter. A command without a folder is run, for what it prints.
 */
export function rememberedExecFileSync(
  command: string,
  words: readonly string[],
  options: ExecFileSyncOptions & { cwd?: string },
): string | Buffer | undefined {
  const { cwd } = options;
  if (cwd === undefined) return execFileSync(command, words, options);
  const before = filesOf(cwd);
  const key = question([command, ...words], before);
  const written = known.get(key);
  if (written) {
    for (const [name, bytes] of written) writeFileSync(join(cwd, name), bytes);
    return undefined;
  }
  execFileSync(command, words, options);
  const isNew = ([name, bytes]: [string, Buffer]) => !before.get(name)?.equals(bytes);
  known.set(key, new Map([...filesOf(cwd)].filter(isNew)));
  return undefined;
}
