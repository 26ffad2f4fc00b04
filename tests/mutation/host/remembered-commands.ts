// openssl, asked once: what a command wrote into its folder is written again when the same is asked of the same files. Tests
// that are run for each of hundreds of mutants make the same keys and certificates each time.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files that each command wrote, by what it was asked. */
const known = new Map();

function filesOf(folder) {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

/** The command, and the contents of the files that it names, but for those that it is about to write. */
function question(words, files) {
  const hash = createHash('sha256').update(JSON.stringify(words));
  for (const [index, word] of words.entries())
    if (files.has(word) && words[index - 1] !== '-out') hash.update(word).update(files.get(word));
  return hash.digest('hex');
}

/** As execFileSync of node:child_process, for commands without input that only the files they wrote are wanted of. */
export function rememberedExecFileSync(command, words, options) {
  const { cwd } = options;
  const before = filesOf(cwd);
  const key = question([command, ...words], before);
  const written = known.get(key);
  if (written) {
    for (const [name, bytes] of written) writeFileSync(join(cwd, name), bytes);
    return;
  }
  execFileSync(command, words, options);
  const isNew = ([name, bytes]) => !before.get(name)?.equals(bytes);
  known.set(key, [...filesOf(cwd)].filter(isNew));
}
