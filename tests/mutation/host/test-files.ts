import { filesIn } from '../bundles/files.js';

const FOLDERS = ['tests/host/core', 'tests/host/mqtt-packet'];
/** Files that start processes of Node, load modules anew, do not go through host/core, or take long for what they add. */
const LEFT_OUT =
  /(^tests\/host\/mqtt-packet\/differential|\/(users\/[^/]+|call-vectors|der-(chain|mutation|vectors|work)|exactly-once|exports|free-packet-id|heap|hex-builds|high-addresses|huge-packet|instructions|large-input|module|node-flags|package|plain-text|publish-header|unicode-text-small))\.test\.ts$/;

/** The files of tests that mutants of the face are tried with. */
export function hostTestFiles(root: string): string[] {
  const files = FOLDERS.flatMap((folder) => filesIn(root, folder));
  return files.filter((name) => name.endsWith('.test.ts') && !LEFT_OUT.test(name));
}
