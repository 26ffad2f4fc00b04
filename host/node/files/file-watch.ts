import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** Milliseconds that files have to be left alone before they are read: whoever changes one may change others too. */
const SETTLING = 200;

/** Something that will be done, unless it is cancelled before. */
interface Deadline {
  cancel(): void;
}

/** Whoever does something later. */
export interface FileClock {
  /** @param milliseconds from now */
  after(milliseconds: number, action: () => void): Deadline;
}

/**
 * Calls back after files have changed: were written, replaced, or are behind a link that leads elsewhere now. Folders are
 * watched, not files: a file that was replaced would not be seen any more.
 *
 * @param onError gets what the system says against watching a folder
 * @returns a function that ends it
 */
export function watchFiles(
  files: readonly string[],
  clock: FileClock,
  onChange: () => void,
  onError: (error: unknown) => void,
): () => void {
  const watchers: FSWatcher[] = [];
  let state = stateOf(files);
  let settling: Deadline | undefined;
  const look = () => {
    const now = stateOf(files);
    if (now === state) return;
    state = now;
    settling?.cancel();
    settling = clock.after(SETTLING, onChange);
  };
  for (const folder of new Set(files.map((file) => dirname(file)))) {
    try {
      const watcher = watch(folder, { persistent: false }, look);
      watcher.on('error', onError);
      watchers.push(watcher);
    } catch (error) {
      onError(error);
    }
  }
  return () => {
    settling?.cancel();
    for (const watcher of watchers) watcher.close();
  };
}

function stateOf(files: readonly string[]): string {
  return files.map((file) => stateOfFile(file)).join(' ');
}

function stateOfFile(file: string): string {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino}:${stat.size}:${stat.mtimeNs}` : 'missing';
}
