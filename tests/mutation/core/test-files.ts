import { root } from '../../../tools/root.js';
import { filesIn } from '../bundles/files.js';

/** These kill most for the time that they take: they come first. */
export const FIRST = ['module/call', 'session/session', 'der/der', 'mqtt'].map(
  (name) => `tests/host/core/${name}-vectors.test.ts`,
);
const FOLDERS = ['tests/host/core', 'tests/conformance'];
/** Files that start processes, load modules anew, check other things than the core, or need a second or more for each case. */
const LEFT_OUT =
  /heap|instructions|large-input|free-packet|high-addresses|huge-packet|node-flags|der-mutation|der-signed|module\.test|package\.test|manifest|classes|broker-|unicode-text-small/;

/** The other files of tests that mutants of the core are tried with. */
export function otherFiles(): string[] {
  const all = FOLDERS.flatMap((folder) => filesIn(root, folder));
  return all.filter((file) => file.endsWith('.test.ts') && !LEFT_OUT.test(file) && !FIRST.includes(file));
}
